#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/strokes.h"

static const uint32_t MOST_STROKES = 3;
/* Fewer turns make digits. */
static const uint32_t LEAST_CONTROLS_ALONE = 6, MOST_CONTROLS_ALONE = 12;
static const uint32_t LEAST_CONTROLS = 4, MOST_CONTROLS = 6;

/* From one to three curves through random points. */
void outlier_scribble(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    struct strokes strokes = {.count = 0};
    uint32_t curves = 1 + rng_below(rng, MOST_STROKES);
    uint32_t least = curves == 1 ? LEAST_CONTROLS_ALONE : LEAST_CONTROLS;
    uint32_t most = curves == 1 ? MOST_CONTROLS_ALONE : MOST_CONTROLS;
    for (uint32_t k = 0; k < curves; k++) {
        struct pen_point controls[STROKES_MAX_CONTROLS];
        uint32_t count = least + rng_below(rng, most - least + 1);
        for (uint32_t i = 0; i < count; i++)
            controls[i] = (struct pen_point){rng_uniform(rng), rng_uniform(rng)};
        strokes_add_curve(&strokes, controls, count);
    }
    strokes_write(out, &strokes, rng_range(rng, 0.6f, 1.2f), rng);
}
