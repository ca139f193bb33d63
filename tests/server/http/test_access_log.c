#include "server/http/access_log.h"

#include <string.h>

#include "server/config/config.h"
#include "tests/support/http_worker.h"
#include "tests/test.h"

static const struct access predict = {.request_id = "id-1",
                                      .handler = METRICS_PREDICT,
                                      .method = "POST",
                                      .path = "/predict",
                                      .status = 413,
                                      .problem = PROBLEM_BODY_TOO_LARGE,
                                      .body_bytes = 12,
                                      .seconds = 0.25};

/* The line that is written for a request; "" if there is none. */
static void write_line(char line[4096], const struct config *config, const struct access *access)
{
    struct http_worker worker;
    http_worker_init(&worker);
    access_log_write(config, access);
    http_worker_log(&worker, line, 4096);
    http_worker_release(&worker);
}

TEST(a_request_is_one_line)
{
    const struct config config = {.access_log = true};
    char line[4096];
    write_line(line, &config, &predict);
    assert_non_null(strstr(line, "\"level\":\"info\",\"msg\":\"request\",\"request_id\":\"id-1\","
                                 "\"method\":\"POST\",\"path\":\"/predict\",\"status\":413,"
                                 "\"problem\":\"body-too-large\",\"body_bytes\":12,"
                                 "\"seconds\":0.25}\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

TEST(what_is_not_known_is_null)
{
    const struct config config = {.access_log = true};
    const struct access access = {.request_id = "id-2", .handler = METRICS_OTHER, .status = 400};
    char line[4096];
    write_line(line, &config, &access);
    assert_non_null(strstr(line, "\"method\":null,\"path\":null,\"status\":400,\"problem\":null"));
}

TEST(nothing_is_written_unless_it_is_asked_for)
{
    const struct config config = {.access_log_probes = true};
    char line[4096];
    write_line(line, &config, &predict);
    assert_string_equal(line, "");
}

TEST(probes_are_asked_for_separately)
{
    static const enum metrics_handler probes[] = {METRICS_HEALTH, METRICS_LIVEZ, METRICS_READYZ,
                                                  METRICS_METRICS};
    static const enum metrics_handler others[] = {METRICS_PREDICT, METRICS_OPENAPI, METRICS_RELOAD,
                                                  METRICS_OTHER};
    const struct config without = {.access_log = true};
    const struct config with = {.access_log = true, .access_log_probes = true};
    char line[4096];
    for (size_t i = 0; i < 4; i++) {
        write_line(line, &without, &(struct access){.request_id = "a", .handler = probes[i]});
        assert_string_equal(line, "");
        write_line(line, &with, &(struct access){.request_id = "a", .handler = probes[i]});
        assert_string_not_equal(line, "");
        write_line(line, &without, &(struct access){.request_id = "a", .handler = others[i]});
        assert_string_not_equal(line, "");
    }
}

TEST_MAIN(cmocka_unit_test(a_request_is_one_line), cmocka_unit_test(what_is_not_known_is_null),
          cmocka_unit_test(nothing_is_written_unless_it_is_asked_for),
          cmocka_unit_test(probes_are_asked_for_separately))
