#include "core/network/quantisation.h"

#include <math.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/context.h>

#include "core/network/context_observer.h"
#include "core/network/model_data.h"

/* A range of 0 would make a scale of 0. */
#define LEAST_RANGE 1e-6f

/* What is seen on the way. */
struct ranges {
    const struct plan *plan;
    struct quantisation *out;
};

/* How many convolutions lie before a step. */
static size_t convolutions_before(const struct plan *plan, const struct step *step)
{
    size_t count = 0;
    for (const struct step *other = plan->steps; other < step; other++)
        count += other->type == STEP_CONV2D;
    return count;
}

static void see(void *data, const struct step *step, const float *activations, size_t count)
{
    const struct ranges *ranges = data;
    size_t index = convolutions_before(ranges->plan, step);
    if (step->type != STEP_CONV2D || index == ranges->out->count)
        return;
    float *largest = &ranges->out->ranges[index];
    for (size_t i = 0; i < count; i++)
        *largest = fmaxf(*largest, activations[i]);
}

enum digit_status quantisation_measure(struct quantisation *out, const struct digit_model *model,
                                       const float *pixels, size_t count, struct digit_error *error)
{
    const struct plan *plan = &model->plan;
    memset(out, 0, sizeof *out);
    if (plan->int8)
        return digit_fail(error, DIGIT_UNSUPPORTED, "ranges are measured in floats");
    struct digit_context *context;
    enum digit_status status = digit_context_create(&context, model, error);
    if (status != DIGIT_OK)
        return status;
    out->count = convolutions_before(plan, plan->steps + plan->step_count) - 1;
    out->mean = model->preprocessing.mean;
    out->deviation = model->preprocessing.deviation;
    for (size_t i = 0; i < out->count; i++)
        out->ranges[i] = LEAST_RANGE;
    struct ranges ranges = {plan, out};
    const struct context_observer observer = {see, &ranges};
    context_observe(context, pixels, count, &observer);
    digit_context_destroy(context);
    return DIGIT_OK;
}

char *quantisation_format(const struct quantisation *quantisation)
{
    char *text = NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON *ranges = cJSON_CreateFloatArray(quantisation->ranges, (int)quantisation->count);
    if (json != NULL && cJSON_AddItemToObject(json, "ranges", ranges))
        text = cJSON_PrintUnformatted(json);
    else
        cJSON_Delete(ranges);
    cJSON_Delete(json);
    return text;
}
