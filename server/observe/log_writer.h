/*
 * The thread that writes the lines of a log_queue to a descriptor, so that no other thread waits for
 * a pipe that nobody reads.
 *
 * It takes EINTR, partial writes and, on a descriptor that does not block, EAGAIN for what they are.
 * Lines that cannot be written (EPIPE, ENOSPC, ...) are lost and counted; later ones are tried again.
 * Where lines were lost, one line says how many as soon as it can be written:
 *
 *     {"time":"...","level":"warning","msg":"log lines lost","lines":1034}
 *
 * Several lines are written at once, whole and at most PIPE_BUF bytes of them, so that a pipe that
 * other processes write to, too, does not mix them with theirs.
 */
#ifndef SERVER_OBSERVE_LOG_WRITER_H
#define SERVER_OBSERVE_LOG_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <digit/status.h>

#include "server/observe/log_queue.h"

struct log_writer {
    struct log_queue *queue;
    int descriptor;
    bool tells_losses;
    size_t untold;              /* lines lost of which no line has told yet */
    bool line_begun;            /* a write failed in the middle of a line */
    atomic_llong give_up_at_ms; /* on clock_monotonic_ms() */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool has_ended;
};

/*
 * Starts the thread. `writer`, `queue`, which is initialised, and `descriptor` must outlive it.
 * tells_losses: whether to write the line about losses. Errors: IO (no thread).
 */
DIGIT_MUST_CHECK enum digit_status log_writer_start(struct log_writer *writer,
                                                    struct log_queue *queue, int descriptor,
                                                    bool tells_losses, struct digit_error *error);

/*
 * Stops the queue, and gives the thread timeout_ms to write what is in it; what remains is lost.
 * Returns at the latest LOG_WRITER_GRACE_MS after that. True if the thread has ended. If not, it
 * waits inside of write(2), as for a terminal that is stopped, and goes on when that returns.
 */
bool log_writer_stop(struct log_writer *writer, long timeout_ms);

#define LOG_WRITER_GRACE_MS 500

#endif
