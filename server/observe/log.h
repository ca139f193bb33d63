/*
 * The log: one JSON object a line on standard output.
 *
 *     log_event(LOG_INFO, "listening",
 *               LOG_FIELDS(log_text("address", "127.0.0.1"), log_size("port", 8080)));
 *     {"time":"2024-05-04T10:20:30.123Z","level":"info","msg":"listening","address":"127.0.0.1",
 *      "port":8080}
 *
 * Bodies, header values and secrets are never logged.
 *
 * Between log_start and log_stop, a thread of its own writes the lines (log_writer.h): log_event
 * never waits for the reader of the log. If the reader is too slow, lines are lost and counted.
 *
 * Threads: log_event, log_lost and log_set_level any; lines of different threads do not mix. The
 * others are for start-up and the end, when no other thread logs.
 */
#ifndef SERVER_OBSERVE_LOG_H
#define SERVER_OBSERVE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "server/observe/log_line.h"

/* Lines below `level` are not written; the default is LOG_INFO. */
void log_set_level(enum log_level level);

/* Writes the log to `descriptor` instead of standard output. The caller keeps the descriptor. */
void log_set_descriptor(int descriptor);

/*
 * Starts the thread that writes the log, with this thread's signal mask, the level and the
 * descriptor set before. LOG_QUEUE_BYTES of lines may wait for it. Errors: IO (no thread).
 */
DIGIT_MUST_CHECK enum digit_status log_start(struct digit_error *error);

/*
 * Writes the lines that wait, for at most timeout_ms, and stops the thread; later lines are lost.
 * Takes at most LOG_WRITER_GRACE_MS longer. True unless the thread still waits inside of write(2);
 * then the process should end. Does nothing if log_start was not called or has failed.
 */
bool log_stop(long timeout_ms);

/* The number of lines since log_start that were lost. */
size_t log_lost(void);

/*
 * Writes one line, as log_line_format makes it; before log_start by one write(2). Errors are
 * ignored: a log that cannot be written must not stop the server.
 */
void log_event(enum log_level level, const char *message, const struct log_field *fields,
               size_t field_count);

#endif
