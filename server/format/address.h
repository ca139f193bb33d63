/*
 * The address that a server listens on: "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0",
 * "unix:/run/digitd/admin.sock". Host names are refused, because a name may stand for several
 * addresses.
 * Threads: any, on different objects.
 */
#ifndef SERVER_FORMAT_ADDRESS_H
#define SERVER_FORMAT_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <digit/status.h>

/* Enough for any address as text, with the NUL: the longest are Unix sockets. */
#define ADDRESS_TEXT_BYTES (sizeof "unix:" + sizeof((struct sockaddr_un *)0)->sun_path)

struct address {
    struct sockaddr_storage socket;
    socklen_t size_bytes; /* of the part of `socket` that is used */
};

/*
 * Reads "IPv4:port" or "[IPv6]:port", port 0 to 65535 in decimal without leading zeros, or "unix:"
 * and an absolute path (unix(7)).
 * Errors: INVALID; the message does not quote the text, the caller says where the text comes from.
 */
DIGIT_MUST_CHECK enum digit_status address_parse(struct address *out, const char *text,
                                                 struct digit_error *error);

/* Writes the host without brackets, "127.0.0.1", "::1", or the path of a Unix socket. */
void address_host(char out[ADDRESS_TEXT_BYTES], const struct address *address);

/* The path of a Unix socket; only for the family AF_UNIX. */
const char *address_path(const struct address *address);

/* The port; 0 for a Unix socket. */
uint16_t address_port(const struct address *address);

/*
 * The address by which this machine reaches a server that listens on `address`: the wildcards
 * 0.0.0.0 and :: become the loopback address of their family, every other address stays.
 */
struct address address_reachable(const struct address *address);

#endif
