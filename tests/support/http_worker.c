#include "tests/support/http_worker.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/http/problem.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "tests/support/loopback.h"

static const struct config config = {
    .max_body_bytes = 1000,
    .max_header_bytes = 256,
    .max_headers = 4,
    .header_timeout_ms = 1000,
    .min_body_bytes_per_s = 100,
    .request_timeout_ms = 60000,
    .idle_timeout_ms = 2000,
    .max_connections_per_peer = 2,
    .workers = 1,
    .access_log = true,
};

void http_worker_init(struct http_worker *out)
{
    const struct metrics_options options = {.workers = 1,
                                            .picture_threads = 1,
                                            .max_connections = 10,
                                            .problems = problem_slugs,
                                            .problem_count = PROBLEMS_COUNT};
    memset(out, 0, sizeof *out);
    out->settings.config = config;
    assert_int_equal(metrics_create(&out->service.metrics, &options, NULL), DIGIT_OK);
    assert_int_equal(worker_init(&out->worker, &out->service, 0, NULL), DIGIT_OK);
    out->service.workers = &out->worker;
    out->service.worker_count = 1;
    out->worker.shard = metrics_shard(out->service.metrics, METRICS_ROLE_WORKER, 0);
    worker_use_settings(&out->worker, &out->settings, NULL);
    out->log = memfd_create("log", MFD_CLOEXEC);
    assert_true(out->log >= 0);
    log_set_descriptor(out->log);
    log_set_level(LOG_DEBUG);
}

void http_worker_release(struct http_worker *worker)
{
    log_set_descriptor(STDOUT_FILENO);
    log_set_level(LOG_INFO);
    close(worker->log);
    worker_release(&worker->worker);
    metrics_destroy(worker->service.metrics);
}

double http_worker_metric(const struct http_worker *worker, const char *series)
{
    const struct digit_model_info model = {
        .name = "", .version = "", .sha256 = "", .kernels = "", .precision = ""};
    const struct metrics_gauges gauges = {.model = &model};
    struct text text = {0};
    text_init(&text, (size_t)1 << 20);
    metrics_write(worker->service.metrics, &gauges, EXPOSITION_TEXT, &text);
    const char *at = text_chars(&text);
    size_t length = strlen(series);
    while (at != NULL && (strncmp(at, series, length) != 0 || at[length] != ' ')) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    double value = 0;
    if (at != NULL)
        value = strtod(at + length, NULL);
    else
        fail_msg("there is no series %s", series);
    text_release(&text);
    return value;
}

void http_worker_log(struct http_worker *worker, char *out, size_t size)
{
    ssize_t got = pread(worker->log, out, size - 1, 0);
    out[got > 0 ? got : 0] = '\0';
    assert_int_equal(ftruncate(worker->log, 0), 0);
    assert_int_equal(lseek(worker->log, 0, SEEK_SET), 0);
}

static void connect_tcp(int ends[2])
{
    uint16_t port;
    int listener = loopback_listen(&port);
    ends[1] = loopback_connect(port);
    ends[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(ends[0] >= 0);
    close(listener);
}

void http_worker_connect(int ends[2], bool tcp)
{
    if (tcp)
        connect_tcp(ends);
    else
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
}

size_t http_worker_read(int socket, char *out, size_t size, int silence_ms)
{
    size_t used = 0;
    ssize_t got;
    do {
        struct pollfd descriptor = {.fd = socket, .events = POLLIN};
        got = poll(&descriptor, 1, silence_ms) == 1 ? read(socket, out + used, size - 1 - used) : 0;
        used += got > 0 ? (size_t)got : 0;
    } while (got > 0 && used < size - 1);
    out[used] = '\0';
    return used;
}
