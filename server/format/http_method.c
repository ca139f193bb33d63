#include "server/format/http_method.h"

#include <string.h>

static const char *const method_names[HTTP_METHOD_COUNT] = {
#define X(name) [HTTP_##name] = #name,
    HTTP_METHODS(X)
#undef X
        [HTTP_OTHER] = "OTHER",
};

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

enum http_method http_method_parse(const char *name)
{
    for (int method = 0; method < HTTP_OTHER; method++) {
        if (strcmp(name, method_names[method]) == 0)
            return (enum http_method)method;
    }
    return HTTP_OTHER;
}
