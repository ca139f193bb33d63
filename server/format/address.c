#include "server/format/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool parse_port(in_port_t *out, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    bool leading_zero = text[0] == '0' && digits > 1;
    if (digits == 0 || digits > 5 || text[digits] != '\0' || leading_zero)
        return false;
    unsigned long port = strtoul(text, NULL, 10);
    *out = htons((uint16_t)port);
    return port <= UINT16_MAX;
}

static bool parse_ipv4(struct address *out, const char *host, in_port_t port)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = port};
    if (inet_pton(AF_INET, host, &ipv4.sin_addr) != 1)
        return false;
    memcpy(&out->socket, &ipv4, sizeof ipv4);
    out->size_bytes = sizeof ipv4;
    return true;
}

static bool parse_ipv6(struct address *out, const char *host, in_port_t port)
{
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = port};
    if (inet_pton(AF_INET6, host, &ipv6.sin6_addr) != 1)
        return false;
    memcpy(&out->socket, &ipv6, sizeof ipv6);
    out->size_bytes = sizeof ipv6;
    return true;
}

/* Copies the host without brackets; false if brackets or the colon before the port are missing. */
static bool split_host_and_port(char host[INET6_ADDRSTRLEN], const char **port, bool *is_ipv6,
                                const char *text)
{
    *is_ipv6 = text[0] == '[';
    const char *begin = text + (*is_ipv6 ? 1 : 0);
    const char *end = strchr(begin, *is_ipv6 ? ']' : ':');
    if (end == NULL || end - begin >= INET6_ADDRSTRLEN)
        return false;
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    const char *colon = end + (*is_ipv6 ? 1 : 0);
    *port = colon + 1;
    return *colon == ':';
}

static enum digit_status parse_unix(struct address *out, const char *path,
                                    struct digit_error *error)
{
    struct sockaddr_un *local = (struct sockaddr_un *)&out->socket;
    size_t size = strlen(path);
    if (path[0] != '/' || size >= sizeof local->sun_path)
        return digit_fail(error, DIGIT_INVALID,
                          "must have an absolute path of at most %zu bytes after unix:",
                          sizeof local->sun_path - 1);
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path, size);
    out->size_bytes = sizeof *local;
    return DIGIT_OK;
}

enum digit_status address_parse(struct address *out, const char *text, struct digit_error *error)
{
    char host[INET6_ADDRSTRLEN];
    const char *port_text;
    bool is_ipv6;
    in_port_t port;
    memset(out, 0, sizeof *out);
    if (strncmp(text, "unix:", strlen("unix:")) == 0)
        return parse_unix(out, text + strlen("unix:"), error);
    if (!split_host_and_port(host, &port_text, &is_ipv6, text) || !parse_port(&port, port_text) ||
        !(is_ipv6 ? parse_ipv6(out, host, port) : parse_ipv4(out, host, port)))
        return digit_fail(
            error, DIGIT_INVALID,
            "must be IPv4:port or [IPv6]:port with a port from 0 to 65535, or unix:/path; host "
            "names are not supported");
    return DIGIT_OK;
}

static struct sockaddr_in as_ipv4(const struct address *address)
{
    struct sockaddr_in ipv4;
    memcpy(&ipv4, &address->socket, sizeof ipv4);
    return ipv4;
}

static struct sockaddr_in6 as_ipv6(const struct address *address)
{
    struct sockaddr_in6 ipv6;
    memcpy(&ipv6, &address->socket, sizeof ipv6);
    return ipv6;
}

const char *address_path(const struct address *address)
{
    return ((const struct sockaddr_un *)&address->socket)->sun_path;
}

void address_host(char out[ADDRESS_TEXT_BYTES], const struct address *address)
{
    if (address->socket.ss_family == AF_UNIX) {
        memcpy(out, address_path(address), strlen(address_path(address)) + 1);
    } else if (address->socket.ss_family == AF_INET6) {
        struct sockaddr_in6 ipv6 = as_ipv6(address);
        inet_ntop(AF_INET6, &ipv6.sin6_addr, out, ADDRESS_TEXT_BYTES);
    } else {
        struct sockaddr_in ipv4 = as_ipv4(address);
        inet_ntop(AF_INET, &ipv4.sin_addr, out, ADDRESS_TEXT_BYTES);
    }
}

uint16_t address_port(const struct address *address)
{
    if (address->socket.ss_family == AF_UNIX)
        return 0;
    return ntohs(address->socket.ss_family == AF_INET6 ? as_ipv6(address).sin6_port
                                                       : as_ipv4(address).sin_port);
}

struct address address_reachable(const struct address *address)
{
    struct address out = *address;
    if (address->socket.ss_family == AF_UNIX)
        return out;
    if (address->socket.ss_family == AF_INET6) {
        struct sockaddr_in6 ipv6 = as_ipv6(address);
        if (IN6_IS_ADDR_UNSPECIFIED(&ipv6.sin6_addr))
            ipv6.sin6_addr = in6addr_loopback;
        memcpy(&out.socket, &ipv6, sizeof ipv6);
    } else {
        struct sockaddr_in ipv4 = as_ipv4(address);
        if (ipv4.sin_addr.s_addr == htonl(INADDR_ANY))
            ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        memcpy(&out.socket, &ipv4, sizeof ipv4);
    }
    return out;
}
