#include "server/observe/log_writer.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/observe/clock.h"

#include "tests/test.h"

#define FLUSH_MS     20000 /* long enough for a busy machine */
#define OUTPUT_BYTES (4 * LOG_QUEUE_BYTES)

static struct log_queue queue;
static struct log_writer writer;
static char output[OUTPUT_BYTES + 1];
static size_t output_bytes;
static int ends[2]; /* what is written to ends[1] is read from ends[0] */

static void start(int descriptor, bool tells_losses)
{
    struct digit_error error;
    output_bytes = 0;
    log_queue_init(&queue);
    assert_int_equal(log_writer_start(&writer, &queue, descriptor, tells_losses, &error), DIGIT_OK);
}

static void start_with_pipe(bool tells_losses)
{
    assert_int_equal(pipe(ends), 0);
    start(ends[1], tells_losses);
}

static void close_ends(void)
{
    close(ends[0]);
    close(ends[1]);
}

/* A line with a number of so many bytes. */
static void put(size_t number, size_t size_bytes)
{
    char line[PIPE_BUF];
    memset(line, '.', size_bytes);
    char digits[8];
    snprintf(digits, sizeof digits, "%07zu", number);
    memcpy(line, digits, 7);
    line[size_bytes - 1] = '\n';
    log_queue_put(&queue, line, size_bytes);
}

static bool read_some(int timeout_ms)
{
    struct pollfd wanted = {.fd = ends[0], .events = POLLIN};
    if (poll(&wanted, 1, timeout_ms) <= 0)
        return false;
    ssize_t got = read(ends[0], output + output_bytes, OUTPUT_BYTES - output_bytes);
    if (got > 0)
        output_bytes += (size_t)got;
    output[output_bytes] = '\0';
    return got > 0;
}

/* Reads until the text occurs in the output. */
static void read_until(const char *text)
{
    output[output_bytes] = '\0';
    while (strstr(output, text) == NULL)
        assert_true(read_some(FLUSH_MS));
}

/* The number of the lines of put(), which must be whole and in order, with numbers from `first`. */
static size_t check_lines(size_t first)
{
    size_t count = 0;
    for (char *at = output, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        if (*at == '{')
            continue;
        assert_int_equal(strspn(at, "0123456789"), 7);
        assert_int_equal(7 + strspn(at + 7, "."), end - at);
        assert_int_equal(strtoul(at, NULL, 10), first + count++);
    }
    assert_int_equal(output[output_bytes - 1], '\n');
    return count;
}

/* The number behind "lines": in the line about losses, which occurs once; 0 if there is none. */
static size_t told_losses(void)
{
    static const char name[] = "\"msg\":\"log lines lost\",\"lines\":";
    const char *found = strstr(output, name);
    if (found == NULL)
        return 0;
    assert_null(strstr(found + 1, name));
    return strtoul(found + sizeof name - 1, NULL, 10);
}

/* Puts more lines than a pipe holds and waits until it is full: the writer has the rest of them. */
static size_t fill_pipe(void)
{
    size_t count = 0;
    struct pollfd wanted = {.fd = ends[1], .events = POLLOUT};
    while (count < 150)
        put(count++, 500);
    while (poll(&wanted, 1, 0) > 0)
        sched_yield();
    return count;
}

/* Puts lines until one does not fit, and reads nothing. Returns the number of those that did. */
static size_t put_until_one_is_lost(void)
{
    size_t count = fill_pipe();
    while (log_queue_lost(&queue) == 0)
        put(count++, 500);
    return count - 1;
}

#define TRANSFERRED 1200

/* Puts fewer lines, of different sizes, than the queue has room for, and reads them at the other end. */
static void check_transfer(void)
{
    for (size_t i = 0; i < TRANSFERRED; i++) {
        put(i, 8 + i * 37 % 300);
        if (i % 100 == 0)
            read_some(0);
    }
    read_until("0001199");
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    while (read_some(0)) {
    }
    assert_int_equal(check_lines(0), TRANSFERRED);
    assert_int_equal(log_queue_lost(&queue), 0);
    close_ends();
}

TEST(lines_arrive_whole_and_in_order)
{
    start_with_pipe(true);
    check_transfer();
}

TEST(pipe_that_does_not_block_gets_all_lines)
{
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    start(ends[1], true);
    check_transfer();
}

static void make_small_sockets(int flags)
{
    int least = 1; /* the kernel makes a few kilobytes of it */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | flags, 0, ends), 0);
    assert_int_equal(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &least, sizeof least), 0);
}

TEST(socket_that_takes_parts_of_lines_gets_all_lines)
{
    make_small_sockets(SOCK_NONBLOCK);
    start(ends[1], true);
    check_transfer();
}

TEST(one_write_has_whole_lines_that_a_pipe_takes_in_one_piece)
{
    int size = 1 << 20;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    assert_int_equal(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size), 0);
    start(ends[1], true);
    for (size_t i = 0; i < 50; i++)
        put(i, 300);
    put(50, PIPE_BUF);
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    size_t writes = 0;
    while (read_some(0)) {
        assert_true(output_bytes <= PIPE_BUF);
        assert_int_equal(output[output_bytes - 1], '\n');
        output_bytes = 0;
        writes++;
    }
    assert_true(writes >= 2 && writes < 51);
    close_ends();
}

