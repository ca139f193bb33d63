#include "trainer/cli/train_options.h"

#include "trainer/base/thread_pool.h"
#include "trainer/recipe/recipe_fields.h"
#include "trainer/recipe/recipe_read.h"

#define AT(member) offsetof(struct train_options, member)

static const struct option_spec ITEMS[] = {
    {.name = "data",
     .type = OPTION_TEXT,
     .offset = AT(data),
     .variable = "MNIST_DIR",
     .value = "DIR",
     .help = "folder of the four IDX files, plain or .gz"},
    {.name = "recipe",
     .type = OPTION_TEXT,
     .offset = AT(recipe),
     .fallback = "config/recipes/digits.json",
     .value = "FILE",
     .help = "recipe: the architecture and all settings of the training"},
    {.name = "set",
     .type = OPTION_LIST,
     .offset = AT(settings),
     .value = "NAME=VALUE",
     .help = "override a setting of the recipe; repeat for several, the last one wins"},
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = AT(output),
     .fallback = "model.safetensors",
     .value = "FILE",
     .help = "model file to write"},
    {.name = "teacher_cache",
     .type = OPTION_TEXT,
     .offset = AT(teacher_cache),
     .value = "DIR",
     .help = "cache teacher predictions in DIR; runs with the same augmentation reuse them"},
    {.name = "checkpoint",
     .type = OPTION_TEXT,
     .offset = AT(checkpoint),
     .value = "FILE",
     .help = "checkpoint file: the training state after each epoch, deleted when the model is "
             "written; default: the --output path with .checkpoint appended"},
    {.name = "resume",
     .type = OPTION_FLAG,
     .offset = AT(resume),
     .help = "resume from the checkpoint of the same command, if it exists"},
    {.name = "report",
     .type = OPTION_TEXT,
     .offset = AT(report),
     .value = "DIR",
     .help = "write report.html and its data as files into DIR"},
    {.name = "threads",
     .type = OPTION_COUNT,
     .offset = AT(threads),
     .fallback = "0",
     .max = THREAD_POOL_MAX_THREADS,
     .value = "N",
     .help = "threads; 0: one for each CPU available to the process"},
    {.name = "quantise",
     .type = OPTION_TEXT,
     .offset = AT(quantise),
     .value = "FILE",
     .help = "do not train; add int8 activation ranges to a model file (trained files have them)"},
    {.name = "calibrate",
     .type = OPTION_TEXT,
     .offset = AT(calibrate),
     .value = "FILE",
     .help =
         "do not train; fit a model file's temperature and uncertainty threshold on its validation "
         "images (trained files have them)"},
    {.name = "record_golden",
     .type = OPTION_TEXT,
     .offset = AT(record_golden),
     .value = "FILE",
     .help = "do not train; record a model file's answers to the golden digits, which digitd "
             "repeats at its start (trained files have them); needs no data"},
    {.name = "dry_run",
     .type = OPTION_FLAG,
     .offset = AT(dry_run),
     .help = "run all steps on a few batches, print the speed, leave no files"},
    {.name = "summary",
     .type = OPTION_FLAG,
     .offset = AT(summary),
     .help = "print the network's layers and exit; needs no data"},
    OPTION_HELP_ITEM,
    OPTION_VERSION_ITEM,
};

const struct option_table train_option_table = {
    .usage = "digitd-train --data DIR [--recipe FILE] [--set NAME=VALUE]... [options]",
    .summary = "Trains a network on the MNIST files and writes it as safetensors.",
    .items = ITEMS,
    .count = sizeof ITEMS / sizeof ITEMS[0],
};

bool train_options_only_update(const struct train_options *options)
{
    return options->quantise != NULL || options->calibrate != NULL ||
           options->record_golden != NULL;
}

/* Checks the options of a run that trains nothing but changes a model file. */
static enum digit_status check_update(const struct train_options *options,
                                      struct digit_error *error)
{
    const struct {
        const char *name, *value;
    } updates[] = {
        {"--quantise", options->quantise},
        {"--calibrate", options->calibrate},
        {"--record-golden", options->record_golden},
    };
    const char *given = NULL;
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        if (updates[i].value == NULL)
            continue;
        if (given != NULL)
            return digit_fail(error, DIGIT_INVALID, "%s and %s cannot be combined", given,
                              updates[i].name);
        given = updates[i].name;
    }
    if (options->summary || options->dry_run || options->resume || options->report != NULL ||
        options->settings.count > 0)
        return digit_fail(error, DIGIT_INVALID,
                          "%s does not train: it cannot be combined with --summary, --dry-run, "
                          "--resume, --report or --set",
                          given);
    return DIGIT_OK;
}

enum digit_status train_options_check(const struct train_options *options,
                                      struct digit_error *error)
{
    if (options->summary && options->dry_run)
        return digit_fail(error, DIGIT_INVALID, "--summary and --dry-run cannot be combined");
    if (options->resume && options->dry_run)
        return digit_fail(error, DIGIT_INVALID, "--resume and --dry-run cannot be combined");
    if (train_options_only_update(options)) {
        enum digit_status status = check_update(options, error);
        if (status != DIGIT_OK)
            return status;
    }
    if (options->data == NULL && !options->summary && options->record_golden == NULL)
        return digit_fail(error, DIGIT_INVALID,
                          "--data DIR is required (or MNIST_DIR in the environment)");
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
    options_print_help(out, &train_option_table);
    fputs("\nSettings of a recipe, for --set NAME=VALUE:\n\n", out);
    recipe_fields_print(out);
}
