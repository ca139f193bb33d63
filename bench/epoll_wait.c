/*
 * epoll_wait(2) for this program and the libraries in it, in place of libc's.
 *
 * libmicrohttpd (0.9.75 and 1.0) fetches events in batches of 128 and asks again after a full one, with
 * the time that it was to wait at first. If the second batch is empty, as it is when 128 clients ask at
 * once and wait for their answers, it sleeps on what it has fetched. So a thread that got a full batch
 * does not wait the next time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>

int epoll_wait(int epoll_fd, struct epoll_event *events, int max_events, int timeout_ms)
{
    static _Thread_local bool full;
    int count = epoll_pwait(epoll_fd, events, max_events, full ? 0 : timeout_ms, NULL);
    full = count == max_events;
    return count;
}
