/*
 * How every byte of a client passes digitd's rules before libmicrohttpd parses it.
 *
 * libmicrohttpd reads its sockets with recv(2). receive.c defines a function of that name, which the
 * dynamic linker prefers to the C library's, because the program comes first in the order of
 * symbols (ld.so(8)); in a static program it is the only one. It reads with recvfrom(2) and has the
 * connection's framing check what has come (connection.h). After a violation the client gets a
 * problem document (refusal.h), and libmicrohttpd is told that the connection was reset.
 *
 * Without it, two things would be left to libmicrohttpd: 0.9.75 takes continuation lines, control
 * characters and bare line feeds for something else than a proxy does, and what it refuses itself
 * is in no metric and no problem document.
 *
 *     receive_create(sockets, &error);
 *     receive_attach(socket, connection);
 *     receive_detach(socket);
 *     receive_destroy();
 *
 * Threads: attach, detach and recv those of the worker that has the socket; create and destroy while
 * no worker runs.
 */
#ifndef SERVER_HTTP_RECEIVE_H
#define SERVER_HTTP_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

struct connection;

/* Makes room for socket numbers below `sockets`. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status receive_create(size_t sockets, struct digit_error *error);

/* Frees what receive_create made. */
void receive_destroy(void);

/*
 * What recv reads from `socket` belongs to the connection from now on. False if there is no room for
 * the socket's number, because the descriptor limit has been raised from outside (prlimit(1)).
 */
bool receive_attach(int socket, struct connection *connection);

/* Ends that; to be called before the socket is closed. */
void receive_detach(int socket);

#endif
