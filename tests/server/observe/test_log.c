#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "server/observe/log.h"
#include "server/observe/log_queue.h"

#include "tests/test.h"

#define OUTPUT_BYTES 65536

static int ends[2];
static bool is_open; /* ends[1] */
static char output[OUTPUT_BYTES];

static int open_pipe(void **state)
{
    (void)state;
    log_set_level(LOG_INFO);
    if (pipe(ends) != 0)
        return -1;
    is_open = true;
    log_set_descriptor(ends[1]);
    return 0;
}

static int close_pipe(void **state)
{
    (void)state;
    log_set_descriptor(STDOUT_FILENO);
    if (is_open)
        close(ends[1]);
    return close(ends[0]);
}

/* Everything that was logged; nothing can be logged afterwards. */
static const char *logged(void)
{
    size_t size = 0;
    ssize_t got;
    close(ends[1]);
    is_open = false;
    while ((got = read(ends[0], output + size, OUTPUT_BYTES - 1 - size)) > 0)
        size += (size_t)got;
    output[size] = '\0';
    return output;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(value);
    return value;
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

static void log_without_a_thread_is_written_at_once(void **state)
{
    (void)state;
    log_event(LOG_INFO, "now", LOG_NO_FIELDS);
    ssize_t size = read(ends[0], output, OUTPUT_BYTES - 1);
    assert_true(size > 0);
    output[size] = '\0';
    assert_non_null(strstr(output, "\"msg\":\"now\"}\n"));
    assert_true(log_stop(0));
}

static void log_is_written_by_a_thread_and_whole_after_the_stop(void **state)
{
    (void)state;
    assert_int_equal(log_start(NULL), DIGIT_OK);
    for (size_t i = 0; i < 300; i++)
        log_event(LOG_INFO, "x", LOG_FIELDS(log_size("n", i)));
    assert_true(log_stop(10000));
    log_event(LOG_INFO, "late", LOG_NO_FIELDS);
    char *rest = NULL;
    size_t lines = 0;
    logged();
    for (char *line = strtok_r(output, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest), lines++) {
        cJSON *object = cJSON_Parse(line);
        assert_non_null(object);
        assert_int_equal(member(object, "n")->valuedouble, lines);
        cJSON_Delete(object);
    }
    assert_int_equal(lines, 300);
    assert_int_equal(log_lost(), 1);
}

static void log_that_nobody_reads_holds_up_nobody(void **state)
{
    (void)state;
    size_t count = 4 * LOG_QUEUE_BYTES / 50;
    assert_int_equal(log_start(NULL), DIGIT_OK);
    for (size_t i = 0; i < count; i++)
        log_event(LOG_INFO, "x", LOG_NO_FIELDS);
    assert_true(log_lost() > 0 && log_lost() < count);
    assert_true(log_stop(0));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_pipe, close_pipe)

/* Those without log_start come first: its thread is not started for them. */
TEST_MAIN(CASE(log_leaves_out_what_is_below_its_level),
          CASE(log_lines_of_several_threads_do_not_mix),
          CASE(log_survives_a_destination_that_is_gone),
          CASE(log_without_a_thread_is_written_at_once),
          CASE(log_is_written_by_a_thread_and_whole_after_the_stop),
          CASE(log_that_nobody_reads_holds_up_nobody))
