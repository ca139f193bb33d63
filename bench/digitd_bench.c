/*
 * digitd-bench: measures how fast one thread classifies digits and compares that with the processor's
 * peak. Both are measured in one run, because the speed of a shared machine changes from run to run.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <digit/context.h>
#include <digit/model.h>

#include "bench/layers.h"
#include "bench/peak.h"
#include "bench/preprocessing.h"
#include "bench/random_model.h"
#include "bench/timing.h"
#include "cli/options.h"

#define EXIT_USAGE 2

static const size_t batches[] = {1, 8, 32};

#define BATCHES    (sizeof batches / sizeof batches[0])
#define BATCH_MAX  32
#define PIXELS_MAX ((size_t)BATCH_MAX * DIGIT_PIXELS)
#define ROWS_MAX   64

struct options {
    const char *model;
    const char *architecture;
    const char *kernels; /* NULL: all that run here */
    bool layers;
    bool preprocessing;
    bool json;
    size_t run_ms;
};

/* One line of the result. */
struct row {
    const char *precision;
    const char *kernels;
    const char *instructions;
    size_t batch;
    double us_per_image;
    double gops;
    double peak_share;
};

struct table {
    struct row rows[ROWS_MAX];
    size_t count;
    char network[256]; /* a description of the network */
    char name[64];
};

/* What one timed call needs; `status` is that of the last call that failed. */
struct work {
    struct digit_context *context;
    size_t batch;
    uint8_t octets[PIXELS_MAX];
    struct digit_prediction predictions[BATCH_MAX];
    enum digit_status status;
    struct digit_error error;
};

#define AT(member) offsetof(struct options, member)

static const struct option_spec items[] = {
    {.name = "model",
     .type = OPTION_TEXT,
     .offset = AT(model),
     .value = "FILE",
     .help = "measure this model file (safetensors)"},
    {.name = "architecture",
     .type = OPTION_TEXT,
     .offset = AT(architecture),
     .value = "FILE",
     .help = "measure this architecture (JSON) with random weights"},
    {.name = "kernels",
     .type = OPTION_TEXT,
     .offset = AT(kernels),
     .value = "NAME",
     .help = "measure this kernel table only"},
    {.name = "layers",
     .type = OPTION_FLAG,
     .offset = AT(layers),
     .help = "also time each step of the network with the fastest kernels"},
    {.name = "preprocessing",
     .type = OPTION_FLAG,
     .offset = AT(preprocessing),
     .help = "also time preprocessing and reading of decoded pictures"},
    {.name = "json",
     .type = OPTION_FLAG,
     .offset = AT(json),
     .help = "print {\"rows\": [...]}, without steps and preprocessing"},
    {.name = "run_ms",
     .type = OPTION_COUNT,
     .offset = AT(run_ms),
     .min = 1,
     .max = 10000,
     .fallback = "20",
     .value = "N",
     .help = "minimum length of each timed run; the median of 15 is printed"},
    OPTION_HELP_ITEM,
};

static const struct option_table option_table = {
    .usage = "digitd-bench (--model FILE | --architecture FILE) [options]",
    .summary = "Measures inference in one thread, with every kernel table that runs on this "
               "processor, in\n"
               "float32 and in int8, at batch sizes 1, 8 and 32. Prints microseconds per image, "
               "operations\n"
               "per second and their share of the peak of the same instructions, which is measured "
               "in the\n"
               "same run. A multiply-accumulate counts as two operations; a convolution counts as "
               "many as\n"
               "the direct method needs, so Winograd may exceed 100 %.",
    .items = items,
    .count = sizeof items / sizeof items[0],
};

/* Exits after --help and on a usage error. */
static struct options read_options(int argc, char **argv)
{
    struct options options = {0};
    unsigned action;
    struct digit_error error;
    enum digit_status status =
        options_load(&options, &action, &option_table, argc, argv, environ, &error);

    if (status == DIGIT_OK && action == OPTIONS_HELP) {
        options_print_help(stdout, &option_table);
        exit(EXIT_SUCCESS);
    }
    if (status == DIGIT_OK && (options.model == NULL) == (options.architecture == NULL))
        status = digit_fail(&error, DIGIT_INVALID,
                            "exactly one of --model and --architecture is required");
    if (status != DIGIT_OK) {
        fprintf(stderr, "digitd-bench: %s\n", error.message);
        exit(EXIT_USAGE);
    }
    return options;
}

static void predict(void *argument)
{
    struct work *work = argument;
    const enum digit_status status = digit_context_predict_octets(
        work->context, work->predictions, work->octets, work->batch, &work->error);

    if (status != DIGIT_OK)
        work->status = status;
}

static void describe_network(struct table *table, const struct digit_model_info *info)
{
    snprintf(table->name, sizeof table->name, "%s", info->name);
    snprintf(table->network, sizeof table->network,
             "%s: %zu parameters, %zu multiply-accumulates per image", info->name,
             info->parameter_count, info->mac_count);
}

static double run_s_of(const struct options *options)
{
    return (double)options->run_ms * 1e-3;
}

static void measure_batches(struct table *table, struct work *work, const char *kernels,
                            const struct digit_model_info *info, double run_s)
{
    const struct peak peak = peak_measure(kernels, info->precision, run_s);

    for (size_t i = 0; i < BATCHES && table->count < ROWS_MAX; i++) {
        work->batch = batches[i];

        const double seconds = timing_of(predict, work, run_s).median_s / (double)work->batch;
        const double gops = 2 * (double)info->mac_count / seconds * 1e-9;

        table->rows[table->count++] = (struct row){.precision = info->precision,
                                                   .kernels = kernels,
                                                   .instructions = peak.instructions,
                                                   .batch = work->batch,
                                                   .us_per_image = seconds * 1e6,
                                                   .gops = gops,
                                                   .peak_share = gops / peak.gops};
    }
}

