#include "server/endpoints/predictor.h"

#include <stdbool.h>
#include <stdlib.h>

#include "server/config/config.h"

static bool allocate_buffers(struct predictor *predictor, const struct config *config)
{
    size_t instances = config->max_instances;
    predictor->scratch_bytes = config->max_body_bytes;
    predictor->arena.size_bytes = DIGIT_IMAGE_ARENA_BYTES;
    predictor->pixels = calloc(instances, DIGIT_PIXELS * sizeof *predictor->pixels);
    predictor->octets = calloc(instances, DIGIT_PIXELS);
    predictor->sources = calloc(instances, sizeof *predictor->sources);
    predictor->predictions = calloc(instances, sizeof *predictor->predictions);
    predictor->readings = calloc(config->max_digits, sizeof *predictor->readings);
    predictor->scratch = malloc(predictor->scratch_bytes);
    predictor->arena.bytes = malloc(predictor->arena.size_bytes);
    return predictor->pixels != NULL && predictor->octets != NULL && predictor->sources != NULL &&
           predictor->predictions != NULL && predictor->readings != NULL &&
           predictor->scratch != NULL && predictor->arena.bytes != NULL;
}

static enum digit_status create_reader(struct predictor *predictor, const struct config *config,
                                       struct digit_error *error)
{
    const struct digit_reader_limits limits = {.max_hypotheses = config->max_hypotheses,
                                               .max_lines = config->max_lines,
                                               .max_candidates = config->max_candidates,
                                               .max_digits = config->max_digits};
    return digit_reader_create(&predictor->reader, predictor->context, &limits, error);
}

enum digit_status predictor_create(struct predictor **out, const struct config *config,
                                   const struct digit_model *model, struct digit_error *error)
{
    struct predictor *predictor = calloc(1, sizeof *predictor);
    enum digit_status status = DIGIT_OK;
    if (predictor == NULL || !allocate_buffers(predictor, config))
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory for a worker of %zu instances",
                            config->max_instances);
    if (status == DIGIT_OK)
        status = digit_context_create(&predictor->context, model, error);
    if (status == DIGIT_OK)
        status = create_reader(predictor, config, error);
    if (status == DIGIT_OK)
        *out = predictor;
    else
        predictor_destroy(predictor);
    return status;
}

struct predict_input predictor_input(struct predictor *predictor, const struct config *config)
{
    return (struct predict_input){
        .pixels = predictor->pixels,
        .octets = predictor->octets,
        .sources = predictor->sources,
        .predictions = predictor->predictions,
        .capacity = config->max_instances,
        .scratch = predictor->scratch,
        .scratch_bytes = predictor->scratch_bytes,
        .arena = &predictor->arena,
        .reader = predictor->reader,
        .readings = predictor->readings,
        .max_lines = config->max_lines,
        .max_digits = config->max_digits,
        .limits = {.max_side_px = config->max_image_side_px,
                   .max_pixels = config->max_image_pixels,
                   .max_decoder_bytes = config->max_decoder_bytes,
                   .max_cost_us = config->max_decoder_ms * 1000},
        .max_json_depth = config->max_json_depth,
        .max_multipart_parts = config->max_multipart_parts,
    };
}

/* Whether two instances are predicted in one batch. */
static bool are_alike(const struct predict_source *a, const struct predict_source *b)
{
    return a->is_octets == b->is_octets && a->is_read == b->is_read;
}

/* Predicts instances first to end - 1, which are alike. */
static enum digit_status run_alike(struct predictor *predictor, size_t first, size_t end,
                                   struct digit_error *error)
{
    struct digit_prediction *out = predictor->predictions + first;
    size_t offset = first * DIGIT_PIXELS;
    if (predictor->sources[first].is_read)
        return DIGIT_OK;
    if (predictor->sources[first].is_octets)
        return digit_context_predict_octets(predictor->context, out, predictor->octets + offset,
                                            end - first, error);
    return digit_context_predict(predictor->context, out, predictor->pixels + offset, end - first,
                                 error);
}

enum digit_status predictor_run(struct predictor *predictor, size_t count,
                                struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t first = 0, end; status == DIGIT_OK && first < count; first = end) {
        end = first + 1;
        while (end < count && are_alike(&predictor->sources[end], &predictor->sources[first]))
            end++;
        status = run_alike(predictor, first, end, error);
    }
    return status;
}

void predictor_destroy(struct predictor *predictor)
{
    if (predictor == NULL)
        return;
    digit_reader_destroy(predictor->reader);
    digit_context_destroy(predictor->context);
    free(predictor->arena.bytes);
    free(predictor->scratch);
    free(predictor->readings);
    free(predictor->predictions);
    free(predictor->sources);
    free(predictor->octets);
    free(predictor->pixels);
    free(predictor);
}
