#include "trainer/cli/eval_options.h"

#include <digit/reader.h>

#include "trainer/base/thread_pool.h"

#define AT(member) offsetof(struct eval_options, member)

/* In the order of enum digit_precision. */
static const char *const PRECISIONS[] = {"auto", "f32", "int8", NULL};

/* The choices of --leave-out, and the kinds of hypotheses that each leaves out. */
static const char *const ALTERNATIVES[] = {"none",   "polarity",  "whole",      "otsu", "lines",
                                           "stroke", "untouched", "otsu_again", "all",  NULL};
/* In the order of ALTERNATIVES. */
static const unsigned ALTERNATIVE_BITS[] = {
    0,
    DIGIT_ALTERNATIVE_POLARITY,
    DIGIT_ALTERNATIVE_WHOLE,
    DIGIT_ALTERNATIVE_OTSU,
    DIGIT_ALTERNATIVE_LINES,
    DIGIT_ALTERNATIVE_STROKE,
    DIGIT_ALTERNATIVE_UNTOUCHED,
    DIGIT_ALTERNATIVE_OTSU_AGAIN,
    DIGIT_ALTERNATIVE_POLARITY | DIGIT_ALTERNATIVE_WHOLE | DIGIT_ALTERNATIVE_OTSU |
        DIGIT_ALTERNATIVE_LINES | DIGIT_ALTERNATIVE_STROKE | DIGIT_ALTERNATIVE_UNTOUCHED |
        DIGIT_ALTERNATIVE_OTSU_AGAIN,
};

/* In the order of enum eval_pipeline. */
static const char *const PIPELINES[] = {"service", "naive", "both", NULL};

static const struct option_spec ITEMS[] = {
    {.name = "model",
     .type = OPTION_TEXT,
     .offset = AT(model),
     .fallback = "models/digits.safetensors",
     .value = "FILE",
     .help = "model file to evaluate"},
    {.name = "data",
     .type = OPTION_TEXT,
     .offset = AT(data),
     .value = "DIR",
     .help = "folder of the two IDX test files, plain or .gz"},
    {.name = "images",
     .type = OPTION_TEXT,
     .offset = AT(images),
     .value = "FILE",
     .help = "instead of --data: evaluate the picture files listed in a TSV file with the columns "
             "file, label and, optionally, kind and source"},
    {.name = "threads",
     .type = OPTION_COUNT,
     .offset = AT(threads),
     .fallback = "0",
     .max = THREAD_POOL_MAX_THREADS,
     .value = "N",
     .help = "threads; 0: one for each CPU available to the process"},
    {.name = "precision",
     .type = OPTION_CHOICE,
     .offset = AT(precision),
     .choices = PRECISIONS,
     .fallback = "auto",
     .value = "NAME",
     .help = "arithmetic of the network; auto: int8 if the model file has activation ranges"},
    {.name = "kernels",
     .type = OPTION_TEXT,
     .offset = AT(kernels),
     .value = "NAME",
     .help = "kernels to use instead of the fastest that run here"},
    {.name = "leave_out",
     .type = OPTION_CHOICE,
     .offset = AT(leave_out),
     .choices = ALTERNATIVES,
     .fallback = "none",
     .value = "KIND",
     .help = "with --images: leave out a kind of hypotheses, to measure what it contributes"},
    {.name = "pipeline",
     .type = OPTION_CHOICE,
     .offset = AT(pipeline),
     .choices = PIPELINES,
     .fallback = "service",
     .value = "NAME",
     .help = "with --images: preprocess as the server does, by the naive pipeline (Otsu's "
             "threshold, the box "
             "of the ink scaled to 20x20), or both, side by side"},
    {.name = "corruptions",
     .type = OPTION_FLAG,
     .offset = AT(corruptions),
     .help = "with --data: also evaluate under the fifteen corruptions of MNIST-C"},
    {.name = "preprocess",
     .type = OPTION_FLAG,
     .offset = AT(preprocess),
     .help = "with --data: run every image through the server's preprocessing, as if it were "
             "posted as a PNG"},
    {.name = "report",
     .type = OPTION_TEXT,
     .offset = AT(report),
     .value = "DIR",
     .help = "with --data: write report.html and its data as files into DIR"},
    {.name = "json", .type = OPTION_FLAG, .offset = AT(json), .help = "print one JSON object"},
    OPTION_HELP_ITEM,
    OPTION_VERSION_ITEM,
};

const struct option_table eval_option_table = {
    .usage = "digitd-eval [--model FILE] (--data DIR | --images FILE) [options]",
    .summary = "Evaluates a model on labelled digits.",
    .items = ITEMS,
    .count = sizeof ITEMS / sizeof ITEMS[0],
};

enum digit_status eval_options_check(const struct eval_options *options, struct digit_error *error)
{
    if (options->data == NULL && options->images == NULL)
        return digit_fail(error, DIGIT_INVALID, "--data DIR or --images FILE is required");
    if (options->data != NULL && options->images != NULL)
        return digit_fail(error, DIGIT_INVALID, "--data and --images cannot be combined");
    if (options->corruptions && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--corruptions needs --data, not --images");
    if (options->preprocess && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--preprocess needs --data, not --images");
    if (options->preprocess && options->report != NULL)
        return digit_fail(error, DIGIT_INVALID, "--preprocess and --report cannot be combined");
    if (options->leave_out != 0 && options->images == NULL)
        return digit_fail(error, DIGIT_INVALID, "--leave-out needs --images, not --data");
    if (options->pipeline != EVAL_PIPELINE_SERVICE && options->images == NULL)
        return digit_fail(error, DIGIT_INVALID, "--pipeline needs --images, not --data");
    if (options->pipeline == EVAL_PIPELINE_NAIVE && options->leave_out != 0)
        return digit_fail(error, DIGIT_INVALID,
                          "--leave-out and --pipeline naive cannot be combined");
    if (options->report != NULL && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--report needs --data, not --images");
    return DIGIT_OK;
}

unsigned eval_options_left_out(const struct eval_options *options)
{
    return ALTERNATIVE_BITS[options->leave_out];
}
