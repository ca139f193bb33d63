/*
 * The problems that digitd answers with, in one table, and the problem document (RFC 9457).
 *
 *     return fault_set(fault, PROBLEM_INVALID_INPUT, "pixels has %zu numbers, must have 784", n);
 *
 * A parser returns an enum problem and describes it in a struct fault; reply_fault() makes it the
 * answer.
 * Threads: any, on different faults.
 */
#ifndef SERVER_HTTP_PROBLEM_H
#define SERVER_HTTP_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "server/format/text.h"

/* X(name, slug, HTTP status, title) */
#define PROBLEMS(X)                                                                                \
    X(MALFORMED_REQUEST, "malformed-request", 400, "The request violates HTTP")                    \
    X(UNKNOWN_PARAMETER, "unknown-parameter", 400, "The query has an unknown parameter")           \
    X(INVALID_PARAMETER, "invalid-parameter", 400, "A query parameter has an invalid value")       \
    X(EMPTY_BODY, "empty-body", 400, "The request has no body")                                    \
    X(MALFORMED_JSON, "malformed-json", 400, "The body is not well-formed JSON")                   \
    X(MALFORMED_MULTIPART, "malformed-multipart", 400, "The body is not well-formed multipart")    \
    X(NOT_FOUND, "not-found", 404, "No endpoint has this path")                                    \
    X(METHOD_NOT_ALLOWED, "method-not-allowed", 405, "The path does not support this method")      \
    X(REQUEST_TIMEOUT, "request-timeout", 408, "The request did not come in time")                 \
    X(BODY_TOO_LARGE, "body-too-large", 413, "The body is larger than the limit")                  \
    X(TARGET_TOO_LONG, "target-too-long", 414, "The request line is longer than the limit")        \
    X(UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", 415, "The media type is not supported")    \
    X(UNSUPPORTED_ENCODING, "unsupported-content-encoding", 415, "The body is compressed")         \
    X(INVALID_INPUT, "invalid-input", 422, "The body has invalid contents")                        \
    X(TOO_MANY_INSTANCES, "too-many-instances", 422, "The request has more digits than the limit") \
    X(UNDECODABLE_IMAGE, "undecodable-image", 422, "The picture cannot be decoded")                \
    X(IMAGE_TOO_LARGE, "image-too-large", 422, "The picture is larger than the limit")             \
    X(HEAD_TOO_LARGE, "head-too-large", 431, "The request's head is larger than the limit")        \
    X(INTERNAL, "internal", 500, "Internal error")                                                 \
    X(RELOAD_FAILED, "reload-failed", 500, "The settings in force stay, new ones are invalid")     \
    X(UNSUPPORTED_TRANSFER, "unsupported-transfer-encoding", 501, "Only chunked is supported")     \
    X(OVERLOADED, "overloaded", 503, "The server has more work than it accepts")                   \
    X(NO_MEMORY, "no-memory", 503, "There is no memory for this request now")                      \
    X(NOT_READY, "not-ready", 503, "The server is starting or stopping")                           \
    X(UNSUPPORTED_VERSION, "unsupported-version", 505, "The version of HTTP is not supported")

enum problem {
    PROBLEM_NONE = 0,
#define X(name, slug, status, title) PROBLEM_##name,
    PROBLEMS(X)
#undef X
        PROBLEM_END,
};

#define PROBLEMS_COUNT (PROBLEM_END - 1) /* PROBLEM_NONE is none */

struct problem_kind {
    const char *slug;  /* member "code", and the fragment in "type" */
    unsigned status;   /* HTTP status code */
    const char *title; /* member "title" */
};

/* The constant parts of a problem document. `problem` is not PROBLEM_NONE. */
const struct problem_kind *problem_kind(enum problem problem);

/* The slugs, without PROBLEM_NONE: that of `problem` is problem_slugs[problem - 1]. */
extern const char *const problem_slugs[PROBLEMS_COUNT];

#define FAULT_DETAIL_BYTES  400
#define FAULT_POINTER_BYTES 96

/* The description of one problem. Only fault_set() makes it valid. */
struct fault {
    enum problem problem;
    char detail[FAULT_DETAIL_BYTES];   /* one sentence without a full stop; cut if it is too long */
    char pointer[FAULT_POINTER_BYTES]; /* RFC 6901, into the JSON body; "" if there is none */
    bool has_limit;
    size_t limit; /* the limit that was exceeded, if has_limit */
};

/*
 * Sets the problem and its detail, clears pointer and limit, and returns `problem`, so that a
 * parser can fail with `return fault_set(fault, ...)`.
 */
enum problem fault_set(struct fault *fault, enum problem problem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the pointer into the JSON body and returns fault->problem. */
enum problem fault_set_pointer(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets the limit that was exceeded and returns fault->problem. */
enum problem fault_set_limit(struct fault *fault, size_t limit);

/*
 * Appends the problem document: type ("/openapi.yaml#<slug>"), title, status, detail, instance
 * ("urn:digitd:request:<id>"), code, request_id, error (the detail again, for clients that expect
 * this member), and pointer and limit if there are any.
 */
void problem_write(struct text *out, const struct fault *fault, const char *request_id);

#endif
