#include "server/observe/log_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/observe/clock.h"

#include "tests/test.h"

#define LINE_BYTES 64
#define FULL_LINES (LOG_QUEUE_BYTES / LINE_BYTES)

static struct log_queue queue;

static int make_queue(void **state)
{
    (void)state;
    log_queue_init(&queue);
    return 0;
}

/* Puts a line of LINE_BYTES that begins with the number and the name. */
static void put(const char *name, size_t number)
{
    char line[LINE_BYTES + 1];
    snprintf(line, sizeof line, "%06zu %s%*s\n", number, name, LINE_BYTES - 8 - (int)strlen(name),
             "");
    log_queue_put(&queue, line, LINE_BYTES);
}

static void put_lines(size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put("x", first + i);
}

static void assert_lines(const struct log_lines *lines, size_t first, size_t count)
{
    assert_non_null(lines);
    assert_int_equal(lines->size_bytes, count * LINE_BYTES);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(strtoul(lines->bytes + i * LINE_BYTES, NULL, 10), first + i);
}

TEST(lines_are_taken_in_order)
{
    put_lines(0, 3);
    assert_lines(log_queue_take(&queue), 0, 3);
    put_lines(3, 1);
    assert_lines(log_queue_take(&queue), 3, 1);
    assert_int_equal(log_queue_lost(&queue), 0);
}

TEST(lines_that_do_not_fit_are_lost_and_counted)
{
    put_lines(0, FULL_LINES + 2);
    assert_int_equal(log_queue_lost(&queue), 2);
    const struct log_lines *lines = log_queue_take(&queue);
    assert_lines(lines, 0, FULL_LINES);
    assert_int_equal(lines->lost_after, 2);
    put_lines(0, 1);
    lines = log_queue_take(&queue);
    assert_lines(lines, 0, 1);
    assert_int_equal(lines->lost_after, 0);
    assert_int_equal(log_queue_lost(&queue), 2);
}

/* Otherwise the count of the losses would not stand where they were. */
TEST(after_a_loss_even_a_short_line_is_lost)
{
    put_lines(0, FULL_LINES - 1);
    log_queue_put(&queue, "short\n", 6);
    put_lines(0, 1);
    log_queue_put(&queue, "short\n", 6);
    const struct log_lines *lines = log_queue_take(&queue);
    assert_int_equal(lines->size_bytes, (FULL_LINES - 1) * LINE_BYTES + 6);
    assert_int_equal(lines->lost_after, 2);
}

TEST(as_many_lines_fit_while_the_writer_has_the_others)
{
    put_lines(0, FULL_LINES);
    const struct log_lines *lines = log_queue_take(&queue);
    put_lines(FULL_LINES, FULL_LINES);
    assert_int_equal(log_queue_lost(&queue), 0);
    assert_lines(lines, 0, FULL_LINES);
    assert_lines(log_queue_take(&queue), FULL_LINES, FULL_LINES);
}

TEST(a_stopped_queue_gives_what_it_has_and_takes_nothing)
{
    put_lines(0, 2);
    log_queue_stop(&queue);
    put_lines(2, 1);
    assert_lines(log_queue_take(&queue), 0, 2);
    assert_null(log_queue_take(&queue));
    assert_null(log_queue_take(&queue));
    assert_int_equal(log_queue_lost(&queue), 1);
    log_queue_note_lost(&queue, 3);
    assert_int_equal(log_queue_lost(&queue), 4);
}

static const struct log_lines *taken;

static void *take_once(void *unused)
{
    (void)unused;
    taken = log_queue_take(&queue);
    return NULL;
}

static const struct log_lines *taken_by(pthread_t thread)
{
    assert_int_equal(pthread_join(thread, NULL), 0);
    return taken;
}

static pthread_t start_taking(void)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, take_once, NULL), 0);
    return thread;
}

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* A thread that misses the line waits for ever. */
TEST(a_line_wakes_the_writer)
{
    for (long ms = 0; ms < 3 * LOG_QUEUE_GATHER_MS; ms += LOG_QUEUE_GATHER_MS) {
        pthread_t thread = start_taking();
        wait_ms(ms);
        put_lines(0, 1);
        assert_lines(taken_by(thread), 0, 1);
    }
}

TEST(a_stop_wakes_the_writer)
{
    pthread_t thread = start_taking();
    wait_ms(3 * LOG_QUEUE_GATHER_MS);
    log_queue_stop(&queue);
    assert_null(taken_by(thread));
}

TEST(lines_gather_before_they_are_taken)
{
    pthread_t thread = start_taking();
    wait_ms(3 * LOG_QUEUE_GATHER_MS);
    put_lines(0, 1);
    assert_lines(taken_by(thread), 0, 1);

    long long begun_ms = clock_monotonic_ms();
    put_lines(0, 1);
    assert_lines(log_queue_take(&queue), 0, 1);
    assert_true(clock_monotonic_ms() - begun_ms >= LOG_QUEUE_GATHER_MS - 1);
}

#define THREADS         4
#define LINES_OF_THREAD 1000

static void *put_named_lines(void *name)
{
    for (size_t i = 0; i < LINES_OF_THREAD; i++)
        put(name, i);
    return NULL;
}

static void *stop_after_the_others(void *threads)
{
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(((pthread_t *)threads)[i], NULL);
    log_queue_stop(&queue);
    return NULL;
}

TEST(lines_of_several_threads_do_not_mix)
{
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS], stopper;
    size_t next[THREADS] = {0};
    const struct log_lines *lines;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, put_named_lines, names[i]), 0);
    assert_int_equal(pthread_create(&stopper, NULL, stop_after_the_others, threads), 0);
    while ((lines = log_queue_take(&queue)) != NULL)
        for (size_t at = 0; at < lines->size_bytes; at += LINE_BYTES) {
            size_t thread = (size_t)(lines->bytes[at + 7] - 'a');
            assert_true(thread < THREADS);
            assert_int_equal(strtoul(lines->bytes + at, NULL, 10), next[thread]++);
            assert_int_equal(lines->bytes[at + LINE_BYTES - 1], '\n');
        }
    pthread_join(stopper, NULL);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES_OF_THREAD);
    assert_int_equal(log_queue_lost(&queue), 0);
}

#define CASE(name) cmocka_unit_test_setup(name, make_queue)

TEST_MAIN(CASE(lines_are_taken_in_order), CASE(lines_that_do_not_fit_are_lost_and_counted),
          CASE(after_a_loss_even_a_short_line_is_lost),
          CASE(as_many_lines_fit_while_the_writer_has_the_others),
          CASE(a_stopped_queue_gives_what_it_has_and_takes_nothing), CASE(a_line_wakes_the_writer),
          CASE(a_stop_wakes_the_writer), CASE(lines_gather_before_they_are_taken),
          CASE(lines_of_several_threads_do_not_mix))
