#include "trainer/eval/calibration.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define Z_95_PERCENT 1.959963984540054

/* The prediction for one image. */
struct scored {
    float confidence;
    bool correct;
    size_t index;
};

static int compare_confidence(const void *left, const void *right)
{
    const struct scored *a = left, *b = right;
    if (a->confidence != b->confidence)
        return a->confidence < b->confidence ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void score_images(struct scored *out, const struct evaluation *evaluation,
                         const uint8_t *labels)
{
    for (size_t i = 0; i < evaluation->count; i++) {
        size_t digit = evaluation->digits[i];
        out[i] = (struct scored){evaluation->probabilities[i * DIGIT_CLASSES + digit],
                                 digit == labels[i], i};
    }
}

static struct calibration_bin make_bin(const struct scored *scored, size_t count)
{
    struct calibration_bin bin = {.count = count};
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)scored[i].confidence;
        bin.correct += scored[i].correct;
    }
    bin.confidence = sum / (double)count;
    return bin;
}

double calibration_bin_accuracy(const struct calibration_bin *bin)
{
    return (double)bin->correct / (double)bin->count;
}

enum digit_status calibration_make(struct calibration *out, const struct evaluation *evaluation,
                                   const uint8_t *labels, struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    size_t count = evaluation->count;
    struct scored *scored = calloc(count + 1, sizeof *scored); /* + 1: calloc(0) may give NULL */
    if (scored == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to sort %zu images", count);
    score_images(scored, evaluation, labels);
    qsort(scored, count, sizeof *scored, compare_confidence);
    out->bin_count = count < CALIBRATION_BINS ? count : CALIBRATION_BINS;
    for (size_t i = 0; i < out->bin_count; i++) {
        size_t first = count * i / out->bin_count, end = count * (i + 1) / out->bin_count;
        struct calibration_bin *bin = &out->bins[i];
        *bin = make_bin(scored + first, end - first);
        double gap = fabs(calibration_bin_accuracy(bin) - bin->confidence);
        out->ece += gap * (double)bin->count / (double)count;
    }
    free(scored);
    return DIGIT_OK;
}

struct interval wilson_interval(size_t part, size_t whole)
{
    double n = (double)whole, p = (double)part / n, z2 = Z_95_PERCENT * Z_95_PERCENT;
    double middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    double half = Z_95_PERCENT * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / (1.0 + z2 / n);
    return (struct interval){fmax(middle - half, 0.0), fmin(middle + half, 1.0)};
}
