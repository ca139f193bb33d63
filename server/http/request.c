#include "server/http/request.h"

#include <string.h>

const struct request_parameter *request_parameter(const struct request *request, const char *name)
{
    size_t kept = request->parameter_count;
    if (kept > REQUEST_PARAMETERS_MAX)
        kept = REQUEST_PARAMETERS_MAX;
    for (size_t i = 0; i < kept; i++)
        if (strcmp(request->parameters[i].name, name) == 0)
            return &request->parameters[i];
    return NULL;
}
