#include "server/endpoints/reload.h"

#include <digit/model.h>

#include "server/endpoints/model_name.h"
#include "server/http/service.h"
#include "server/http/worker.h"

void endpoint_reload(struct reply *out, const struct request *request)
{
    const struct service *service = request->service;
    struct digit_error error;
    if (service->reload(service->reload_cls, &error) != DIGIT_OK) {
        reply_problem(out, PROBLEM_RELOAD_FAILED, "%s", error.message);
        return;
    }
    /* The request's own settings are those from before the reload, which are gone. */
    const struct digit_model_info *model = digit_model_info(request->worker->settings->model);
    text_append(&out->body, "{\"model\":");
    model_name_write(&out->body, model);
    text_append(&out->body, "}\n");
    reply_json(out, 200);
}
