#include "server/http/request_read.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/format/percent.h"
#include "server/http/request_id.h"
#include "server/http/worker.h"

static enum MHD_Result note_parameter(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    struct request *request = cls;
    (void)kind;
    if (name[0] == '\0' && value == NULL)
        return MHD_YES;
    if (request->parameter_count < REQUEST_PARAMETERS_MAX)
        request->parameters[request->parameter_count] =
            (struct request_parameter){.name = name, .value = value};
    request->parameter_count++;
    return MHD_YES;
}

/* Decodes in place: the text is libmicrohttpd's copy of the request, which nobody else reads. */
static bool decode_text(const char *text)
{
    return text == NULL || percent_decode((char *)(uintptr_t)text);
}

static enum problem read_parameters(struct request *out, struct MHD_Connection *connection,
                                    struct fault *fault)
{
    out->parameter_count = 0;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, note_parameter, out);
    for (size_t i = 0; i < out->parameter_count && i < REQUEST_PARAMETERS_MAX; i++)
        if (!decode_text(out->parameters[i].name) || !decode_text(out->parameters[i].value))
            return fault_set(fault, PROBLEM_INVALID_PARAMETER,
                             "parameter %zu of the query is not percent-encoded text", i + 1);
    return PROBLEM_NONE;
}

/* The headers that the server reads. */
enum header {
    HEADER_ACCEPT,
    HEADER_CONTENT_LENGTH,
    HEADER_TRANSFER_ENCODING,
    HEADER_CONTENT_TYPE,
    HEADER_CONTENT_ENCODING,
    HEADER_EXPECT,
    HEADER_IF_NONE_MATCH,
    HEADER_X_REQUEST_ID,
    HEADERS
};

#define HEADER(name)                                                                               \
    {                                                                                              \
        (name), sizeof(name) - 1                                                                   \
    }

static const struct {
    const char *name;
    size_t size;
} headers[HEADERS] = {
    [HEADER_ACCEPT] = HEADER(MHD_HTTP_HEADER_ACCEPT),
    [HEADER_CONTENT_LENGTH] = HEADER(MHD_HTTP_HEADER_CONTENT_LENGTH),
    [HEADER_TRANSFER_ENCODING] = HEADER(MHD_HTTP_HEADER_TRANSFER_ENCODING),
    [HEADER_CONTENT_TYPE] = HEADER(MHD_HTTP_HEADER_CONTENT_TYPE),
    [HEADER_CONTENT_ENCODING] = HEADER(MHD_HTTP_HEADER_CONTENT_ENCODING),
    [HEADER_EXPECT] = HEADER(MHD_HTTP_HEADER_EXPECT),
    [HEADER_IF_NONE_MATCH] = HEADER(MHD_HTTP_HEADER_IF_NONE_MATCH),
    [HEADER_X_REQUEST_ID] = HEADER("X-Request-ID"),
};

struct header_survey {
    const char *values[HEADERS]; /* of the first of each name; NULL if there is none */
    bool repeated[HEADERS];
};

static enum MHD_Result survey_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                     size_t name_size, const char *value, size_t value_size)
{
    struct header_survey *survey = cls;
    (void)kind;
    (void)value_size;
    for (size_t i = 0; i < HEADERS; i++) {
        if (name_size != headers[i].size || strcasecmp(name, headers[i].name) != 0)
            continue;
        survey->repeated[i] = survey->values[i] != NULL;
        if (survey->values[i] == NULL)
            survey->values[i] = value;
    }
    return MHD_YES;
}

/* What follows the host of a target in absolute form; the target itself in any other form. */
static const char *path_of(const char *target)
{
    size_t scheme_size = strncasecmp(target, "http://", 7) == 0    ? 7
                         : strncasecmp(target, "https://", 8) == 0 ? 8
                                                                   : 0;
    if (scheme_size == 0)
        return target;
    const char *path = strchr(target + scheme_size, '/');
    return path != NULL ? path : "/";
}

static void copy_path(char out[REQUEST_PATH_BYTES], const char *path)
{
    static const char mark[] = "...";
    size_t size = strlen(path);
    if (size < REQUEST_PATH_BYTES) {
        memcpy(out, path, size + 1);
        return;
    }
    memcpy(out, path, REQUEST_PATH_BYTES - sizeof mark);
    memcpy(out + REQUEST_PATH_BYTES - sizeof mark, mark, sizeof mark);
}

static struct framing framing_of(const struct header_survey *survey)
{
    const char *length = survey->values[HEADER_CONTENT_LENGTH];
    const char *expect = survey->values[HEADER_EXPECT];
    struct framing framing = {
        .content_length = length != NULL ? strtoull(length, NULL, 10) : 0,
        .awaits_continue = expect != NULL && strcasecmp(expect, "100-continue") == 0,
    };
    framing.has_body =
        survey->values[HEADER_TRANSFER_ENCODING] != NULL || framing.content_length > 0;
    return framing;
}

enum problem request_read(struct request *out, struct framing *framing,
                          struct MHD_Connection *connection, const struct request_line *line,
                          struct fault *fault)
{
    struct header_survey survey = {.repeated = {false}};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, survey_header, &survey);
    out->method = http_method_parse(line->method);
    copy_path(out->path, path_of(line->target));
    out->accept = survey.values[HEADER_ACCEPT];
    out->content_type = survey.values[HEADER_CONTENT_TYPE];
    out->content_encoding = survey.values[HEADER_CONTENT_ENCODING];
    out->if_none_match = survey.values[HEADER_IF_NONE_MATCH];
    request_id_choose(out->id, survey.values[HEADER_X_REQUEST_ID], out->worker);
    *framing = framing_of(&survey);
    if (survey.repeated[HEADER_CONTENT_TYPE] || survey.repeated[HEADER_CONTENT_ENCODING])
        return fault_set(fault, PROBLEM_MALFORMED_REQUEST, "%s is given more than once",
                         survey.repeated[HEADER_CONTENT_TYPE] ? MHD_HTTP_HEADER_CONTENT_TYPE
                                                              : MHD_HTTP_HEADER_CONTENT_ENCODING);
    return read_parameters(out, connection, fault);
}
