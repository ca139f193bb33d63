#include "bench/layers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <digit/context.h>

#include "bench/peak.h"
#include "core/network/context_observer.h"
#include "core/network/model_data.h"

#define MAX_PASSES 401
#define RUNS       20 /* so many times run_s, unless there are MAX_PASSES before */
#define NAME_BYTES 40

/* The duration of each step in each forward pass. */
struct laps {
    const struct plan *plan;
    struct timespec last;
    double (*seconds)[MAX_PASSES]; /* [step_count]: of all images of a pass */
    size_t pass;
};

static double seconds_between(const struct timespec *begin, const struct timespec *end)
{
    return (double)(end->tv_sec - begin->tv_sec) + 1e-9 * (double)(end->tv_nsec - begin->tv_nsec);
}

static void record_lap(void *data, const struct step *step, const float *activations, size_t count)
{
    struct laps *laps = data;
    struct timespec now;

    (void)activations;
    (void)count;
    clock_gettime(CLOCK_MONOTONIC, &now);
    laps->seconds[step - laps->plan->steps][laps->pass] = seconds_between(&laps->last, &now);
    clock_gettime(CLOCK_MONOTONIC, &laps->last);
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

/*
 * seconds[i] = median time per image of step i, in at least one and at most MAX_PASSES forward
 * passes of `images` images.
 */
static void time_steps(double *seconds, struct digit_context *context, struct laps *laps,
                       const uint8_t *octets, size_t images, double run_s)
{
    const struct context_observer observer = {record_lap, laps};

    clock_gettime(CLOCK_MONOTONIC, &laps->last);
    const struct timespec begin = laps->last;
    for (laps->pass = 0;
         laps->pass < MAX_PASSES && seconds_between(&begin, &laps->last) < RUNS * run_s;
         laps->pass++) {
        clock_gettime(CLOCK_MONOTONIC, &laps->last);
        context_observe(context, octets, images, &observer);
    }
    for (size_t i = 0; i < laps->plan->step_count; i++) {
        qsort(laps->seconds[i], laps->pass, sizeof laps->seconds[i][0], compare_doubles);
        seconds[i] = laps->seconds[i][laps->pass / 2] / (double)images;
    }
}

static const char *method_name(enum conv2d_method method)
{
    static const char *const names[] = {"direct", "conv3x3_c1", "winograd", "tiles"};

    return names[method];
}

/* Writes a name such as "3x3 16->32 winograd", and the step's multiply-accumulates to *macs. */
static void describe_step(char out[NAME_BYTES], double *macs, const struct step *step)
{
    const bool is_int8 = step->type == STEP_CONV2D_INT8;
    const struct conv2d *sizes = is_int8 ? &step->conv2d_int8.sizes : &step->conv2d.sizes;

    *macs = 0;
    switch (step->type) {
    case STEP_CONV2D:
    case STEP_CONV2D_INT8:
        *macs = (double)(conv2d_depth(sizes) * conv2d_out_elements(sizes));
        snprintf(out, NAME_BYTES, "%zux%zu %zu->%zu %s", sizes->kernel_height, sizes->kernel_width,
                 sizes->in_channels, sizes->out_channels,
                 method_name(is_int8 ? step->conv2d_int8.method : step->conv2d.method));
        break;
    case STEP_SCALE_SHIFT:
        snprintf(out, NAME_BYTES, "batch normalisation");
        break;
    case STEP_MAXPOOL2D:
    case STEP_MAXPOOL2D_INT8:
        snprintf(out, NAME_BYTES, "max pooling");
        break;
    case STEP_RELU:
        snprintf(out, NAME_BYTES, "relu");
        break;
    }
}

static void print_rows(const struct plan *plan, const double *alone, const double *block,
                       double peak_gops)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        char name[NAME_BYTES];
        double macs;

        describe_step(name, &macs, &plan->steps[i]);
        printf("%-28s %9.2f %9.2f", name, alone[i] * 1e6, block[i] * 1e6);
        if (macs > 0)
            printf(" %9.1f %7.1f%%", 2e-9 * macs / block[i],
                   100 * 2e-9 * macs / block[i] / peak_gops);
        printf("\n");
    }
}

enum digit_status layers_print(const struct digit_model *model, double run_s,
                               struct digit_error *error)
{
    const struct plan *plan = &model->plan;
    const struct peak peak = peak_measure(model->info.kernels, model->info.precision, run_s);
    struct laps laps = {.plan = plan,
                        .seconds = calloc(ARCHITECTURE_MAX_LAYERS, sizeof *laps.seconds)};
    uint8_t *octets = calloc(CONTEXT_BLOCK_IMAGES, DIGIT_PIXELS);
    double alone[ARCHITECTURE_MAX_LAYERS], block[ARCHITECTURE_MAX_LAYERS];
    struct digit_context *context = NULL;
    enum digit_status status = DIGIT_NO_MEMORY;

    if (laps.seconds == NULL || octets == NULL)
        digit_fail(error, status, "no memory for the times of %d passes", MAX_PASSES);
    else
        status = digit_context_create(&context, model, error);
    if (status == DIGIT_OK) {
        for (size_t i = 0; i < (size_t)CONTEXT_BLOCK_IMAGES * DIGIT_PIXELS; i++)
            octets[i] = (uint8_t)(i * 2654435761u % 256);
        time_steps(alone, context, &laps, octets, 1, run_s);
        time_steps(block, context, &laps, octets, CONTEXT_BLOCK_IMAGES, run_s);
        printf("\n%s, %s: microseconds per image\n%-28s %9s %9s %9s %8s\n", model->info.kernels,
               model->info.precision, "step", "1 image", "16 images", "Gop/s", "of peak");
        print_rows(plan, alone, block, peak.gops);
    }
    digit_context_destroy(context);
    free(octets);
    free(laps.seconds);
    return status;
}