TEST(lines_that_nobody_reads_are_lost_and_told_when_somebody_does)
{
    start_with_pipe(true);
    size_t kept = put_until_one_is_lost();
    for (size_t i = 0; i < 6; i++)
        put(0, 500);
    assert_int_equal(log_queue_lost(&queue), 7);
    assert_true(kept * 500 >= LOG_QUEUE_BYTES);
    read_until("lines lost");
    put(kept, 500);
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    while (read_some(0)) {
    }
    assert_int_equal(told_losses(), 7);
    assert_int_equal(check_lines(0), kept + 1);
    assert_int_equal(log_queue_lost(&queue), 7);
    close_ends();
}

TEST(losses_are_not_told_below_the_level)
{
    start_with_pipe(false);
    size_t kept = put_until_one_is_lost();
    while (output_bytes < kept * 500)
        assert_true(read_some(FLUSH_MS));
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    while (read_some(0)) {
    }
    assert_int_equal(told_losses(), 0);
    assert_int_equal(check_lines(0), kept);
    close_ends();
}

TEST(stop_writes_what_is_there)
{
    start_with_pipe(true);
    for (size_t i = 0; i < 100; i++)
        put(i, 100);
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    while (read_some(0)) {
    }
    assert_int_equal(check_lines(0), 100);
    close_ends();
}

TEST(stop_gives_up_on_a_pipe_that_nobody_reads)
{
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        assert_int_equal(pipe2(ends, flags), 0);
        start(ends[1], true);
        put_until_one_is_lost();
        long long begun_ms = clock_monotonic_ms();
        assert_true(log_writer_stop(&writer, 20));
        assert_true(clock_monotonic_ms() - begun_ms < FLUSH_MS);
        assert_true(log_queue_lost(&queue) >= LOG_QUEUE_BYTES / 500);
        close_ends();
    }
}

static void wait_for_end(void)
{
    pthread_mutex_lock(&writer.mutex);
    while (!writer.has_ended)
        pthread_cond_wait(&writer.ended, &writer.mutex);
    pthread_mutex_unlock(&writer.mutex);
}

/*
 * An eventfd takes 8 bytes as a number to add. Of one that is nearly full, poll(2) says that it can
 * be written, but write(2) waits for a reader if the number is too large.
 */
TEST(stop_leaves_a_thread_that_waits_in_write)
{
    uint64_t nearly_full = UINT64_MAX - 2;
    int counter = eventfd(0, 0);
    assert_int_equal(write(counter, &nearly_full, 8), 8);
    start(counter, true);
    put(0, 8);
    long long begun_ms = clock_monotonic_ms();
    assert_false(log_writer_stop(&writer, 20));
    assert_true(clock_monotonic_ms() - begun_ms < FLUSH_MS);
    assert_int_equal(read(counter, &nearly_full, 8), 8);
    wait_for_end();
    assert_int_equal(log_queue_lost(&queue), 0);
    close(counter);
}

TEST(reader_that_is_gone_costs_lines_and_no_more)
{
    start_with_pipe(true);
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    put(0, 100);
    put(1, 100);
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    assert_int_equal(log_queue_lost(&queue), 2);
    close(ends[1]);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* As on a disk that is full, and then is not. */
TEST(line_after_half_a_line_begins_on_a_line_of_its_own)
{
    char path[] = "/tmp/test_log_writer.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    signal(SIGXFSZ, SIG_IGN);
    start(file, true);
    limit_file_size(30);
    put(0, 20);
    put(1, 20);
    while (log_queue_lost(&queue) == 0)
        sched_yield();
    limit_file_size(RLIM_INFINITY);
    put(2, 20);
    assert_true(log_writer_stop(&writer, FLUSH_MS));
    ssize_t size = pread(file, output, OUTPUT_BYTES, 0);
    assert_true(size > 0);
    output[size] = '\0';
    assert_ptr_equal(strstr(output, "0000000............\n0000001...\n"), output);
    assert_non_null(strstr(output, "\n0000002............\n"));
    assert_int_equal(told_losses(), 1);
    close(file);
    unlink(path);
}

TEST_MAIN(cmocka_unit_test(lines_arrive_whole_and_in_order),
          cmocka_unit_test(pipe_that_does_not_block_gets_all_lines),
          cmocka_unit_test(socket_that_takes_parts_of_lines_gets_all_lines),
          cmocka_unit_test(one_write_has_whole_lines_that_a_pipe_takes_in_one_piece),
          cmocka_unit_test(lines_that_nobody_reads_are_lost_and_told_when_somebody_does),
          cmocka_unit_test(losses_are_not_told_below_the_level),
          cmocka_unit_test(stop_writes_what_is_there),
          cmocka_unit_test(stop_gives_up_on_a_pipe_that_nobody_reads),
          cmocka_unit_test(stop_leaves_a_thread_that_waits_in_write),
          cmocka_unit_test(reader_that_is_gone_costs_lines_and_no_more),
          cmocka_unit_test(line_after_half_a_line_begins_on_a_line_of_its_own))
