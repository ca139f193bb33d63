/*
 * The environment variables by which Kubernetes tells a pod of the Services in its namespace, in its
 * own form and in that of Docker's links (kubernetes.io/docs/concepts/services-networking/service/,
 * "Environment variables"). A Service called digitd gives every pod DIGITD_PORT=tcp://10.0.0.1:80.
 * Threads: any.
 */
#ifndef CLI_SERVICE_LINK_H
#define CLI_SERVICE_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the variable name [name_bytes], which begins with the prefix of a program, is one of a
 * Service whose name begins with that of the program. `value` is the variable's, "" for none. The
 * forms behind the prefix, and behind the rest of the Service's name (as CANARY_), are:
 *
 *     SERVICE_HOST
 *     SERVICE_PORT, SERVICE_PORT_<name of the port>
 *     PORT, with a value that begins with tcp://, udp:// or sctp://
 *     PORT_<digits>_<TCP, UDP or SCTP>, and the same with _ADDR, _PORT or _PROTO
 */
bool is_service_link(const char *name, size_t name_bytes, size_t prefix_bytes, const char *value);

#endif
