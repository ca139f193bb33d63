/*
 * digitd-bench: how fast one thread reads digits, beside what the processor could do at most.
 * Everything is measured in one run, because a shared machine is not the same twice.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <digit/context.h>
#include <digit/model.h>

#include "bench/peak.h"
#include "bench/random_model.h"
#include "bench/timing.h"

#define EXIT_USAGE 2

static const size_t batches[] = {1, 32};

#define BATCHES    (sizeof batches / sizeof batches[0])
#define BATCH_MAX  32
#define PIXELS_MAX ((size_t)BATCH_MAX * DIGIT_PIXELS)

struct options {
    const char *model;
    const char *architecture;
    bool json;
};

/* A measured line. */
struct row {
    size_t batch;
    double us_per_image;
    double gflops;
    double peak_share;
};

/* What one timed call needs; `status` is the worst of all calls. */
struct work {
    struct digit_context *context;
    size_t batch;
    float pixels[PIXELS_MAX];
    struct digit_prediction predictions[BATCH_MAX];
    enum digit_status status;
    struct digit_error error;
};

static void print_usage(FILE *out)
{
    fputs(
        "usage: digitd-bench --model FILE | --architecture FILE [--json]\n"
        "Measures one thread: microseconds per image at batch 1 and 32, GFLOP/s, and the share of\n"
        "this processor's peak, which it measures too.\n"
        "  --model FILE         a trained network (safetensors)\n"
        "  --architecture FILE  a network of this shape (JSON) with random weights\n"
        "  --json               print {\"rows\": [...]}\n"
        "  --help               print this\n",
        out);
}

/* Exits after --help and on a usage error. */
static struct options parse_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"model", required_argument, NULL, 'm'},
        {"architecture", required_argument, NULL, 'a'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {0};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'h') {
            print_usage(stdout);
            exit(EXIT_SUCCESS);
        } else if (option == 'm') {
            options.model = optarg;
        } else if (option == 'a') {
            options.architecture = optarg;
        } else if (option == 'j') {
            options.json = true;
        } else {
            exit(EXIT_USAGE);
        }
    }
    if (optind != argc || (options.model == NULL) == (options.architecture == NULL)) {
        fputs("digitd-bench: exactly one of --model and --architecture is needed\n", stderr);
        print_usage(stderr);
        exit(EXIT_USAGE);
    }
    return options;
}

/* Anything from 0 to 1 does: the arithmetic takes as long for any pixels. */
static void fill_pixels(struct work *work)
{
    for (size_t i = 0; i < PIXELS_MAX; i++)
        work->pixels[i] = (float)(i * 2654435761u % 256) / 255;
}

static void predict(void *argument)
{
    struct work *work = argument;
    const enum digit_status status = digit_context_predict(work->context, work->predictions,
                                                           work->pixels, work->batch, &work->error);

    if (status != DIGIT_OK)
        work->status = status;
}

static struct row measure_row(struct work *work, size_t batch, double macs, double peak_gflops)
{
    work->batch = batch;

    const double seconds = timing_of(predict, work).median_s / (double)batch;
    const double gflops = 2 * macs / seconds * 1e-9;

    return (struct row){.batch = batch,
                        .us_per_image = seconds * 1e6,
                        .gflops = gflops,
                        .peak_share = gflops / peak_gflops};
}

/* Names hold letters, digits, '_' and '-' alone, so nothing in them needs escaping. */
static void print_json(const struct digit_model_info *info, const struct row rows[BATCHES])
{
    printf("{\"rows\": [");
    for (size_t i = 0; i < BATCHES; i++)
        printf("%s\n  {\"architecture\": \"%s\", \"precision\": \"f32\", \"kernels\": \"%s\", "
               "\"batch\": %zu, \"us_per_image\": %.3f, \"gflops\": %.3f, \"peak_share\": %.4f}",
               i == 0 ? "" : ",", info->name, info->kernels, rows[i].batch, rows[i].us_per_image,
               rows[i].gflops, rows[i].peak_share);
    printf("\n]}\n");
}

static void print_table(const struct digit_model_info *info, const struct row rows[BATCHES],
                        const struct peak *peak)
{
    printf("%s: %zu parameters, %zu multiply-accumulates an image, %s kernels, f32\n", info->name,
           info->parameter_count, info->mac_count, info->kernels);
    printf("peak of one thread: %.1f GFLOP/s (%s)\n", peak->gflops, peak->instructions);
    printf("%6s %12s %10s %8s\n", "batch", "us/image", "GFLOP/s", "of peak");
    for (size_t i = 0; i < BATCHES; i++)
        printf("%6zu %12.2f %10.2f %7.1f%%\n", rows[i].batch, rows[i].us_per_image, rows[i].gflops,
               100 * rows[i].peak_share);
}

static enum digit_status measure(const struct digit_model *model, bool json,
                                 struct digit_error *error)
{
    const struct digit_model_info *info = digit_model_info(model);
    const struct peak peak = peak_measure();
    struct row rows[BATCHES];
    struct work *work = calloc(1, sizeof *work);
    enum digit_status status = DIGIT_NO_MEMORY;

    if (work == NULL)
        return digit_fail(error, status, "no memory for the pictures");
    fill_pixels(work);
    status = digit_context_create(&work->context, model, error);
    if (status != DIGIT_OK)
        goto out;
    for (size_t i = 0; i < BATCHES; i++)
        rows[i] = measure_row(work, batches[i], (double)info->mac_count, peak.gflops);
    status = work->status;
    if (status != DIGIT_OK)
        *error = work->error;
    else if (json)
        print_json(info, rows);
    else
        print_table(info, rows, &peak);
out:
    digit_context_destroy(work->context);
    free(work);
    return status;
}

int main(int argc, char **argv)
{
    const struct options options = parse_options(argc, argv);
    struct digit_model *model = NULL;
    struct digit_error error;
    enum digit_status status = options.model != NULL
                                   ? digit_model_load(&model, options.model, &error)
                                   : random_model_create(&model, options.architecture, &error);

    if (status == DIGIT_OK)
        status = measure(model, options.json, &error);
    digit_model_destroy(model);
    if (status != DIGIT_OK)
        fprintf(stderr, "digitd-bench: %s\n", error.message);
    return status == DIGIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
