#include "server/http/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "server/http/settings.h"

enum digit_status worker_init(struct worker *out, struct service *service, size_t index,
                              struct digit_error *error)
{
    *out = (struct worker){.index = index, .service = service};
    if (getrandom(&out->id_seed, sizeof out->id_seed, 0) != (ssize_t)sizeof out->id_seed)
        return digit_fail(error, DIGIT_IO, "no random bytes: %s", strerror(errno));
    return DIGIT_OK;
}

void worker_use_settings(struct worker *worker, const struct settings *settings,
                         struct predictor *predictor)
{
    worker->settings = settings;
    worker->predictor = predictor;
    worker->http_limits =
        (struct http_limits){.head_bytes = settings->config.max_header_bytes,
                             .headers = settings->config.max_headers,
                             .chunked_body_bytes = settings->config.max_body_bytes};
}

void worker_take_offer(struct worker *worker)
{
    struct settings_offer *offer = settings_slot_take(&worker->offered);
    if (offer == NULL)
        return;
    struct predictor *replaced = worker->predictor;
    worker_use_settings(worker, offer->settings, offer->predictor);
    settings_offer_accept(offer, replaced);
}

void worker_release(struct worker *worker)
{
    exchange_pool_release(&worker->exchanges);
    *worker = (struct worker){.index = worker->index};
}
