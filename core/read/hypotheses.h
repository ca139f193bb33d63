/*
 * The hypotheses about one picture: different choices of preprocessing's steps, each with the 28x28 image that
 * it gives and its prior. Where a step is clear beyond doubt, there is no hypothesis without it; a picture that
 * is MNIST-normalised already has one hypothesis alone.
 *
 *     hypotheses_propose(&hypotheses, preprocessor, &image, &settings);
 *
 * Threads: any, on different objects.
 */
#ifndef CORE_READ_HYPOTHESES_H
#define CORE_READ_HYPOTHESES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/preprocess.h>
#include <digit/reader.h>

struct digit_preprocessor;

#define HYPOTHESES_MAX DIGIT_HYPOTHESES_MAX

/* What speaks for or against a hypothesis before the network has seen it. All are 0 or more. */
enum hypothesis_feature {
    FEATURE_POLARITY, /* 1: the other polarity than the rings or sides say, which is not clear */
    FEATURE_POLARITY_OPEN,     /* 1: the other polarity than the strokes say */
    FEATURE_OTSU_WHOLE,        /* 1: Otsu's threshold on the picture as it is, all foreground */
    FEATURE_OTSU_SELECTED,     /* 1: Otsu's threshold without an uneven background, one digit */
    FEATURE_OTSU_AGAIN,        /* 1: Otsu's threshold twice on the picture as it is, one digit */
    FEATURE_LINES_KEPT,        /* 1: ruled lines were found and are kept */
    FEATURE_STROKE_KEPT,       /* 1: strokes are not made as thick as MNIST's */
    FEATURE_UNTOUCHED,         /* 1: 28x28 pixels are kept, nearly where MNIST has them */
    FEATURE_UNTOUCHED_FAR,     /* 1: they are kept, but far from there, or were dark on light */
    FEATURE_STRETCHED,         /* 1: the levels of the 28x28 pixels are stretched */
    FEATURE_SEVERAL,           /* 1: there are other digits beside the one that was selected */
    FEATURE_DROPPED,           /* log(1 + components that were dropped) */
    FEATURE_UNITED,            /* log(1 + united components that would not have been selected) */
    FEATURE_THICK,             /* log(thickness of the strokes / MNIST's), at least 0 */
    FEATURE_THIN,              /* log(MNIST's / thickness of the strokes), at least 0 */
    FEATURE_LOW_CONTRAST,      /* log(highest contrast of its polarity / twice its own), 0 to 3 */
    FEATURE_POLARITY_CONTRAST, /* log(highest contrast of all / highest of its polarity), at most 3 */
    FEATURE_EDGE,              /* 1: the digit touches the picture's edge */
    FEATURE_SHARE,             /* the share of the picture that is foreground, 0 to 1 */
    FEATURE_SMALL, /* 1: the digit is smaller than a tenth of the picture's longer side */
    FEATURES_COUNT,
};

struct hypothesis {
    struct digit_receipt receipt;
    float features[FEATURES_COUNT];
    bool is_kept;    /* it is the 28x28 pixels of the picture */
    int contrast;    /* levels from background to foreground */
    float log_prior; /* not normalised: only differences between hypotheses of one picture count */
};

struct hypotheses {
    struct hypothesis items[HYPOTHESES_MAX];      /* the most likely kinds of picture first */
    uint8_t octets[HYPOTHESES_MAX][DIGIT_PIXELS]; /* 0 background to 255 foreground */
    size_t count;                                 /* 1 to the limit */
};

struct hypotheses_settings {
    size_t limit; /* 1 to HYPOTHESES_MAX; a lower one leaves the last hypotheses out */
    unsigned
        left_out; /* kinds of hypotheses that are not proposed: bits of enum digit_alternative */
};

/*
 * Writes the hypotheses. Hypotheses with the same pixels are proposed once. A blank picture has one, with the warning BLANK and
 * an empty image. `preprocessor` is overwritten.
 */
void hypotheses_propose(struct hypotheses *out, struct digit_preprocessor *preprocessor,
                        const struct digit_image *image,
                        const struct hypotheses_settings *settings);

#endif
