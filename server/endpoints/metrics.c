#include "server/endpoints/metrics.h"

#include "server/http/service.h"
#include "server/observe/metrics.h"

void endpoint_metrics(struct reply *out, const struct request *request)
{
    metrics_write(request->service->metrics, &out->body);
    reply_text(out, 200, METRICS_CONTENT_TYPE);
}
