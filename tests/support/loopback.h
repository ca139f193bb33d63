/* TCP sockets on 127.0.0.1. A test that cannot have one fails; the caller closes them. */
#ifndef TESTS_SUPPORT_LOOPBACK_H
#define TESTS_SUPPORT_LOOPBACK_H

#include <stdint.h>

/* A listening socket that does not block, on a port of the system's choice. */
int loopback_listen(uint16_t *port);

int loopback_connect(uint16_t port);

#endif
