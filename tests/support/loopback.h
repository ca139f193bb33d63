/* TCP sockets on 127.0.0.1. The test fails if there is none; the caller closes them. */
#ifndef TESTS_SUPPORT_LOOPBACK_H
#define TESTS_SUPPORT_LOOPBACK_H

#include <stdint.h>

/* A non-blocking listening socket on a port that the system chooses. */
int loopback_listen(uint16_t *port);

int loopback_connect(uint16_t port);

#endif
