#include "trainer/eval/calibration.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define Z_95_PERCENT 1.959963984540054

struct answer {
    float confidence;
    bool correct;
    size_t index;
};

static int compare(const void *left, const void *right)
{
    const struct answer *a = left, *b = right;
    if (a->confidence != b->confidence)
        return a->confidence < b->confidence ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void fill_answers(struct answer *answers, const struct evaluation *evaluation,
                         const uint8_t *labels)
{
    for (size_t i = 0; i < evaluation->count; i++) {
        size_t digit = evaluation->digits[i];
        answers[i] = (struct answer){evaluation->probabilities[i * DIGIT_CLASSES + digit],
                                     digit == labels[i], i};
    }
}

static struct calibration_bin make_bin(const struct answer *answers, size_t count)
{
    struct calibration_bin bin = {.count = count};
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)answers[i].confidence;
        bin.correct += answers[i].correct;
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
    struct answer *answers = calloc(count + 1, sizeof *answers); /* never of nothing */
    if (answers == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory to sort %zu images", count);
    fill_answers(answers, evaluation, labels);
    qsort(answers, count, sizeof *answers, compare);
    out->bin_count = count < CALIBRATION_BINS ? count : CALIBRATION_BINS;
    for (size_t i = 0; i < out->bin_count; i++) {
        size_t first = count * i / out->bin_count, end = count * (i + 1) / out->bin_count;
        struct calibration_bin *bin = &out->bins[i];
        *bin = make_bin(answers + first, end - first);
        double gap = fabs(calibration_bin_accuracy(bin) - bin->confidence);
        out->ece += gap * (double)bin->count / (double)count;
    }
    free(answers);
    return DIGIT_OK;
}

struct interval interval_of(size_t part, size_t whole)
{
    double n = (double)whole, p = (double)part / n, z2 = Z_95_PERCENT * Z_95_PERCENT;
    double middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    double half = Z_95_PERCENT * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / (1.0 + z2 / n);
    return (struct interval){fmax(middle - half, 0.0), fmin(middle + half, 1.0)};
}
