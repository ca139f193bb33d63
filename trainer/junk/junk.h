/*
 * Pictures that show no digit, for a network to learn to be unsure of (outlier exposure: Hendrycks,
 * Mazeika and Dietterich 2019, arXiv:1812.04606): scribbles, letters, parts of digits, silhouettes,
 * textures and plain areas, drawn anew each time.
 *
 *     struct rng rng = rng_make(seed, RNG_JUNK, epoch * count + index);
 *     if (rng_uniform(&rng) < share)
 *         written = junk_draw(image, &digits, &rng);
 *
 * Threads: any, each with an rng of its own; the result depends on the arguments alone.
 */
#ifndef TRAINER_JUNK_JUNK_H
#define TRAINER_JUNK_JUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/rng.h"

struct junk_ranges {
    float share; /* of the images that are replaced, 0 to 1 */
};

/* The digits that parts may be taken from. All borrowed. */
struct junk_digits {
    const uint8_t *images; /* [][28][28], 0 to 255 */
    const uint8_t *labels;
    const uint32_t *indices; /* [count], which of them may be used */
    size_t count;            /* 1 or more */
};

/* The kinds of pictures there are, and what each is called. */
size_t junk_kinds(void);
const char *junk_kind_name(size_t kind);

/*
 * Draws a picture of a random kind into out [28][28], 0 to 255. Returns whether it is of ink in MNIST's
 * form (trainer/form.h), so that it may be warped like a digit.
 */
bool junk_draw(uint8_t out[DIGIT_PIXELS], const struct junk_digits *digits, struct rng *rng);

/* The same of one kind, below junk_kinds(). */
bool junk_draw_kind(uint8_t out[DIGIT_PIXELS], size_t kind, const struct junk_digits *digits,
                    struct rng *rng);

#endif
