/*
 * One line of the log: a JSON object (RFC 8259) in so few bytes that a pipe takes them in one piece.
 * Threads: any.
 */
#ifndef SERVER_OBSERVE_LOG_LINE_H
#define SERVER_OBSERVE_LOG_LINE_H

#include <limits.h>
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
        const char *text; /* borrowed; NULL becomes null; written as text_json_string does */
        size_t size;
        double number; /* six significant digits; null if it is not finite */
        bool boolean;
    } value;
};

struct log_field log_text(const char *name, const char *value);
struct log_field log_size(const char *name, size_t value);
struct log_field log_number(const char *name, double value);
struct log_field log_bool(const char *name, bool value);

/* The last two arguments of log_event and log_line_format. */
#define LOG_FIELDS(...)                                                                            \
    (const struct log_field[]){__VA_ARGS__},                                                       \
        sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)
#define LOG_NO_FIELDS NULL, 0

/* The longest line with its line feed; write(2) does not divide so many bytes in a pipe. */
#define LOG_LINE_BYTES PIPE_BUF

/*
 * Writes a line with its line feed and a NUL to `out` and returns its size in bytes without the NUL.
 * A text value of more than 1000 bytes is cut and ends in "...". If the line is still too long,
 * "fields_left_out" with the number of fields stands in their place; 0 if even that is too long.
 */
size_t log_line_format(char out[LOG_LINE_BYTES + 1], enum log_level level, const char *message,
                       const struct log_field *fields, size_t field_count);

#endif
