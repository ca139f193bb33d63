/*
 * From a struct reply to libmicrohttpd, which sends it.
 * Threads: the worker's, in libmicrohttpd's callbacks.
 */
#ifndef SERVER_HTTP_REPLY_SEND_H
#define SERVER_HTTP_REPLY_SEND_H

#include <stdbool.h>

#include <digit/status.h>

#include "server/http/reply.h"

struct MHD_Connection;
struct MHD_Response;

/*
 * Queues the answer. The reply's body must stay as it is until libmicrohttpd has called the
 * completion callback of the request. False, and nothing is queued, if there is no memory for it.
 */
DIGIT_MUST_CHECK bool reply_send(const struct reply *reply, struct MHD_Connection *connection);

/* The reason phrase of a status (RFC 9110 section 15), as libmicrohttpd sends it. Threads: any. */
const char *reply_reason(unsigned status);

/*
 * Makes the answer for when there is no memory to make another: 503, a problem document, and the
 * connection is closed. The caller owns it. Errors: NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status reply_unavailable_create(struct MHD_Response **out,
                                                            struct digit_error *error);

/* NULL is allowed. */
void reply_unavailable_destroy(struct MHD_Response *unavailable);

#endif
