#include "server/healthcheck.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/format/address.h"
#include "server/observe/clock.h"

static const char request_text[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n"
                                   "User-Agent: digitd-healthcheck\r\nConnection: close\r\n\r\n";

/* Waits for `events`; false, with errno set, if they do not occur before the deadline. */
static bool wait_for_events(int fd, short events, long long deadline_ms)
{
    struct pollfd poller = {.fd = fd, .events = events};
    for (;;) {
        long long left_ms = deadline_ms - clock_monotonic_ms();
        int ready = left_ms <= 0 ? 0 : poll(&poller, 1, (int)left_ms);
        if (ready > 0)
            return true;
        if (ready == 0)
            errno = ETIMEDOUT;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

/* Connects before the deadline; false, with errno set, if it cannot. */
static bool connect_before(int fd, const struct address *address, long long deadline_ms)
{
    int reason = 0;
    socklen_t reason_bytes = sizeof reason;
    if (connect(fd, (const struct sockaddr *)&address->socket, address->size_bytes) == 0)
        return true;
    if (errno != EINPROGRESS || !wait_for_events(fd, POLLOUT, deadline_ms) ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &reason_bytes) != 0)
        return false;
    errno = reason;
    return reason == 0;
}

/* One call sends the whole request: it is far smaller than the send buffer of a new socket. */
static bool send_request(int fd)
{
    size_t size_bytes = sizeof request_text - 1;
    return send(fd, request_text, size_bytes, MSG_NOSIGNAL) == (ssize_t)size_bytes;
}

/* Reads the status line into out, NUL-terminated; false, with errno set, if it cannot. */
static bool read_status_line(int fd, char *out, size_t out_bytes, long long deadline_ms)
{
    size_t size_bytes = 0;
    out[0] = '\0';
    while (size_bytes + 1 < out_bytes && strchr(out, '\r') == NULL) {
        if (!wait_for_events(fd, POLLIN, deadline_ms))
            return false;
        ssize_t got = read(fd, out + size_bytes, out_bytes - 1 - size_bytes);
        if (got == 0)
            errno = ECONNRESET;
        if (got <= 0)
            return false;
        size_bytes += (size_t)got;
        out[size_bytes] = '\0';
    }
    return true;
}

static enum digit_status check_readiness(int fd, const struct address *address, const char *listen,
                                         long long deadline_ms, struct digit_error *error)
{
    char line[256];
    if (!connect_before(fd, address, deadline_ms) || !send_request(fd) ||
        !read_status_line(fd, line, sizeof line, deadline_ms))
        return digit_fail(error, DIGIT_IO, "%s: %s", listen, strerror(errno));
    if (strncmp(line, "HTTP/1.1 200 ", strlen("HTTP/1.1 200 ")) != 0)
        return digit_fail(error, DIGIT_IO, "%s: /readyz answered \"%.*s\", not 200", listen,
                          (int)strcspn(line, "\r\n"), line);
    return DIGIT_OK;
}

enum digit_status healthcheck(const char *listen, size_t timeout_ms, struct digit_error *error)
{
    struct address address;
    struct digit_error reason;
    if (address_parse(&address, listen, &reason) != DIGIT_OK)
        return digit_fail(error, DIGIT_INVALID, "listen is \"%s\": %s", listen, reason.message);
    if (address.socket.ss_family != AF_UNIX && address_port(&address) == 0)
        return digit_fail(error, DIGIT_INVALID, "listen is %s: with port 0 the port is not known",
                          listen);
    address = address_reachable(&address);
    int fd = socket(address.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return digit_fail(error, DIGIT_IO, "socket: %s", strerror(errno));
    enum digit_status status =
        check_readiness(fd, &address, listen, clock_monotonic_ms() + (long long)timeout_ms, error);
    close(fd);
    return status;
}
