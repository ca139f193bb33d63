#include "server/observe/log_writer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "server/observe/clock.h"
#include "server/observe/log_line.h"

/* How long the thread, waiting for the descriptor, takes at most to see that it must give up. */
#define POLL_MS 20

static bool must_give_up(struct log_writer *writer)
{
    return clock_monotonic_ms() >= atomic_load(&writer->give_up_at_ms);
}

/* Waits until the descriptor takes bytes, or fails at once. False if it is time to give up. */
static bool wait_until_writable(struct log_writer *writer)
{
    struct pollfd wanted = {.fd = writer->descriptor, .events = POLLOUT};
    int ready = 0;
    while (ready <= 0 && !must_give_up(writer))
        ready = poll(&wanted, 1, POLL_MS);
    return ready > 0;
}

/* Writes bytes [size_bytes]; returns how many of them were written before an error. */
static size_t write_bytes(struct log_writer *writer, const char *bytes, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes && wait_until_writable(writer)) {
        ssize_t written = write(writer->descriptor, bytes + done, size_bytes - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || (errno != EINTR && errno != EAGAIN))
            break;
    }
    return done;
}

static size_t count_lines(const char *bytes, size_t size_bytes)
{
    size_t lines = 0;
    for (size_t i = 0; i < size_bytes; i++)
        lines += bytes[i] == '\n';
    return lines;
}

/* Ends the line that a failed write has left without its end. */
static bool end_begun_line(struct log_writer *writer)
{
    if (writer->line_begun && write_bytes(writer, "\n", 1) == 1)
        writer->line_begun = false;
    return !writer->line_begun;
}

/* Writes whole lines; returns how many of them were lost. */
static size_t write_lines(struct log_writer *writer, const char *lines, size_t size_bytes)
{
    size_t done = end_begun_line(writer) ? write_bytes(writer, lines, size_bytes) : 0;
    if (done > 0)
        writer->line_begun = lines[done - 1] != '\n';
    return count_lines(lines + done, size_bytes - done);
}

/* The size of as many of the lines as one write takes: at least one. */
static size_t size_of_chunk(const char *lines, size_t size_bytes)
{
    if (size_bytes <= LOG_LINE_BYTES)
        return size_bytes;
    size_t end = LOG_LINE_BYTES;
    while (lines[end - 1] != '\n')
        end--;
    return end;
}

static void write_in_chunks(struct log_writer *writer, const struct log_lines *lines)
{
    for (size_t at = 0; at < lines->size_bytes;) {
        size_t chunk = size_of_chunk(lines->bytes + at, lines->size_bytes - at);
        size_t lost = write_lines(writer, lines->bytes + at, chunk);
        log_queue_note_lost(writer->queue, lost);
        writer->untold += lost;
        at += chunk;
    }
    writer->untold += lines->lost_after;
}

static void tell_losses(struct log_writer *writer)
{
    char line[LOG_LINE_BYTES + 1];
    if (writer->untold == 0 || !writer->tells_losses)
        return;
    size_t size_bytes = log_line_format(line, LOG_WARNING, "log lines lost",
                                        LOG_FIELDS(log_size("lines", writer->untold)));
    if (write_lines(writer, line, size_bytes) == 0)
        writer->untold = 0;
}

static void *run(void *argument)
{
    struct log_writer *writer = argument;
    const struct log_lines *lines;
    while ((lines = log_queue_take(writer->queue)) != NULL) {
        write_in_chunks(writer, lines);
        tell_losses(writer);
    }
    pthread_mutex_lock(&writer->mutex);
    writer->has_ended = true;
    pthread_cond_signal(&writer->ended);
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

enum digit_status log_writer_start(struct log_writer *writer, struct log_queue *queue,
                                   int descriptor, bool tells_losses, struct digit_error *error)
{
    *writer =
        (struct log_writer){.queue = queue, .descriptor = descriptor, .tells_losses = tells_losses};
    atomic_init(&writer->give_up_at_ms, LLONG_MAX);
    pthread_mutex_init(&writer->mutex, NULL);
    clock_init_condition(&writer->ended);
    int failure = pthread_create(&writer->thread, NULL, run, writer);
    if (failure != 0)
        return digit_fail(error, DIGIT_IO, "cannot start the thread that writes the log: %s",
                          strerror(failure));
    return DIGIT_OK;
}

static bool wait_for_end(struct log_writer *writer, long ms)
{
    struct timespec end = clock_after_ms(ms);
    int result = 0;
    pthread_mutex_lock(&writer->mutex);
    while (!writer->has_ended && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&writer->ended, &writer->mutex, &end);
    bool has_ended = writer->has_ended;
    pthread_mutex_unlock(&writer->mutex);
    return has_ended;
}

bool log_writer_stop(struct log_writer *writer, long timeout_ms)
{
    atomic_store(&writer->give_up_at_ms, clock_monotonic_ms() + timeout_ms);
    log_queue_stop(writer->queue);
    bool has_ended = wait_for_end(writer, timeout_ms + LOG_WRITER_GRACE_MS);
    if (has_ended)
        pthread_join(writer->thread, NULL);
    else
        pthread_detach(writer->thread);
    return has_ended;
}
