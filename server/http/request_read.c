#include "server/http/request_read.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/http/worker.h"

static bool id_is_valid(const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strspn(id, allowed);
    return size > 0 && size < REQUEST_ID_BYTES && id[size] == '\0';
}

static char *write_hex(char *out, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--)
        *out++ = "0123456789abcdef"[value >> 4 * i & 15];
    return out;
}

/* "0123456789abcdef-1a": the worker's random number, then the request's without leading zeros. */
static void make_id(char out[REQUEST_ID_BYTES], struct worker *worker)
{
    int digits = 1;
    worker->id_count++;
    while (digits < 16 && worker->id_count >> 4 * digits != 0)
        digits++;
    out = write_hex(out, worker->id_seed, 16);
    *out++ = '-';
    *write_hex(out, worker->id_count, digits) = '\0';
}

/* The id that the client offers, if it is valid; else one that no other worker or process makes. */
static void choose_id(char out[REQUEST_ID_BYTES], const char *offered, struct worker *worker)
{
    if (offered != NULL && id_is_valid(offered))
        snprintf(out, REQUEST_ID_BYTES, "%s", offered);
    else
        make_id(out, worker);
}

static enum MHD_Result note_parameter(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    struct request *request = cls;
    (void)kind;
    if (request->parameter_count < REQUEST_PARAMETERS_MAX)
        request->parameters[request->parameter_count] =
            (struct request_parameter){.name = name, .value = value};
    request->parameter_count++;
    return MHD_YES;
}

/* The headers that the server reads. */
enum header {
    HEADER_HOST,
    HEADER_ACCEPT,
    HEADER_CONTENT_LENGTH,
    HEADER_TRANSFER_ENCODING,
    HEADER_CONTENT_TYPE,
    HEADER_CONTENT_ENCODING,
    HEADER_EXPECT,
    HEADER_IF_NONE_MATCH,
    HEADER_X_REQUEST_ID,
};

#define HEADER(name, once)                                                                         \
    {                                                                                              \
        (name), sizeof(name) - 1, once                                                             \
    }

static const struct {
    const char *name;
    size_t size;
    bool once; /* a request may have it at most once */
} headers[] = {
    [HEADER_HOST] = HEADER(MHD_HTTP_HEADER_HOST, true),
    [HEADER_ACCEPT] = HEADER(MHD_HTTP_HEADER_ACCEPT, false),
    [HEADER_CONTENT_LENGTH] = HEADER(MHD_HTTP_HEADER_CONTENT_LENGTH, true),
    [HEADER_TRANSFER_ENCODING] = HEADER(MHD_HTTP_HEADER_TRANSFER_ENCODING, true),
    [HEADER_CONTENT_TYPE] = HEADER(MHD_HTTP_HEADER_CONTENT_TYPE, true),
    [HEADER_CONTENT_ENCODING] = HEADER(MHD_HTTP_HEADER_CONTENT_ENCODING, true),
    [HEADER_EXPECT] = HEADER(MHD_HTTP_HEADER_EXPECT, false),
    [HEADER_IF_NONE_MATCH] = HEADER(MHD_HTTP_HEADER_IF_NONE_MATCH, false),
    [HEADER_X_REQUEST_ID] = HEADER("X-Request-ID", false),
};
#define HEADERS (sizeof headers / sizeof headers[0])

struct header_survey {
    const char *values[HEADERS]; /* of the first of each name; NULL if there is none */
    size_t counts[HEADERS];
    bool space_in_name;
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
        if (survey->counts[i] == 0)
            survey->values[i] = value;
        survey->counts[i]++;
    }
    survey->space_in_name = survey->space_in_name || memchr(name, ' ', name_size) != NULL ||
                            memchr(name, '\t', name_size) != NULL;
    return MHD_YES;
}

static void fill_request(struct request *out, const struct header_survey *survey,
                         struct MHD_Connection *connection, const struct request_line *line)
{
    out->method = http_method_parse(line->method);
    out->path = line->path;
    out->accept = survey->values[HEADER_ACCEPT];
    out->content_type = survey->values[HEADER_CONTENT_TYPE];
    out->content_encoding = survey->values[HEADER_CONTENT_ENCODING];
    out->if_none_match = survey->values[HEADER_IF_NONE_MATCH];
    out->parameter_count = 0;
    choose_id(out->id, survey->values[HEADER_X_REQUEST_ID], out->worker);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, note_parameter, out);
}

static enum problem check_survey(const struct header_survey *survey, struct fault *fault)
{
    if (survey->space_in_name)
        return fault_set(fault, PROBLEM_MALFORMED_REQUEST, "a header name contains white space");
    for (size_t i = 0; i < HEADERS; i++) {
        if (headers[i].once && survey->counts[i] > 1)
            return fault_set(fault, PROBLEM_MALFORMED_REQUEST,
                             "%s is given %zu times; once is allowed", headers[i].name,
                             survey->counts[i]);
    }
    return PROBLEM_NONE;
}

static enum problem read_content_length(size_t *out, const char *text, struct fault *fault)
{
    unsigned long long value;
    errno = 0;
    value = strtoull(text, NULL, 10);
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' || errno == ERANGE ||
        value > SIZE_MAX)
        return fault_set(fault, PROBLEM_MALFORMED_REQUEST,
                         "Content-Length is not a decimal number of at most 64 bits");
    *out = (size_t)value;
    return PROBLEM_NONE;
}

/* Checks the rules of framing that request smuggling breaks, and finds out how the body comes. */
static enum problem read_framing(struct framing *out, const struct header_survey *survey,
                                 const char *version, struct fault *fault)
{
    const char *coding = survey->values[HEADER_TRANSFER_ENCODING];
    const char *length = survey->values[HEADER_CONTENT_LENGTH];
    const char *expect = survey->values[HEADER_EXPECT];
    enum problem problem = check_survey(survey, fault);
    *out = (struct framing){
        .has_body = coding != NULL,
        .awaits_continue = expect != NULL && strcasecmp(expect, "100-continue") == 0,
    };
    if (problem != PROBLEM_NONE)
        return problem;
    if (survey->counts[HEADER_HOST] == 0 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        return fault_set(fault, PROBLEM_MALFORMED_REQUEST,
                         "the Host header is missing; %s requires it", MHD_HTTP_VERSION_1_1);
    if (coding != NULL && length != NULL)
        return fault_set(fault, PROBLEM_MALFORMED_REQUEST,
                         "Transfer-Encoding and Content-Length must not be used together");
    if (coding != NULL && strcasecmp(coding, "chunked") != 0)
        return fault_set(fault, PROBLEM_UNSUPPORTED_TRANSFER,
                         "Transfer-Encoding is not chunked, the only one supported");
    if (length == NULL)
        return PROBLEM_NONE;
    problem = read_content_length(&out->content_length, length, fault);
    out->has_body = out->content_length > 0;
    return problem;
}

enum problem request_read(struct request *out, struct framing *framing,
                          struct MHD_Connection *connection, const struct request_line *line,
                          struct fault *fault)
{
    struct header_survey survey = {.space_in_name = false};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, survey_header, &survey);
    fill_request(out, &survey, connection, line);
    return read_framing(framing, &survey, line->version, fault);
}
