#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/problem.h"
#include "server/observe/metrics.h"
#include "server/observe/process_metrics.h"

#include "tests/test.h"

#define WORKERS         3
#define MAX_CONNECTIONS 7
#define TEXT_BYTES      (1 << 20)
#define FAMILIES        18
#define MAX_FAMILIES    64

static const struct digit_model_info model = {.name = "a \\ \"b\"\nc",
                                              .version = "0123456789ab",
                                              .sha256 = "01",
                                              .kernels = "avx2",
                                              .precision = "int8"};

static struct metrics *metrics;
static struct text text;

static int set_up(void **state)
{
    (void)state;
    text_init(&text, TEXT_BYTES);
    return metrics_create(&metrics, WORKERS, MAX_CONNECTIONS, &model, NULL) == DIGIT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    metrics_destroy(metrics);
    text_release(&text);
    return 0;
}

static const char *scrape(void)
{
    text_clear(&text);
    metrics_write(metrics, &text);
    assert_false(text_failed(&text));
    return text_chars(&text);
}

static void count_request(struct metrics_shard *shard, enum metrics_handler handler,
                          enum http_method method, unsigned status, double seconds)
{
    metrics_request_begin(shard);
    metrics_request_end(shard, handler, method, status, seconds);
}

/* The value of the series with this name and these labels; fails if there is none. */
static double value_of(const char *series)
{
    size_t length = strlen(series);
    for (const char *at = text_chars(&text); (at = strstr(at, series)) != NULL; at++)
        if (at[-1] == '\n' && at[length] == ' ')
            return strtod(at + length, NULL);
    fail_msg("%s is not there", series);
    return 0.0;
}

static void assert_missing(const char *part)
{
    assert_null(strstr(text_chars(&text), part));
}

/* The state of the checker between lines. */
struct checker {
    char families[MAX_FAMILIES][64];
    size_t family_count;
    char type[16];
    double last_le;
    double last_bucket;
    double infinite_bucket;
};

static void check_family(struct checker *checker, const char *line)
{
    char help_name[64];
    char type_name[64];
    const char *type_line = strchr(line, '\n') + 1;
    assert_int_equal(sscanf(line, "# HELP %63s ", help_name), 1);
    assert_int_equal(sscanf(type_line, "# TYPE %63s %15s\n", type_name, checker->type), 2);
    assert_string_equal(help_name, type_name);
    for (size_t i = 0; i < checker->family_count; i++)
        assert_string_not_equal(checker->families[i], help_name);
    assert_true(checker->family_count < MAX_FAMILIES);
    memcpy(checker->families[checker->family_count++], help_name, sizeof help_name);
}

/* Checks that buckets ascend in bound and count, and that the last one equals _count. */
static void check_histogram_line(struct checker *checker, const char *line, double value)
{
    const char *le = strstr(line, "le=\"");
    size_t name_bytes = strcspn(line, "{ ");
    if (le != NULL && le < line + strcspn(line, "\n")) {
        double bound = strtod(le + 4, NULL); /* reads +Inf too */
        assert_true(bound > checker->last_le);
        assert_true(value >= checker->last_bucket);
        checker->last_le = bound;
        checker->last_bucket = value;
        checker->infinite_bucket = strncmp(le + 4, "+Inf", 4) == 0 ? value : -1.0;
    } else if (strncmp(line + name_bytes - strlen("_count"), "_count", strlen("_count")) == 0) {
        assert_true(value == checker->infinite_bucket);
        checker->last_le = -1.0;
        checker->last_bucket = 0.0;
    }
}

static void check_sample(struct checker *checker, const char *line)
{
    const char *family = checker->families[checker->family_count - 1];
    const char *end = line + strcspn(line, "\n");
    const char *value = end;
    assert_memory_equal(line, family, strlen(family));
    while (*value != ' ')
        value--;
    char *rest;
    double number = strtod(value, &rest);
    assert_ptr_equal(rest, end);
    assert_true(number >= 0.0);
    if (strcmp(checker->type, "histogram") == 0)
        check_histogram_line(checker, line, number);
}

/* Checks a whole exposition against the rules of the format. */
static size_t check_exposition(const char *exposition)
{
    struct checker checker = {.last_le = -1.0};
    for (const char *line = exposition; *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_non_null(strchr(line, '\n'));
        if (strncmp(line, "# HELP ", 7) == 0)
            check_family(&checker, line);
        else if (strncmp(line, "# TYPE ", 7) != 0)
            check_sample(&checker, line);
    }
    return checker.family_count;
}

