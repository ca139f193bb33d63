#include "server/http/reply_send.h"

#include <microhttpd.h>
#include <stdint.h>

static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct reply *reply)
{
    bool added = add_header(response, "Content-Type", reply->content_type) &&
                 add_header(response, "Cache-Control", reply->cache_control) &&
                 add_header(response, "X-Content-Type-Options", "nosniff") &&
                 add_header(response, "X-Request-ID", reply->request_id) &&
                 add_header(response, "Connection", reply->close ? "close" : NULL);
    for (size_t i = 0; i < reply->header_count && added; i++)
        added = add_header(response, reply->headers[i].name, reply->headers[i].value);
    return added;
}

bool reply_send(const struct reply *reply, struct MHD_Connection *connection)
{
    if (text_failed(&reply->body))
        return false;
    /*
     * Persistent: libmicrohttpd does not copy the body, which the exchange keeps until it is sent.
     */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.size, (void *)(uintptr_t)text_chars(&reply->body), MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return false;
    bool sent = add_headers(response, reply) &&
                MHD_queue_response(connection, reply->status, response) == MHD_YES;
    MHD_destroy_response(response);
    return sent;
}

const char *reply_reason(unsigned status)
{
    return MHD_get_reason_phrase_for(status);
}

enum digit_status reply_unavailable_create(struct MHD_Response **out, struct digit_error *error)
{
    static const char document[] = "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\","
                                   "\"status\":503,\"detail\":\"no memory\"}\n";
    struct MHD_Response *response = MHD_create_response_from_buffer(
        sizeof document - 1, (void *)(uintptr_t)document, MHD_RESPMEM_PERSISTENT);
    if (response == NULL || !add_header(response, "Content-Type", "application/problem+json") ||
        !add_header(response, "Connection", "close")) {
        reply_unavailable_destroy(response);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the HTTP server");
    }
    *out = response;
    return DIGIT_OK;
}

void reply_unavailable_destroy(struct MHD_Response *unavailable)
{
    if (unavailable != NULL)
        MHD_destroy_response(unavailable);
}
