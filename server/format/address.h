/*
 * The address that a server listens on: "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0". Host names are
 * refused, because a name may stand for several addresses.
 * Threads: any, on different objects.
 */
#ifndef SERVER_FORMAT_ADDRESS_H
#define SERVER_FORMAT_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include <digit/status.h>

/* Enough for "[", an IPv6 address, "]:65535" and the NUL. */
#define ADDRESS_TEXT_BYTES (INET6_ADDRSTRLEN + sizeof "[]:65535")

struct address {
    struct sockaddr_storage socket;
    socklen_t size_bytes; /* of the part of `socket` that is used */
};

/*
 * Reads "IPv4:port" or "[IPv6]:port", port 0 to 65535 in decimal without leading zeros.
 * Errors: INVALID; the message does not quote the text, the caller says where the text comes from.
 */
DIGIT_MUST_CHECK enum digit_status address_parse(struct address *out, const char *text,
                                                 struct digit_error *error);

/* Writes the host without brackets: "127.0.0.1", "::1". */
void address_host(char out[INET6_ADDRSTRLEN], const struct address *address);

uint16_t address_port(const struct address *address);

/*
 * The address by which this machine reaches a server that listens on `address`: the wildcards
 * 0.0.0.0 and :: become the loopback address of their family, every other address stays.
 */
struct address address_reachable(const struct address *address);

#endif
