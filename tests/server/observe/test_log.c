#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "server/observe/log.h"

#include "tests/test.h"

#define OUTPUT_BYTES 65536

static int ends[2];
static char output[OUTPUT_BYTES];

static int open_pipe(void **state)
{
    (void)state;
    log_set_level(LOG_INFO);
    if (pipe(ends) != 0)
        return -1;
    log_set_descriptor(ends[1]);
    return 0;
}

static int close_pipe(void **state)
{
    (void)state;
    log_set_descriptor(STDOUT_FILENO);
    return close(ends[0]);
}

/* Everything that was logged; nothing can be logged afterwards. */
static const char *logged(void)
{
    size_t size = 0;
    ssize_t got;
    close(ends[1]);
    while ((got = read(ends[0], output + size, OUTPUT_BYTES - 1 - size)) > 0)
        size += (size_t)got;
    output[size] = '\0';
    return output;
}

static cJSON *logged_line(void)
{
    const char *line = logged();
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    cJSON *object = cJSON_Parse(line);
    assert_non_null(object);
    return object;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(value);
    return value;
}

static void log_line_holds_time_level_message_and_fields_in_order(void **state)
{
    (void)state;
    log_event(LOG_WARNING, "something",
              LOG_FIELDS(log_text("text", "a \"b\"\n"), log_size("size", SIZE_MAX),
                         log_number("number", 0.00125), log_bool("yes", true),
                         log_bool("no", false), log_text("none", NULL),
                         log_number("infinite", HUGE_VAL)));
    const char *line = logged();
    assert_string_equal(
        strchr(line, ',') + 1,
        "\"level\":\"warning\",\"msg\":\"something\",\"text\":\"a \\\"b\\\"\\n\","
        "\"size\":18446744073709551615,\"number\":0.00125,\"yes\":true,\"no\":false,"
        "\"none\":null,\"infinite\":null}\n");
}

static void log_time_is_rfc_3339_in_milliseconds(void **state)
{
    (void)state;
    log_event(LOG_INFO, "x", LOG_NO_FIELDS);
    static const char shape[] = "{\"time\":\"dddd-dd-ddTdd:dd:dd.dddZ\",";
    const char *line = logged();
    for (size_t i = 0; i < sizeof shape - 1; i++)
        assert_true(shape[i] == 'd' ? line[i] >= '0' && line[i] <= '9' : line[i] == shape[i]);
}

static void log_leaves_out_what_is_below_its_level(void **state)
{
    (void)state;
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
        log_set_level((enum log_level)level);
        for (int event = LOG_DEBUG; event <= LOG_ERROR; event++)
            log_event((enum log_level)event, log_level_names[level], LOG_NO_FIELDS);
    }
    const char *text = logged();
    size_t lines[LOG_LEVELS] = {0};
    for (const char *at = text; (at = strstr(at, "\"msg\":\"")) != NULL; at++)
        for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
            lines[level] += strncmp(at + 7, log_level_names[level], 4) == 0;
    for (size_t level = 0; level < LOG_LEVELS; level++)
        assert_int_equal(lines[level], LOG_LEVELS - level);
}

static void log_cuts_a_long_value_and_says_so(void **state)
{
    (void)state;
    char value[5000];
    memset(value, 'a', sizeof value);
    value[1000] = '\0';
    log_event(LOG_INFO, "whole", LOG_FIELDS(log_text("value", value)));
    value[1000] = 'a';
    value[sizeof value - 1] = '\0';
    log_event(LOG_INFO, "cut", LOG_FIELDS(log_text("value", value)));
    const char *whole = logged();
    assert_non_null(strstr(whole, "aaa\"}\n"));
    const char *cut = strchr(whole, '\n') + 1;
    assert_int_equal(strspn(strstr(cut, "aaa"), "a"), 1000);
    assert_non_null(strstr(cut, "aaa...\"}\n"));
}

static void log_line_that_is_too_long_keeps_its_message(void **state)
{
    (void)state;
    char value[901];
    memset(value, '\x01', sizeof value - 1); /* six bytes each in JSON */
    value[sizeof value - 1] = '\0';
    log_event(LOG_ERROR, "large", LOG_FIELDS(log_text("a", value), log_size("b", 1)));
    cJSON *line = logged_line();
    assert_string_equal(member(line, "msg")->valuestring, "large");
    assert_int_equal(member(line, "fields_left_out")->valueint, 2);
    assert_null(cJSON_GetObjectItemCaseSensitive(line, "b"));
    cJSON_Delete(line);
}

static void log_line_is_json_whatever_the_bytes(void **state)
{
    (void)state;
    log_event(LOG_INFO, "bytes", LOG_FIELDS(log_text("value", "\xff\xc0\x80 \xe2\x82\xac \x7f")));
    cJSON *line = logged_line();
    assert_non_null(strstr(member(line, "value")->valuestring, "\xe2\x82\xac"));
    cJSON_Delete(line);
}

#define WRITERS         4
#define LINES_OF_WRITER 40

static void *write_lines(void *name)
{
    char value[200];
    memset(value, *(const char *)name, sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < LINES_OF_WRITER; i++)
        log_event(LOG_INFO, name, LOG_FIELDS(log_text("value", value)));
    return NULL;
}

static void log_lines_of_several_threads_do_not_mix(void **state)
{
    (void)state;
    static char names[WRITERS][2] = {"a", "b", "c", "d"};
    pthread_t threads[WRITERS];
    size_t lines = 0;
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    char *rest = NULL;
    logged();
    for (char *line = strtok_r(output, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        cJSON *object = cJSON_Parse(line);
        assert_non_null(object);
        const char *value = member(object, "value")->valuestring;
        assert_int_equal(strspn(value, member(object, "msg")->valuestring), 199);
        cJSON_Delete(object);
        lines++;
    }
    assert_int_equal(lines, WRITERS * LINES_OF_WRITER);
}

static void log_survives_a_destination_that_is_gone(void **state)
{
    (void)state;
    log_set_descriptor(-1);
    log_event(LOG_ERROR, "lost", LOG_NO_FIELDS);
    assert_string_equal(logged(), "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_pipe, close_pipe)

TEST_MAIN(CASE(log_line_holds_time_level_message_and_fields_in_order),
          CASE(log_time_is_rfc_3339_in_milliseconds), CASE(log_leaves_out_what_is_below_its_level),
          CASE(log_cuts_a_long_value_and_says_so),
          CASE(log_line_that_is_too_long_keeps_its_message),
          CASE(log_line_is_json_whatever_the_bytes), CASE(log_lines_of_several_threads_do_not_mix),
          CASE(log_survives_a_destination_that_is_gone))
