/*
 * Fragments of neighbouring digits at the left and right border, as a crop from a number, a form or
 * a scanned grid has.
 *
 *     if (neighbour_draw(&neighbour, &settings->neighbours, strength, count, &rng))
 *         neighbour_add(image, other, &neighbour, at_right);
 *
 * Threads: any, each with its own rng; the results depend on the arguments alone.
 */
#ifndef TRAINER_AUGMENT_NEIGHBOURS_H
#define TRAINER_AUGMENT_NEIGHBOURS_H

#include <stdbool.h>
#include <stdint.h>

#include <digit/image.h>

#include "trainer/base/rng.h"

struct neighbour_settings {
    float probability; /* of a fragment, for each of the two sides on its own; 0 to 1 */
    float width_px;    /* of the widest fragment; 1 to 10 */
};

/* A neighbour on one side. */
struct neighbour {
    uint32_t other;    /* index of its image */
    uint32_t width_px; /* of the fragment that is seen, 1 or more */
    int shift_px;      /* down */
};

/*
 * Draws whether there is a fragment on one side, and if so, of which of `count` (1 or more) images
 * and how wide. `strength` scales the probability. Returns false, with `out` undefined, if there is
 * none; with probability 0 no random number is drawn.
 */
bool neighbour_draw(struct neighbour *out, const struct neighbour_settings *settings,
                    float strength, uint32_t count, struct rng *rng);

/*
 * Draws the near side of the digit in other [28][28] at one border of image [28][28]: at the left
 * border the right side of the other digit, at the right border its left side. Brighter pixels keep
 * their value. The fragment becomes narrower where the image's own digit would be less than a pixel
 * away, and there is none if the digit reaches the border or the other image is blank.
 */
void neighbour_add(float image[DIGIT_PIXELS], const float other[DIGIT_PIXELS],
                   const struct neighbour *neighbour, bool at_right);

#endif
