#include "server/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/config/config.h"
#include "server/endpoints/predict_input.h"
#include "server/observe/metrics.h"
#include "server/service.h"

enum digit_status worker_init(struct worker *out, const struct service *service, size_t index,
                              struct digit_error *error)
{
    const struct config *config = service->config;
    enum digit_status status;
    *out = (struct worker){.index = index, .scratch_bytes = config->max_body_bytes};
    if (getrandom(&out->id_seed, sizeof out->id_seed, 0) != (ssize_t)sizeof out->id_seed)
        return digit_fail(error, DIGIT_IO, "no random bytes: %s", strerror(errno));
    out->shard = metrics_shard(service->metrics, index);
    out->pixels = calloc(config->max_instances, DIGIT_PIXELS * sizeof *out->pixels);
    out->sources = calloc(config->max_instances, sizeof *out->sources);
    out->predictions = calloc(config->max_instances, sizeof *out->predictions);
    out->scratch = malloc(out->scratch_bytes);
    out->arena.bytes = malloc(DIGIT_IMAGE_ARENA_BYTES);
    out->arena.size_bytes = DIGIT_IMAGE_ARENA_BYTES;
    if (out->pixels == NULL || out->sources == NULL || out->predictions == NULL ||
        out->scratch == NULL || out->arena.bytes == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "no memory for a worker of %zu instances",
                            config->max_instances);
    else
        status = digit_context_create(&out->context, service->model, error);
    if (status == DIGIT_OK)
        status = digit_preprocessor_create(&out->preprocessor, error);
    if (status != DIGIT_OK)
        worker_release(out);
    return status;
}

void worker_release(struct worker *worker)
{
    exchange_pool_release(&worker->exchanges);
    digit_preprocessor_destroy(worker->preprocessor);
    digit_context_destroy(worker->context);
    free(worker->arena.bytes);
    free(worker->scratch);
    free(worker->predictions);
    free(worker->sources);
    free(worker->pixels);
    *worker = (struct worker){.index = worker->index};
}
