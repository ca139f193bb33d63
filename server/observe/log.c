#include "server/observe/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server/observe/log_queue.h"
#include "server/observe/log_writer.h"

static _Atomic(enum log_level) threshold = LOG_INFO;
static int destination = STDOUT_FILENO;
static bool has_writer;
static struct log_queue queue;
static struct log_writer writer;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, level, memory_order_relaxed);
}

void log_set_descriptor(int descriptor)
{
    destination = descriptor;
}

static void write_to_destination(const char *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t written = write(destination, bytes, size_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        size_bytes -= (size_t)written;
    }
}

void log_event(enum log_level level, const char *message, const struct log_field *fields,
               size_t field_count)
{
    if (level < atomic_load_explicit(&threshold, memory_order_relaxed))
        return;
    char line[LOG_LINE_BYTES + 1];
    size_t size_bytes = log_line_format(line, level, message, fields, field_count);
    if (has_writer)
        log_queue_put(&queue, line, size_bytes);
    else
        write_to_destination(line, size_bytes);
}

enum digit_status log_start(struct digit_error *error)
{
    log_queue_init(&queue);
    enum digit_status status =
        log_writer_start(&writer, &queue, destination, threshold <= LOG_WARNING, error);
    has_writer = status == DIGIT_OK;
    return status;
}

bool log_stop(long timeout_ms)
{
    return !has_writer || log_writer_stop(&writer, timeout_ms);
}

size_t log_lost(void)
{
    return log_queue_lost(&queue);
}
