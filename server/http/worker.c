#include "server/http/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "server/http/service.h"
#include "server/observe/metrics.h"

enum digit_status worker_init(struct worker *out, struct service *service, size_t index,
                              struct digit_error *error)
{
    *out = (struct worker){.index = index, .service = service};
    if (getrandom(&out->id_seed, sizeof out->id_seed, 0) != (ssize_t)sizeof out->id_seed)
        return digit_fail(error, DIGIT_IO, "no random bytes: %s", strerror(errno));
    out->shard = metrics_shard(service->metrics, METRICS_ROLE_WORKER, index);
    return DIGIT_OK;
}

void worker_release(struct worker *worker)
{
    exchange_pool_release(&worker->exchanges);
    *worker = (struct worker){.index = worker->index};
}
