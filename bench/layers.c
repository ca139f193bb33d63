#include "bench/layers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <digit/context.h>

#include "bench/peak.h"
#include "bench/random_model.h"
#include "bench/timing.h"
#include "core/network/context_observer.h"
#include "core/network/model_data.h"

#define MAX_PASSES 401
#define RUNS       20 /* the passes end after RUNS * run_s seconds, if MAX_PASSES take longer */
#define NAME_BYTES 40

/* The duration of each step in each forward pass. */
struct laps {
    const struct plan *plan;
    double last_s;
    double (*seconds)[MAX_PASSES]; /* [step_count]: of all images of a pass */
    size_t pass;
};

static void record_lap(void *data, const struct step *step, const float *activations, size_t count)
{
    struct laps *laps = data;

    (void)activations;
    (void)count;
    laps->seconds[step - laps->plan->steps][laps->pass] = timing_now_s() - laps->last_s;
    laps->last_s = timing_now_s();
}

/*
 * seconds[i] = median time per image of step i, in at least one and at most MAX_PASSES forward
 * passes of `images` images.
 */
static void time_steps(double *seconds, struct digit_context *context, struct laps *laps,
                       const uint8_t *octets, size_t images, double run_s)
{
    const struct context_observer observer = {record_lap, laps};
    const double end_s = timing_now_s() + RUNS * run_s;

    laps->pass = 0;
    do {
        laps->last_s = timing_now_s();
        context_observe(context, octets, images, &observer);
        laps->pass++;
    } while (laps->pass < MAX_PASSES && laps->last_s < end_s);
    for (size_t i = 0; i < laps->plan->step_count; i++)
        seconds[i] = timing_median_s(laps->seconds[i], laps->pass) / (double)images;
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
        random_octets_fill(octets, (size_t)CONTEXT_BLOCK_IMAGES * DIGIT_PIXELS);
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
