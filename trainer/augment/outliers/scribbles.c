#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/strokes.h"

static const uint32_t MAX_STROKES = 3;
/* Control points of a single curve, and of one of several; with fewer, curves look like digits. */
static const uint32_t MIN_CONTROLS_ALONE = 6, MAX_CONTROLS_ALONE = 12;
static const uint32_t MIN_CONTROLS = 4, MAX_CONTROLS = 6;

/* One to three smooth curves through random points. */
void outlier_scribble(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    struct strokes strokes = {.count = 0};
    uint32_t curves = 1 + rng_below(rng, MAX_STROKES);
    uint32_t min = curves == 1 ? MIN_CONTROLS_ALONE : MIN_CONTROLS;
    uint32_t max = curves == 1 ? MAX_CONTROLS_ALONE : MAX_CONTROLS;
    for (uint32_t k = 0; k < curves; k++) {
        struct pen_point controls[STROKES_MAX_CONTROLS];
        uint32_t count = min + rng_below(rng, max - min + 1);
        for (uint32_t i = 0; i < count; i++)
            controls[i] = (struct pen_point){rng_uniform(rng), rng_uniform(rng)};
        strokes_add_curve(&strokes, controls, count);
    }
    strokes_write(out, &strokes, rng_range(rng, 0.6f, 1.2f), rng);
}
