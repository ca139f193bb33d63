/*
 * One of the server's threads and what it works with. Unless a comment says otherwise, only the
 * worker's own thread uses a member while the server runs.
 */
#ifndef SERVER_HTTP_WORKER_H
#define SERVER_HTTP_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "server/format/http_framing.h"
#include "server/http/exchange_pool.h"
#include "server/http/settings_offer.h"

struct MHD_Response;
struct event_loop;
struct metrics_shard;
struct predictor;
struct service;
struct route;
struct settings;

struct worker {
    size_t index;                     /* from 0 */
    struct service *service;          /* borrowed; shared by all workers */
    struct MHD_Response *unavailable; /* borrowed; the answer if there is no memory for another */
    const struct settings *settings;  /* borrowed; in force for the next request */
    struct http_limits http_limits;   /* of those settings, for connections */
    struct metrics_shard *shard;      /* borrowed from the service's metrics */
    const struct route *routes;       /* borrowed; as router_find takes them */
    struct predictor *predictor;      /* borrowed; what POST /predict runs */
    struct settings_slot offered;     /* settings for the worker to change to */
    struct event_loop *event_loop;    /* the thread; NULL while it has not been started */
    struct exchange_pool exchanges;   /* owned; exchanges for reuse */
    uint64_t id_seed;                 /* random; the request ids of this worker begin with it */
    uint64_t id_count;                /* request ids made so far */
    atomic_size_t in_flight;          /* those for max_requests_in_flight; any thread may read it */
};

/*
 * Fills `out` for worker `index` of a service; the caller sets `unavailable`, `routes`, `shard`,
 * `event_loop`, and the settings with worker_use_settings. Release the worker with worker_release. Errors: IO (no random bytes); `out` then holds nothing.
 */
DIGIT_MUST_CHECK enum digit_status worker_init(struct worker *out, struct service *service,
                                               size_t index, struct digit_error *error);

/* Changes to the settings that are offered, if there are any. Threads: the worker's. */
void worker_take_offer(struct worker *worker);

/* The worker's next request uses these, both borrowed. Threads: the worker's, or before it runs. */
void worker_use_settings(struct worker *worker, const struct settings *settings,
                         struct predictor *predictor);

/* Frees what the worker owns; a zeroed worker is allowed too. */
void worker_release(struct worker *worker);

#endif