static void metrics_are_well_formed_and_zero_before_traffic(void **state)
{
    (void)state;
    assert_int_equal(check_exposition(scrape()), FAMILIES);
    assert_true(
        value_of("digitd_http_requests_total{handler=\"predict\",method=\"POST\",code=\"200\"}") ==
        0);
    assert_true(value_of("digitd_predictions_total{digit=\"9\"}") == 0);
    assert_true(value_of("digitd_prediction_confidence_count") == 0);
    assert_true(value_of("digitd_http_requests_in_flight") == 0);
    assert_missing("code=\"500\"");
}

static void metrics_are_well_formed_and_summed_after_traffic(void **state)
{
    (void)state;
    for (size_t worker = 0; worker < WORKERS; worker++) {
        struct metrics_shard *shard = metrics_shard(metrics, worker);
        for (size_t i = 0; i <= worker; i++) {
            const struct digit_prediction seven = {
                .digit = 7, .confidence = 0.95f, .uncertain = i == 0};
            metrics_request_begin(shard);
            metrics_observe_inference(shard, 0.0003);
            metrics_count_prediction(shard, &seven);
            metrics_request_end(shard, METRICS_PREDICT, HTTP_POST, 200, 0.0004);
        }
    }
    assert_int_equal(check_exposition(scrape()), FAMILIES);
    assert_true(
        value_of("digitd_http_requests_total{handler=\"predict\",method=\"POST\",code=\"200\"}") ==
        6);
    assert_true(value_of("digitd_uncertain_predictions_total") == WORKERS);
    assert_true(value_of("digitd_predictions_total{digit=\"7\"}") == 6);
    assert_true(value_of("digitd_inference_duration_seconds_bucket{le=\"0.00025\"}") == 0);
    assert_true(value_of("digitd_inference_duration_seconds_bucket{le=\"0.0005\"}") == 6);
    assert_true(value_of("digitd_prediction_confidence_bucket{le=\"0.9\"}") == 0);
    assert_true(value_of("digitd_prediction_confidence_bucket{le=\"0.95\"}") == 6);
    assert_float_equal(value_of("digitd_http_request_duration_seconds_sum{handler=\"predict\"}"),
                       0.0024, 1e-9);
}

static void metrics_count_requests_in_flight(void **state)
{
    (void)state;
    metrics_request_begin(metrics_shard(metrics, 0));
    metrics_request_begin(metrics_shard(metrics, 1));
    metrics_request_begin(metrics_shard(metrics, 1));
    metrics_request_end(metrics_shard(metrics, 1), METRICS_HEALTH, HTTP_GET, 200, 0.0);
    scrape();
    assert_true(value_of("digitd_http_requests_in_flight") == 2);
}

static void metrics_count_open_connections(void **state)
{
    (void)state;
    for (size_t worker = 0; worker < 2; worker++) {
        metrics_connection_begin(metrics_shard(metrics, worker));
        metrics_connection_begin(metrics_shard(metrics, worker));
    }
    metrics_connection_end(metrics_shard(metrics, 1));
    scrape();
    assert_true(value_of("digitd_http_connections") == 3);
    assert_true(value_of("digitd_http_connections_limit") == MAX_CONNECTIONS);
}

static void metrics_put_a_value_into_the_bucket_that_it_ends(void **state)
{
    (void)state;
    struct metrics_shard *shard = metrics_shard(metrics, 0);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 50e-6);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 2.5);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 2.6);
    check_exposition(scrape());
#define LIVEZ "digitd_http_request_duration_seconds_bucket{handler=\"livez\",le="
    assert_true(value_of(LIVEZ "\"5e-05\"}") == 1);
    assert_true(value_of(LIVEZ "\"1\"}") == 1);
    assert_true(value_of(LIVEZ "\"2.5\"}") == 2);
    assert_true(value_of(LIVEZ "\"+Inf\"}") == 3);
#undef LIVEZ
}

