#include "trainer/train_options.h"

#include "trainer/program.h"
#include "trainer/recipe_fields.h"

#define AT(member) offsetof(struct train_options, member)

static const struct option_spec ITEMS[] = {
    {.name = "data",
     .type = OPTION_TEXT,
     .offset = AT(data),
     .environment = "MNIST_DIR",
     .value = "DIR",
     .help = "folder of the four IDX files, plain or .gz"},
    {.name = "recipe",
     .type = OPTION_TEXT,
     .offset = AT(recipe),
     .fallback = "config/recipes/digits.json",
     .value = "FILE",
     .help = "what to train, and how"},
    {.name = "set",
     .type = OPTION_LIST,
     .offset = AT(settings),
     .value = "NAME=VALUE",
     .help = "a setting in place of the recipe's; may be given often, in order"},
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = AT(output),
     .fallback = "model.safetensors",
     .value = "FILE",
     .help = "model file to write"},
    {.name = "teacher-notes",
     .type = OPTION_TEXT,
     .offset = AT(teacher_notes),
     .value = "DIR",
     .help = "keep what the recipe's teachers say there, for other students of the same lessons"},
    {.name = "checkpoint",
     .type = OPTION_TEXT,
     .offset = AT(checkpoint),
     .value = "FILE",
     .help = "where each finished epoch is kept until the model is written; otherwise beside "
             "--output, with .checkpoint at its end"},
    {.name = "resume",
     .type = OPTION_FLAG,
     .offset = AT(resume),
     .help = "go on from the checkpoint of the same command, if it is there"},
    {.name = "report",
     .type = OPTION_TEXT,
     .offset = AT(report),
     .value = "DIR",
     .help = "also write report.html, and the same as files, into this folder"},
    {.name = "threads",
     .type = OPTION_COUNT,
     .offset = AT(threads),
     .fallback = "0",
     .max = PROGRAM_MAX_THREADS,
     .value = "N",
     .help = "threads that share a batch; 0: the CPUs that are granted"},
    {.name = "quantise",
     .type = OPTION_TEXT,
     .offset = AT(quantise),
     .value = "FILE",
     .help = "instead of training: give this model file the ranges that whole numbers need, which "
             "a trained one has"},
    {.name = "calibrate",
     .type = OPTION_TEXT,
     .offset = AT(calibrate),
     .value = "FILE",
     .help =
         "instead of training: fit this model file's temperature and threshold of uncertainty to "
         "the images that its training held out, as a training does at its end"},
    {.name = "dry-run",
     .type = OPTION_FLAG,
     .offset = AT(dry_run),
     .help = "run a few batches end to end, say how fast, leave nothing"},
    {.name = "summary",
     .type = OPTION_FLAG,
     .offset = AT(summary),
     .help = "print the network's layers and exit; needs no data"},
    {.name = "help", .type = OPTION_FLAG, .offset = AT(help), .help = "print this and exit"},
    {.name = "version",
     .type = OPTION_FLAG,
     .offset = AT(version),
     .help = "print the version and exit"},
};

const struct option_table train_option_table = {
    .usage = "digitd-train --data DIR [--recipe FILE] [--set NAME=VALUE]... [options]",
    .summary = "Trains a network on the MNIST files and writes it as safetensors.",
    .items = ITEMS,
    .count = sizeof ITEMS / sizeof ITEMS[0],
};

enum digit_status train_options_check(const struct train_options *options,
                                      struct digit_error *error)
{
    if (options->summary && options->dry_run)
        return digit_fail(error, DIGIT_INVALID, "one of --summary and --dry-run, not both");
    if (options->resume && options->dry_run)
        return digit_fail(error, DIGIT_INVALID, "one of --resume and --dry-run, not both");
    if (options->quantise != NULL && options->calibrate != NULL)
        return digit_fail(error, DIGIT_INVALID, "one of --quantise and --calibrate, not both");
    bool trains = options->quantise == NULL && options->calibrate == NULL;
    if (!trains && (options->summary || options->dry_run || options->resume ||
                    options->report != NULL || options->settings.count > 0))
        return digit_fail(error, DIGIT_INVALID,
                          "%s trains nothing: no --summary, --dry-run, --resume, --report or "
                          "--set with it",
                          options->quantise != NULL ? "--quantise" : "--calibrate");
    if (options->data == NULL && !options->summary)
        return digit_fail(error, DIGIT_INVALID,
                          "--data DIR (or MNIST_DIR in the environment) is needed");
    return DIGIT_OK;
}

enum digit_status train_options_set(struct recipe *recipe, const struct train_options *options,
                                    struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; i < options->settings.count && status == DIGIT_OK; i++)
        status = recipe_set(recipe, options->settings.items[i], error);
    return status;
}

void train_options_print_help(FILE *out)
{
    options_print(out, &train_option_table);
    fputs("\nSettings of a recipe:\n\n", out);
    recipe_fields_print(out);
}
