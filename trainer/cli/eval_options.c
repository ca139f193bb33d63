#include "trainer/cli/eval_options.h"

#include <digit/preprocess.h>

#include "trainer/base/thread_pool.h"

#define AT(member) offsetof(struct eval_options, member)

/* In the order of enum digit_precision. */
static const char *const PRECISIONS[] = {"auto", "f32", "int8", NULL};

/* The choices of --leave-out, and the preprocessing steps that each skips. */
static const char *const STEPS[] = {"none",   "background", "lines", "components",
                                    "stroke", "all",        NULL};
static const unsigned STEP_BITS[] = {
    0,
    DIGIT_STEP_BACKGROUND,
    DIGIT_STEP_LINES,
    DIGIT_STEP_COMPONENTS,
    DIGIT_STEP_STROKE,
    DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS | DIGIT_STEP_STROKE,
};

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
     .choices = STEPS,
     .fallback = "none",
     .value = "STEP",
     .help = "with --images: skip a step of preprocessing, to measure what it contributes"},
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
    if (options->report != NULL && options->data == NULL)
        return digit_fail(error, DIGIT_INVALID, "--report needs --data, not --images");
    return DIGIT_OK;
}

unsigned eval_options_left_out(const struct eval_options *options)
{
    return STEP_BITS[options->leave_out];
}
