#include "server/http/connection.h"

#include <string.h>

#include "server/observe/clock.h"

void connection_init(struct connection *out, struct worker *worker, int socket,
                     const struct http_limits *limits)
{
    *out = (struct connection){.source.kind = SOURCE_CONNECTION,
                               .worker = worker,
                               .socket = socket,
                               .idle_since_s = clock_monotonic_s()};
    http_framing_init(&out->framing, limits);
}

enum connection_phase connection_phase(const struct connection *connection)
{
    if (connection->received > connection->answered)
        return CONNECTION_ANSWER;
    switch (connection->framing.place) {
    case HTTP_IN_HEAD:
        return CONNECTION_HEAD;
    case HTTP_IN_BODY:
        return CONNECTION_BODY;
    case HTTP_AT_START:
    case HTTP_AT_END:
        break;
    }
    return CONNECTION_IDLE;
}

/* Notes what the framing has just read. A pipelined request is not the current one. */
static void note_progress(struct connection *connection, enum http_place before, double now_s)
{
    enum http_place place = connection->framing.place;
    bool is_current = connection->received == connection->answered;
    bool began = before == HTTP_AT_START || before == HTTP_AT_END;
    if (is_current && began)
        connection->begun_s = now_s;
    if (is_current && place > HTTP_IN_HEAD && (began || before == HTTP_IN_HEAD))
        connection->head_ended_s = now_s;
    if (place != HTTP_AT_END)
        return;
    if (is_current)
        connection->received_s = now_s;
    connection->received++;
}

size_t connection_receive(struct connection *connection, unsigned char *bytes, size_t size)
{
    struct http_framing *framing = &connection->framing;
    double now_s = clock_monotonic_s();
    size_t at = 0, kept = 0, kept_before = 0; /* kept_before: of the requests before the current */
    while (at < size) {
        enum http_place before = framing->place;
        if (before == HTTP_AT_START || before == HTTP_AT_END)
            kept_before = kept;
        size_t used = http_framing_feed(framing, bytes + at, size - at);
        note_progress(connection, before, now_s);
        if (framing->violation != HTTP_NO_VIOLATION)
            return connection->received > connection->answered ? kept_before : 0;
        size_t data = used - framing->ignored_bytes;
        if (kept < at)
            memmove(bytes + kept, bytes + at, data);
        kept += data;
        at += used;
    }
    return kept;
}

void connection_note_answered(struct connection *connection)
{
    double now_s = clock_monotonic_s();
    connection->answered++;
    connection->idle_since_s = now_s;
    /* If further requests are in the buffer already, the next one begins now. */
    connection->begun_s = connection->head_ended_s = connection->received_s = now_s;
}
