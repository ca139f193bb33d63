#include "server/observe/log.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/format/text.h"

#define LINE_BYTES  PIPE_BUF
#define VALUE_BYTES 1000

const char *const log_level_names[LOG_LEVELS + 1] = {"debug", "info", "warning", "error", NULL};

static _Atomic(enum log_level) threshold = LOG_INFO;
static int destination = STDOUT_FILENO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, level, memory_order_relaxed);
}

void log_set_descriptor(int descriptor)
{
    destination = descriptor;
}

struct log_field log_text(const char *name, const char *value)
{
    return (struct log_field){.name = name, .type = LOG_TYPE_TEXT, .value.text = value};
}

struct log_field log_size(const char *name, size_t value)
{
    return (struct log_field){.name = name, .type = LOG_TYPE_SIZE, .value.size = value};
}

struct log_field log_number(const char *name, double value)
{
    return (struct log_field){.name = name, .type = LOG_TYPE_NUMBER, .value.number = value};
}

struct log_field log_bool(const char *name, bool value)
{
    return (struct log_field){.name = name, .type = LOG_TYPE_BOOL, .value.boolean = value};
}

static void write_text(struct text *line, const char *value)
{
    char cut[VALUE_BYTES + sizeof "..."];
    size_t size_bytes = strnlen(value, VALUE_BYTES + 1);
    if (size_bytes > VALUE_BYTES) {
        memcpy(cut, value, VALUE_BYTES);
        memcpy(cut + VALUE_BYTES, "...", sizeof "...");
        value = cut;
    }
    text_json_string(line, value);
}

static void write_value(struct text *line, const struct log_field *field)
{
    switch (field->type) {
    case LOG_TYPE_TEXT:
        if (field->value.text == NULL)
            text_append(line, "null");
        else
            write_text(line, field->value.text);
        break;
    case LOG_TYPE_SIZE:
        text_format(line, "%zu", field->value.size);
        break;
    case LOG_TYPE_NUMBER:
        if (isfinite(field->value.number))
            text_format(line, "%.6g", field->value.number);
        else
            text_append(line, "null");
        break;
    case LOG_TYPE_BOOL:
        text_append(line, field->value.boolean ? "true" : "false");
        break;
    }
}

/* RFC 3339, UTC, milliseconds. */
static void write_time(struct text *line)
{
    struct timespec now;
    struct tm utc;
    char seconds[sizeof "2024-05-04T10:20:30"];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
    text_format(line, "\"time\":\"%s.%03ldZ\"", seconds, now.tv_nsec / 1000000);
}

static void write_line_start(struct text *line, enum log_level level, const char *message)
{
    text_append(line, "{");
    write_time(line);
    text_format(line, ",\"level\":\"%s\",\"msg\":", log_level_names[level]);
    write_text(line, message);
}

static void write_line(struct text *line, enum log_level level, const char *message,
                       const struct log_field *fields, size_t field_count)
{
    write_line_start(line, level, message);
    for (size_t i = 0; i < field_count; i++) {
        text_format(line, ",\"%s\":", fields[i].name);
        write_value(line, &fields[i]);
    }
    text_append(line, "}\n");
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
    char room[LINE_BYTES + 1];
    struct text line;
    text_init_in(&line, room, sizeof room);
    write_line(&line, level, message, fields, field_count);
    if (text_failed(&line)) {
        struct log_field left_out = log_size("fields_left_out", field_count);
        text_clear(&line);
        write_line(&line, level, message, &left_out, 1);
    }
    if (!text_failed(&line))
        write_to_destination(text_chars(&line), line.size);
}
