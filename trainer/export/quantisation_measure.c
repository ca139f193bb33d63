#include "trainer/export/quantisation_measure.h"

#include <math.h>
#include <string.h>

#include <digit/context.h>

#include "core/network/context_observer.h"
#include "core/network/model_data.h"

/* The measurement so far. */
struct measurement {
    const struct plan *plan;
    struct quantisation *out;
};

/* The number of convolutions before a step. */
static size_t convolutions_before(const struct plan *plan, const struct step *step)
{
    size_t count = 0;
    for (const struct step *other = plan->steps; other < step; other++)
        count += other->type == STEP_CONV2D;
    return count;
}

static void measure_step(void *data, const struct step *step, const float *activations,
                         size_t count)
{
    const struct measurement *measurement = data;
    size_t index = convolutions_before(measurement->plan, step);
    if (step->type != STEP_CONV2D || index == measurement->out->count)
        return;
    float *largest = &measurement->out->ranges[index];
    for (size_t i = 0; i < count; i++)
        *largest = fmaxf(*largest, activations[i]);
}

enum digit_status quantisation_measure(struct quantisation *out, const struct digit_model *model,
                                       const uint8_t *octets, size_t count,
                                       struct digit_error *error)
{
    const struct plan *plan = &model->plan;
    memset(out, 0, sizeof *out);
    if (plan->int8)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "activation ranges are measured in float32; the model runs in int8");
    struct digit_context *context;
    enum digit_status status = digit_context_create(&context, model, error);
    if (status != DIGIT_OK)
        return status;
    out->count = convolutions_before(plan, plan->steps + plan->step_count) - 1;
    out->mean = model->preprocessing.mean;
    out->deviation = model->preprocessing.deviation;
    for (size_t i = 0; i < out->count; i++)
        out->ranges[i] = QUANTISATION_RANGE_LEAST;
    struct measurement measurement = {plan, out};
    const struct context_observer observer = {measure_step, &measurement};
    context_observe(context, octets, count, &observer);
    digit_context_destroy(context);
    return DIGIT_OK;
}
