/*
 * One HTTP request as an endpoint sees it: whole, checked against the HTTP rules that libmicrohttpd
 * leaves open, and without any of libmicrohttpd's types.
 * Everything is borrowed and valid until the endpoint returns. Threads: one worker's.
 */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/format/http_method.h"

struct service;
struct worker;

#define REQUEST_ID_BYTES 129

/* So many parameters of a query are kept; no route takes as many. */
#define REQUEST_PARAMETERS_MAX 8

/* One of the query's, percent-decoded. */
struct request_parameter {
    const char *name;
    const char *value; /* NULL if there is no "=" */
};

struct request {
    enum http_method method;
    const char *path; /* as sent, percent-encoding kept, without the query */
    struct request_parameter parameters[REQUEST_PARAMETERS_MAX]; /* of the query, in its order */
    size_t parameter_count;       /* all of them; only the first REQUEST_PARAMETERS_MAX are kept */
    const char *content_type;     /* NULL if there is none */
    const char *content_encoding; /* NULL if there is none */
    const char *if_none_match;    /* NULL if there is none */
    const uint8_t *body;          /* [body_bytes]; NULL if there is none */
    size_t body_bytes;
    char id[REQUEST_ID_BYTES]; /* the client's X-Request-ID if it is [A-Za-z0-9._-]{1,128}, or ours
                                */
    struct worker *worker;     /* the worker that runs this request */
    const struct service *service;
};

/* The parameter of that name; NULL if there is none. */
const struct request_parameter *request_parameter(const struct request *request, const char *name);

#endif