static void metrics_name_every_status_that_a_problem_has(void **state)
{
    (void)state;
#define X(name, slug, status, title) PROBLEM_##name,
    static const enum problem problems[] = {PROBLEMS(X)};
#undef X
    struct metrics_shard *shard = metrics_shard(metrics, 0);
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++)
        count_request(shard, METRICS_OTHER, HTTP_GET, problem_kind(problems[i])->status, 0.0);
    scrape();
    assert_missing("code=\"other\"");
}

static void metrics_keep_label_values_within_closed_sets(void **state)
{
    (void)state;
    count_request(metrics_shard(metrics, 0), METRICS_OTHER, HTTP_OTHER, 299, 0.0);
    count_request(metrics_shard(metrics, 0), METRICS_OTHER, HTTP_OTHER, 9999, 0.0);
    check_exposition(scrape());
    assert_true(
        value_of("digitd_http_requests_total{handler=\"other\",method=\"OTHER\",code=\"other\"}") ==
        2);
}

static void metrics_escape_label_values(void **state)
{
    (void)state;
    scrape();
    assert_true(value_of("digitd_model_info{name=\"a \\\\ \\\"b\\\"\\nc\",version=\"0123456789ab\","
                         "sha256=\"01\",kernels=\"avx2\",precision=\"int8\"}") == 1);
}

static void metrics_tell_of_this_process(void **state)
{
    (void)state;
    scrape();
    assert_true(value_of("process_open_fds") >= 3);
    assert_true(value_of("process_max_fds") >= value_of("process_open_fds"));
    assert_true(value_of("process_threads") >= 1);
    assert_true(value_of("process_resident_memory_bytes") > 100e3);
    assert_true(value_of("process_virtual_memory_bytes") >
                value_of("process_resident_memory_bytes"));
    assert_true(value_of("process_start_time_seconds") > 1.6e9);
    assert_true(value_of("process_cpu_seconds_total") >= 0);
}

static void process_metrics_say_what_could_not_be_read(void **state)
{
    (void)state;
    struct process_metrics process;
    process_metrics_read(&process, "/nonexistent");
    assert_true(process.open_fds < 0);
    assert_true(process.threads < 0);
    assert_true(process.virtual_memory_bytes < 0);
    assert_true(process.resident_memory_bytes < 0);
    assert_true(process.start_time_seconds < 0);
    assert_true(process.cpu_seconds >= 0);
}

#define REQUESTS_OF_WRITER 20000

static atomic_size_t writers_left;

static void *write_shard(void *shard)
{
    for (size_t i = 0; i < REQUESTS_OF_WRITER; i++) {
        metrics_request_begin(shard);
        metrics_observe_inference(shard, 1e-6 * (double)i);
        const struct digit_prediction prediction = {.digit = i % DIGIT_CLASSES,
                                                    .confidence = 1e-4f * (float)(i % 10000)};
        metrics_count_prediction(shard, &prediction);
        metrics_request_end(shard, METRICS_PREDICT, HTTP_POST, 200, 1e-6 * (double)i);
    }
    atomic_fetch_sub(&writers_left, 1);
    return NULL;
}

static void metrics_are_well_formed_while_every_worker_writes(void **state)
{
    (void)state;
    pthread_t threads[WORKERS];
    atomic_store(&writers_left, WORKERS);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_shard, metrics_shard(metrics, i)),
                         0);
    double most_in_flight = 0.0;
    while (atomic_load(&writers_left) > 0) {
        check_exposition(scrape());
        double in_flight = value_of("digitd_http_requests_in_flight");
        most_in_flight = in_flight > most_in_flight ? in_flight : most_in_flight;
    }
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(most_in_flight <= WORKERS);
    scrape();
    assert_true(value_of("digitd_http_request_duration_seconds_count{handler=\"predict\"}") ==
                WORKERS * REQUESTS_OF_WRITER);
    assert_true(value_of("digitd_http_requests_in_flight") == 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(CASE(metrics_are_well_formed_and_zero_before_traffic),
          CASE(metrics_are_well_formed_and_summed_after_traffic),
          CASE(metrics_count_requests_in_flight), CASE(metrics_count_open_connections),
          CASE(metrics_put_a_value_into_the_bucket_that_it_ends),
          CASE(metrics_name_every_status_that_a_problem_has),
          CASE(metrics_keep_label_values_within_closed_sets), CASE(metrics_escape_label_values),
          CASE(metrics_tell_of_this_process), CASE(process_metrics_say_what_could_not_be_read),
          CASE(metrics_are_well_formed_while_every_worker_writes))
