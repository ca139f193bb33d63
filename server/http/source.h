/*
 * What an event loop waits for. A source is the first member of the object that it stands for, and
 * its address is the data of the object's events (epoll_ctl(2)).
 */
#ifndef SERVER_HTTP_SOURCE_H
#define SERVER_HTTP_SOURCE_H

enum source_kind {
    SOURCE_REQUESTS,   /* libmicrohttpd's epoll descriptor */
    SOURCE_WAKE,       /* an eventfd: another thread has something for this loop */
    SOURCE_INBOX,      /* connections that other workers have accepted for this one */
    SOURCE_LISTENER,   /* connections to accept */
    SOURCE_CONNECTION, /* struct connection: its peer has ended the stream or has gone */
    SOURCE_LINGER,     /* struct lingering: bytes of a closed connection to discard, or its end */
};

struct source {
    enum source_kind kind;
};

#endif
