/*
 * One HTTP request as an endpoint sees it: complete, checked against the HTTP rules that
 * libmicrohttpd leaves open, and without libmicrohttpd's types.
 *
 * `path`, the parameters and the headers point into libmicrohttpd's memory of the connection. They
 * are valid until it has called the completion callback of this request (request_life.c); the next
 * request on the connection overwrites them. `body` belongs to the exchange and is valid as long.
 * Threads: one worker's.
 */
#ifndef SERVER_HTTP_REQUEST_H
#define SERVER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/format/http_method.h"

struct service;
struct worker;

#define REQUEST_ID_BYTES 129

/* The parameters of a query that are kept; no route takes as many. */
#define REQUEST_PARAMETERS_MAX 8

/*
 * One parameter of the query: percent-encoding is kept, as in the path, but '+' has become a space.
 * Borrowed like the rest of the request.
 */
struct request_parameter {
    const char *name;
    const char *value; /* NULL if there is no "=" */
};

struct request {
    enum http_method method;
    const char *path; /* as sent, percent-encoding kept, without the query */
    struct request_parameter parameters[REQUEST_PARAMETERS_MAX]; /* in the query's order */
    size_t parameter_count;       /* all in the query; the first REQUEST_PARAMETERS_MAX are kept */
    const char *accept;           /* the first one; NULL if there is none */
    const char *content_type;     /* NULL if there is none */
    const char *content_encoding; /* NULL if there is none */
    const char *if_none_match;    /* NULL if there is none */
    const uint8_t *body;          /* [body_bytes]; NULL if there is none */
    size_t body_bytes;
    char id[REQUEST_ID_BYTES]; /* the client's X-Request-ID if it is [A-Za-z0-9._-]{1,128}; else
                                     one that this server made */
    struct worker *worker;     /* that answers this request */
    const struct service *service;
};

/* The first parameter called `name`; NULL if there is none. */
const struct request_parameter *request_parameter(const struct request *request, const char *name);

#endif
