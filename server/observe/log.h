/*
 * The log: one JSON object a line on standard output, each written by a single write(2).
 *
 *     log_event(LOG_INFO, "listening",
 *               LOG_FIELDS(log_text("address", "127.0.0.1"), log_size("port", 8080)));
 *     {"time":"2024-05-04T10:20:30.123Z","level":"info","msg":"listening","address":"127.0.0.1",
 *      "port":8080}
 *
 * Bodies, header values and secrets are never logged.
 * Threads: log_event and log_set_level any; lines of different threads do not mix.
 * log_set_descriptor is for start-up, before there are threads.
 */
#ifndef SERVER_OBSERVE_LOG_H
#define SERVER_OBSERVE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
#define LOG_LEVELS 4

/* "debug", "info", "warning", "error", then NULL. */
extern const char *const log_level_names[LOG_LEVELS + 1];

enum log_type { LOG_TYPE_TEXT, LOG_TYPE_SIZE, LOG_TYPE_NUMBER, LOG_TYPE_BOOL };

struct log_field {
    const char *name; /* lower case and underscores; it is not escaped */
    enum log_type type;
    union {
        const char *text; /* borrowed; NULL becomes null, a byte that is not UTF-8 becomes U+FFFD */
        size_t size;
        double number; /* six significant digits; null if it is not finite */
        bool boolean;
    } value;
};

struct log_field log_text(const char *name, const char *value);
struct log_field log_size(const char *name, size_t value);
struct log_field log_number(const char *name, double value);
struct log_field log_bool(const char *name, bool value);

/* The last two arguments of log_event. */
#define LOG_FIELDS(...)                                                                            \
    (const struct log_field[]){__VA_ARGS__},                                                       \
        sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)
#define LOG_NO_FIELDS NULL, 0

/* Lines below `level` are not written; the default is LOG_INFO. */
void log_set_level(enum log_level level);

/* Writes the log to `descriptor` instead of standard output. The caller keeps the descriptor. */
void log_set_descriptor(int descriptor);

/*
 * Writes one line of at most 4096 bytes, which a pipe takes in one piece (PIPE_BUF). A text value
 * of more than 1000 bytes is cut and ends in "...". If the line is still too long,
 * "fields_left_out" with the number of fields stands in their place. Errors are ignored: a log that
 * cannot be written must not stop the server.
 */
void log_event(enum log_level level, const char *message, const struct log_field *fields,
               size_t field_count);

#endif
