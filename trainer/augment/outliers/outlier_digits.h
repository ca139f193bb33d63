/*
 * The training images, parts of which outliers are made of.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_OUTLIER_DIGITS_H
#define TRAINER_AUGMENT_OUTLIERS_OUTLIER_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* All borrowed. */
struct outlier_digits {
    const uint8_t *images;   /* [][28][28], 0 to 255 */
    const uint8_t *labels;   /* one for each image */
    const uint32_t *indices; /* [count], of the images that may be used */
    size_t count;            /* 1 or more */
};

#endif
