/*
 * How often training digits are replaced by variants of handwriting, and how far these may go.
 */
#ifndef TRAINER_AUGMENT_VARIANTS_VARIANT_SETTINGS_H
#define TRAINER_AUGMENT_VARIANTS_VARIANT_SETTINGS_H

/* Probabilities are from 0 to 1; with all of them 0 no image is changed. */
struct variant_settings {
    float flag_probability;  /* that a one gets a stroke from its top end down to the left */
    float flag_length;       /* of the longest flag, as a share of the stem's; 0.25 to 1.2 */
    float bar_probability;   /* that a seven gets a short bar across its stem */
    float slash_probability; /* that a zero gets a slash through it */
    float four_probability;  /* that an open four is closed, or a closed one opened */
};

#endif
