/*
 * One HTTP request as an endpoint sees it: complete, checked against the rules of HTTP, and without
 * libmicrohttpd's types.
 *
 * The parameters and the headers point into libmicrohttpd's memory of the connection. They are
 * valid until the answer is given to libmicrohttpd: it may use the memory again for the answer.
 * `body` belongs to the exchange and is valid as long.
 * Threads: one at a time for each request.
 */
#ifndef SERVER_HTTP_REQUEST_H
#define SERVER_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/format/http_method.h"

struct metrics_shard;
struct predictor;
struct service;
struct settings;
struct worker;

#define REQUEST_ID_BYTES 129

/* The parameters of a query that are kept; no route takes as many. */
#define REQUEST_PARAMETERS_MAX 8

/* The bytes of a path that are kept for the log; the path of every route is far shorter. */
#define REQUEST_PATH_BYTES 1024

/* One parameter of the query, decoded (WHATWG URL, application/x-www-form-urlencoded). */
struct request_parameter {
    const char *name;
    const char *value; /* NULL if there is no "=" */
};

struct request {
    enum http_method method;
    char path[REQUEST_PATH_BYTES]; /* as sent, percent-encoding kept, without scheme, host and
                                      query; cut and ended with "..." if it is longer */
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
    struct worker *worker;     /* whose connection the request came on */
    const struct settings *settings; /* in force for this request */
    struct predictor *predictor;     /* that this request may use */
    struct metrics_shard *shard;     /* that this request is counted in */
    struct service *service;
};

/* The first parameter called `name`; NULL if there is none. */
const struct request_parameter *request_parameter(const struct request *request, const char *name);

#endif
