/*
 * Replaces libc's epoll_wait(2) in this program and the libraries that it links.
 *
 * libmicrohttpd (0.9.75 and 1.0) fetches events in batches of 128. After a full batch it calls epoll_wait
 * again with the original timeout, before it handles the events that it has. If no further event is ready,
 * as when exactly 128 clients wait for their answers, it sleeps until the timeout although there is work.
 * Therefore a thread that received a full batch does not wait in its next call.
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
