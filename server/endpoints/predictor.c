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
    predictor->scratch = malloc(predictor->scratch_bytes);
    predictor->arena.bytes = malloc(predictor->arena.size_bytes);
    return predictor->pixels != NULL && predictor->octets != NULL && predictor->sources != NULL &&
           predictor->predictions != NULL && predictor->scratch != NULL &&
           predictor->arena.bytes != NULL;
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
        status = digit_preprocessor_create(&predictor->preprocessor, error);
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
        .capacity = config->max_instances,
        .scratch = predictor->scratch,
        .scratch_bytes = predictor->scratch_bytes,
        .arena = &predictor->arena,
        .preprocessor = predictor->preprocessor,
        .limits = {.max_side_px = config->max_image_side_px,
                   .max_pixels = config->max_image_pixels,
                   .max_decoder_bytes = config->max_decoder_bytes,
                   .max_cost_us = config->max_decoder_ms * 1000},
        .max_json_depth = config->max_json_depth,
        .max_multipart_parts = config->max_multipart_parts,
    };
}

/* Predicts instances first to end - 1, all of which are octets or none is. */
static enum digit_status run_alike(struct predictor *predictor, size_t first, size_t end,
                                   struct digit_error *error)
{
    struct digit_prediction *out = predictor->predictions + first;
    size_t offset = first * DIGIT_PIXELS;
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
        while (end < count &&
               predictor->sources[end].is_octets == predictor->sources[first].is_octets)
            end++;
        status = run_alike(predictor, first, end, error);
    }
    return status;
}

void predictor_destroy(struct predictor *predictor)
{
    if (predictor == NULL)
        return;
    digit_preprocessor_destroy(predictor->preprocessor);
    digit_context_destroy(predictor->context);
    free(predictor->arena.bytes);
    free(predictor->scratch);
    free(predictor->predictions);
    free(predictor->sources);
    free(predictor->octets);
    free(predictor->pixels);
    free(predictor);
}
