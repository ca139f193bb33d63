/*
 * The training images, as augmentation takes parts of them.
 */
#ifndef TRAINER_AUGMENT_OUTLIERS_OUTLIER_DIGITS_H
#define TRAINER_AUGMENT_OUTLIERS_OUTLIER_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* All borrowed. */
struct outlier_digits {
    const uint8_t *images; /* [][28][28], 0 to 255 */
    const uint8_t *labels;
    const uint32_t *indices; /* [count], those that may be used */
    size_t count;            /* 1 or more */
};

#endif
