/*
 * The closed sets of label values: what metrics are counted by. Each set is one table, from which
 * its enum and its names are made.
 *
 *     metrics_phase_names[METRICS_PHASE_DECODE]    "decode"
 *
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_METRICS_LABELS_H
#define SERVER_OBSERVE_METRICS_LABELS_H

/*
 * X(name, value of `handler`, usual method, usual status). The series of the usual answer exists
 * from the start. Paths without a route share OTHER.
 */
#define METRICS_HANDLER_TABLE(X)                                                                   \
    X(PREDICT, "predict", HTTP_POST, 200)                                                          \
    X(HEALTH, "health", HTTP_GET, 200)                                                             \
    X(LIVEZ, "livez", HTTP_GET, 200)                                                               \
    X(READYZ, "readyz", HTTP_GET, 200)                                                             \
    X(METRICS, "metrics", HTTP_GET, 200)                                                           \
    X(OPENAPI, "openapi", HTTP_GET, 200)                                                           \
    X(RELOAD, "reload", HTTP_POST, 200)                                                            \
    X(OTHER, "other", HTTP_GET, 404)

enum metrics_handler {
#define X(name, value, method, status) METRICS_##name,
    METRICS_HANDLER_TABLE(X)
#undef X
        METRICS_HANDLERS, /* their number */
};

/* X(name, value of `phase`): where the time of a request goes. */
#define METRICS_PHASE_TABLE(X)                                                                     \
    X(READ, "read")             /* from its first byte until all of it has come */                 \
    X(QUEUE, "queue")           /* waiting for a thread that decodes pictures */                   \
    X(DECODE, "decode")         /* from its encoded pictures to luma */                            \
    X(PREPROCESS, "preprocess") /* from luma to 28x28 */                                           \
    X(INFER, "infer")           /* the network */                                                  \
    X(WRITE, "write")           /* from its ready answer until the last byte is sent */

enum metrics_phase {
#define X(name, value) METRICS_PHASE_##name,
    METRICS_PHASE_TABLE(X)
#undef X
        METRICS_PHASES, /* their number */
};

/* X(name, value of `reason`): why the server refuses what a client sends, or a client at all. */
#define METRICS_REJECTION_TABLE(X)                                                                 \
    X(REQUEST_LINE, "request_line")             /* malformed request line or target */             \
    X(HEADER_SYNTAX, "header_syntax")           /* malformed header */                             \
    X(HEADER_TOO_LARGE, "header_too_large")     /* request line and headers have too many bytes */ \
    X(TOO_MANY_HEADERS, "too_many_headers")     /* too many headers */                             \
    X(FRAMING, "framing")                       /* Content-Length, Transfer-Encoding, Host */      \
    X(CONTROL_CHARACTER, "control_character")   /* a control character where none may be */        \
    X(VERSION, "version")                       /* a version of HTTP that is not supported */      \
    X(CHUNK_SYNTAX, "chunk_syntax")             /* malformed chunked body */                       \
    X(BODY_TOO_LARGE, "body_too_large")         /* more than max_body_bytes */                     \
    X(BODIES_BUDGET, "bodies_budget")           /* max_bodies_bytes are in use */                  \
    X(ANSWERS_BUDGET, "answers_budget")         /* the memory for answers is in use */             \
    X(HEADER_TIMEOUT, "header_timeout")         /* the headers took too long to come */            \
    X(BODY_TIMEOUT, "body_timeout")             /* the body took too long to come */               \
    X(REQUEST_TIMEOUT, "request_timeout")       /* the request took too long in total */           \
    X(QUEUE_FULL, "queue_full")                 /* too much work waits for decoding */             \
    X(REQUESTS_IN_FLIGHT, "requests_in_flight") /* max_requests_in_flight are in flight */         \
    X(CONNECTIONS_PER_PEER, "connections_per_peer") /* one address has too many connections */     \
    X(CONNECTIONS, "connections")                   /* a client waits: max_connections are open */ \
    X(PEER_GONE, "peer_gone")                       /* the client left before it was answered */

enum metrics_rejection {
#define X(name, value) METRICS_REJECTED_##name,
    METRICS_REJECTION_TABLE(X)
#undef X
        METRICS_REJECTIONS, /* their number */
};

/* X(name, value of `kind`): what a client took too long for. */
#define METRICS_TIMEOUT_TABLE(X)                                                                   \
    X(HEADER, "header")                                                                            \
    X(BODY, "body")                                                                                \
    X(REQUEST, "request") /* the request in total */                                               \
    X(IDLE, "idle")       /* between two requests */

enum metrics_timeout {
#define X(name, value) METRICS_TIMEOUT_##name,
    METRICS_TIMEOUT_TABLE(X)
#undef X
        METRICS_TIMEOUTS, /* their number */
};

/* X(name, value of `kind`): where a request was when its client closed the connection. */
#define METRICS_ABORT_TABLE(X)                                                                     \
    X(HEAD, "head")                                                                                \
    X(BODY, "body")                                                                                \
    X(QUEUE, "queue")                                                                              \
    X(ANSWER, "answer")

enum metrics_abort {
#define X(name, value) METRICS_ABORT_##name,
    METRICS_ABORT_TABLE(X)
#undef X
        METRICS_ABORTS, /* their number */
};

/* X(name, value of `format`): how an input came. */
#define METRICS_FORMAT_TABLE(X)                                                                    \
    X(PNG, "png")                                                                                  \
    X(JPEG, "jpeg")                                                                                \
    X(BMP, "bmp")                                                                                  \
    X(OCTETS, "octets") /* 784 octets */                                                           \
    X(IDX, "idx")       /* an image of an IDX file */                                              \
    X(JSON, "json")     /* numbers in JSON */

enum metrics_format {
#define X(name, value) METRICS_FORMAT_##name,
    METRICS_FORMAT_TABLE(X)
#undef X
        METRICS_FORMATS, /* their number */
};

/* X(name, value of `role`): what a thread does. */
#define METRICS_ROLE_TABLE(X)                                                                      \
    X(WORKER, "worker")   /* serves connections */                                                 \
    X(PICTURE, "picture") /* decodes pictures */                                                   \
    X(ADMIN, "admin")     /* loads models */

enum metrics_role {
#define X(name, value) METRICS_ROLE_##name,
    METRICS_ROLE_TABLE(X)
#undef X
        METRICS_ROLES, /* their number */
};

/* X(name, value of `result`): how an attempt ended. */
#define METRICS_RESULT_TABLE(X)                                                                    \
    X(SUCCESS, "success")                                                                          \
    X(FAILURE, "failure")

enum metrics_result {
#define X(name, value) METRICS_RESULT_##name,
    METRICS_RESULT_TABLE(X)
#undef X
        METRICS_RESULTS, /* their number */
};

extern const char *const metrics_handler_names[METRICS_HANDLERS];
extern const char *const metrics_phase_names[METRICS_PHASES];
extern const char *const metrics_rejection_names[METRICS_REJECTIONS];
extern const char *const metrics_timeout_names[METRICS_TIMEOUTS];
extern const char *const metrics_abort_names[METRICS_ABORTS];
extern const char *const metrics_format_names[METRICS_FORMATS];
extern const char *const metrics_role_names[METRICS_ROLES];
extern const char *const metrics_result_names[METRICS_RESULTS];

#endif