static enum digit_status measure_model(struct table *table, const struct digit_model *model,
                                       const char *kernels, double run_s, struct digit_error *error)
{
    struct work *work = calloc(1, sizeof *work);
    enum digit_status status = DIGIT_NO_MEMORY;

    if (work == NULL)
        return digit_fail(error, status, "no memory for the images");
    random_octets_fill(work->octets, PIXELS_MAX);
    status = digit_context_create(&work->context, model, error);
    if (status == DIGIT_OK) {
        describe_network(table, digit_model_info(model));
        measure_batches(table, work, kernels, digit_model_info(model), run_s);
        status = work->status;
        if (status != DIGIT_OK)
            *error = work->error;
    }
    digit_context_destroy(work->context);
    free(work);
    return status;
}

static enum digit_status open_model(struct digit_model **out, const struct options *options,
                                    enum digit_precision precision, const char *kernels,
                                    struct digit_error *error)
{
    const struct digit_model_options how = {precision, kernels};

    if (options->model != NULL)
        return digit_model_load(out, options->model, &how, error);
    return random_model_create(out, options->architecture, &how, error);
}

/* A network that cannot run in int8 is measured in float32 only. */
static enum digit_status measure_precision(struct table *table, const struct options *options,
                                           enum digit_precision precision, const char *kernels,
                                           struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = open_model(&model, options, precision, kernels, error);

    if (status == DIGIT_UNSUPPORTED && precision == DIGIT_PRECISION_INT8)
        return DIGIT_OK;
    if (status == DIGIT_OK)
        status = measure_model(table, model, kernels, run_s_of(options), error);
    digit_model_destroy(model);
    return status;
}

static enum digit_status measure_both(struct table *table, const struct options *options,
                                      const char *kernels, struct digit_error *error)
{
    enum digit_status status =
        measure_precision(table, options, DIGIT_PRECISION_F32, kernels, error);

    if (status == DIGIT_OK)
        status = measure_precision(table, options, DIGIT_PRECISION_INT8, kernels, error);
    return status;
}

static enum digit_status measure_all(struct table *table, const struct options *options,
                                     struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;

    if (options->kernels != NULL)
        return measure_both(table, options, options->kernels, error);
    for (size_t i = 0; digit_kernels_name(i) != NULL && status == DIGIT_OK; i++)
        status = measure_both(table, options, digit_kernels_name(i), error);
    return status;
}

/* Names contain only letters, digits, '_' and '-', so they need no escaping. */
static void print_json(const struct table *table)
{
    printf("{\"rows\": [");
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];

        printf("%s\n  {\"architecture\": \"%s\", \"precision\": \"%s\", \"kernels\": \"%s\", "
               "\"batch\": %zu, \"us_per_image\": %.3f, \"gops\": %.3f, \"peak_share\": %.4f}",
               i == 0 ? "" : ",", table->name, row->precision, row->kernels, row->batch,
               row->us_per_image, row->gops, row->peak_share);
    }
    printf("\n]}\n");
}

static void print_table(const struct table *table)
{
    printf("%s\n%-11s %-5s %6s %12s %9s %8s  %s\n", table->network, "kernels", "", "batch",
           "us/image", "Gop/s", "of peak", "peak of one thread with");
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];

        printf("%-11s %-5s %6zu %12.2f %9.1f %7.1f%%  %s, %.1f Gop/s\n", row->kernels,
               row->precision, row->batch, row->us_per_image, row->gops, 100 * row->peak_share,
               row->instructions, row->gops / row->peak_share);
    }
}

static enum digit_status print_layers(const struct options *options, enum digit_precision precision,
                                      struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = open_model(&model, options, precision, options->kernels, error);

    if (status == DIGIT_UNSUPPORTED && precision == DIGIT_PRECISION_INT8)
        return DIGIT_OK;
    if (status == DIGIT_OK)
        status = layers_print(model, run_s_of(options), error);
    digit_model_destroy(model);
    return status;
}

/* With the precision that the server would choose. */
static enum digit_status print_preprocessing(const struct options *options,
                                             struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status =
        open_model(&model, options, DIGIT_PRECISION_AUTO, options->kernels, error);

    if (status == DIGIT_OK)
        status = preprocessing_print(model, run_s_of(options), error);
    digit_model_destroy(model);
    return status;
}

int main(int argc, char **argv)
{
    const struct options options = read_options(argc, argv);
    static struct table table;
    struct digit_error error;
    enum digit_status status = measure_all(&table, &options, &error);

    if (status == DIGIT_OK && options.json)
        print_json(&table);
    else if (status == DIGIT_OK)
        print_table(&table);
    if (status == DIGIT_OK && options.layers && !options.json)
        status = print_layers(&options, DIGIT_PRECISION_F32, &error);
    if (status == DIGIT_OK && options.layers && !options.json)
        status = print_layers(&options, DIGIT_PRECISION_INT8, &error);
    if (status == DIGIT_OK && options.preprocessing && !options.json)
        status = print_preprocessing(&options, &error);
    if (status != DIGIT_OK)
        fprintf(stderr, "digitd-bench: %s\n", error.message);
    return status == DIGIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
