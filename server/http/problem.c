#include "server/http/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct problem_kind kinds[] = {[PROBLEM_NONE] = {"", 0, ""},
#define X(name, slug, status, title) [PROBLEM_##name] = {slug, status, title},
                                            PROBLEMS(X)
#undef X
};

#define X(name, slug, status, title) slug,
const char *const problem_slugs[PROBLEMS_COUNT] = {PROBLEMS(X)};
#undef X

const struct problem_kind *problem_kind(enum problem problem)
{
    assert(problem != PROBLEM_NONE && (size_t)problem < sizeof kinds / sizeof kinds[0]);
    return &kinds[problem];
}

enum problem fault_set(struct fault *fault, enum problem problem, const char *format, ...)
{
    va_list arguments;
    *fault = (struct fault){.problem = problem};
    va_start(arguments, format);
    vsnprintf(fault->detail, sizeof fault->detail, format, arguments);
    va_end(arguments);
    return problem;
}

enum problem fault_set_pointer(struct fault *fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->pointer, sizeof fault->pointer, format, arguments);
    va_end(arguments);
    return fault->problem;
}

enum problem fault_set_limit(struct fault *fault, size_t limit)
{
    fault->has_limit = true;
    fault->limit = limit;
    return fault->problem;
}

void problem_write(struct text *out, const struct fault *fault, const char *request_id)
{
    const struct problem_kind *kind = problem_kind(fault->problem);
    text_format(out, "{\"type\":\"/openapi.yaml#%s\",\"title\":\"%s\",\"status\":%u,\"detail\":",
                kind->slug, kind->title, kind->status);
    text_json_string(out, fault->detail);
    text_format(out,
                ",\"instance\":\"urn:digitd:request:%s\",\"code\":\"%s\",\"request_id\":\"%s\"",
                request_id, kind->slug, request_id);
    text_append(out, ",\"error\":");
    text_json_string(out, fault->detail);
    if (fault->pointer[0] != '\0') {
        text_append(out, ",\"pointer\":");
        text_json_string(out, fault->pointer);
    }
    if (fault->has_limit)
        text_format(out, ",\"limit\":%zu", fault->limit);
    text_append(out, "}\n");
}
