#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/preprocess.h>

#include "server/http/problem.h"
#include "server/observe/metrics.h"
#include "server/observe/process_metrics.h"

#include "tests/test.h"

#define WORKERS         3
#define PICTURE_THREADS 2
#define MAX_CONNECTIONS 7
#define TEXT_BYTES      (1 << 20)
#define FAMILIES        38
#define MAX_FAMILIES    64

static const struct digit_model_info model = {.name = "a \\ \"b\"\nc",
                                              .version = "0123456789ab",
                                              .sha256 = "01",
                                              .kernels = "avx2",
                                              .precision = "int8"};

static const struct digit_model_info other_model = {
    .name = "other", .version = "1", .sha256 = "02", .kernels = "neon", .precision = "f32"};

static const char *const problem_codes[] = {"malformed", "not-found"};
static const struct metrics_limit limits[] = {{"max_body_bytes", 8388608.0}, {"share", 0.25}};
static const struct metrics_options options = {.workers = WORKERS,
                                               .picture_threads = PICTURE_THREADS,
                                               .max_connections = MAX_CONNECTIONS,
                                               .problems = problem_codes,
                                               .problem_count = 2};

static struct metrics *metrics;
static struct metrics_gauges gauges;
static struct text text;

static int set_up(void **state)
{
    (void)state;
    text_init(&text, TEXT_BYTES);
    gauges = (struct metrics_gauges){.model = &model};
    return metrics_create(&metrics, &options, NULL) == DIGIT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    metrics_destroy(metrics);
    text_release(&text);
    return 0;
}

static const char *scrape_as(enum exposition_format format)
{
    text_clear(&text);
    metrics_write(metrics, &gauges, format, &text);
    assert_false(text_failed(&text));
    return text_chars(&text);
}

static const char *scrape(void)
{
    return scrape_as(EXPOSITION_TEXT);
}

static struct metrics_shard *worker_shard(size_t worker)
{
    return metrics_shard(metrics, METRICS_ROLE_WORKER, worker);
}

static void end_request(struct metrics_shard *shard, enum metrics_handler handler,
                        enum http_method method, unsigned status, double seconds)
{
    metrics_request_answered(shard, handler, method, status);
    metrics_request_completed(shard, handler, seconds, NULL);
}

static void count_request(struct metrics_shard *shard, enum metrics_handler handler,
                          enum http_method method, unsigned status, double seconds)
{
    metrics_request_begin(shard);
    end_request(shard, handler, method, status, seconds);
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
        struct metrics_shard *shard = worker_shard(worker);
        for (size_t i = 0; i <= worker; i++) {
            const struct digit_prediction seven = {
                .digit = 7, .confidence = 0.95f, .uncertain = i == 0};
            metrics_request_begin(shard);
            metrics_observe_phase(shard, METRICS_PHASE_INFER, 0.0003);
            metrics_count_prediction(shard, &seven);
            end_request(shard, METRICS_PREDICT, HTTP_POST, 200, 0.0004);
        }
    }
    assert_int_equal(check_exposition(scrape()), FAMILIES);
    assert_true(
        value_of("digitd_http_requests_total{handler=\"predict\",method=\"POST\",code=\"200\"}") ==
        6);
    assert_true(value_of("digitd_uncertain_predictions_total") == WORKERS);
    assert_true(value_of("digitd_predictions_total{digit=\"7\"}") == 6);
#define INFER "digitd_request_phase_duration_seconds_bucket{phase=\"infer\",le="
    assert_true(value_of(INFER "\"0.00025\"}") == 0);
    assert_true(value_of(INFER "\"0.0005\"}") == 6);
#undef INFER
    assert_true(value_of("digitd_prediction_confidence_bucket{le=\"0.9\"}") == 0);
    assert_true(value_of("digitd_prediction_confidence_bucket{le=\"0.95\"}") == 6);
    assert_float_equal(value_of("digitd_http_request_duration_seconds_sum{handler=\"predict\"}"),
                       0.0024, 1e-9);
}

static void metrics_count_requests_in_flight(void **state)
{
    (void)state;
    metrics_request_begin(worker_shard(0));
    metrics_request_begin(worker_shard(1));
    metrics_request_begin(worker_shard(1));
    end_request(worker_shard(1), METRICS_HEALTH, HTTP_GET, 200, 0.0);
    scrape();
    assert_true(value_of("digitd_http_requests_in_flight") == 2);
}

static void metrics_count_open_connections(void **state)
{
    (void)state;
    for (size_t worker = 0; worker < 2; worker++) {
        metrics_connection_begin(worker_shard(worker));
        metrics_connection_begin(worker_shard(worker));
    }
    metrics_connection_end(worker_shard(1));
    scrape();
    assert_true(value_of("digitd_http_connections") == 3);
    assert_true(value_of("digitd_http_connections_limit") == MAX_CONNECTIONS);
}

static void metrics_put_a_value_into_the_bucket_that_it_ends(void **state)
{
    (void)state;
    struct metrics_shard *shard = worker_shard(0);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 50e-6);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 2.5);
    count_request(shard, METRICS_LIVEZ, HTTP_GET, 200, 2.6);
    check_exposition(scrape());
#define LIVEZ "digitd_http_request_duration_seconds_bucket{handler=\"livez\",le="
    assert_true(value_of(LIVEZ "\"5e-05\"}") == 1);
    assert_true(value_of(LIVEZ "\"1.0\"}") == 1);
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
    struct metrics_shard *shard = worker_shard(0);
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++)
        count_request(shard, METRICS_OTHER, HTTP_GET, problem_kind(problems[i])->status, 0.0);
    scrape();
    assert_missing("code=\"other\"");
}

static void metrics_keep_label_values_within_closed_sets(void **state)
{
    (void)state;
    count_request(worker_shard(0), METRICS_OTHER, HTTP_OTHER, 299, 0.0);
    count_request(worker_shard(0), METRICS_OTHER, HTTP_OTHER, 9999, 0.0);
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

static void metrics_have_every_series_of_closed_labels_from_the_start(void **state)
{
    static const char *const series[] = {
        "digitd_request_phase_duration_seconds_count{phase=\"read\"}",
        "digitd_request_phase_duration_seconds_count{phase=\"queue\"}",
        "digitd_http_request_body_bytes_count",
        "digitd_predict_digits_count",
        "digitd_http_problems_total{code=\"malformed\"}",
        "digitd_http_problems_total{code=\"not-found\"}",
        "digitd_http_rejected_total{reason=\"request_line\"}",
        "digitd_http_rejected_total{reason=\"peer_gone\"}",
        "digitd_http_timeouts_total{kind=\"idle\"}",
        "digitd_http_aborts_total{kind=\"queue\"}",
        "digitd_model_reloads_total{result=\"success\"}",
        "digitd_model_reloads_total{result=\"failure\"}",
        "digitd_input_warnings_total{warning=\"touches_edge\"}",
        "digitd_input_formats_total{format=\"idx\"}",
        "digitd_thread_busy_seconds_total{role=\"worker\",thread=\"2\"}",
        "digitd_thread_busy_seconds_total{role=\"picture\",thread=\"1\"}",
        "digitd_thread_busy_seconds_total{role=\"admin\",thread=\"0\"}",
        "digitd_log_lost_lines_total",
    };
    (void)state;
    scrape();
    for (size_t i = 0; i < sizeof series / sizeof series[0]; i++)
        assert_true(value_of(series[i]) == 0);
    assert_missing("thread=\"3\"");
    assert_missing("role=\"picture\",thread=\"2\"");
    assert_missing("role=\"admin\",thread=\"1\"");
}

static void metrics_count_by_each_label(void **state)
{
    (void)state;
    metrics_count_problem(worker_shard(0), 1);
    metrics_count_problem(worker_shard(2), 1);
    metrics_count_rejected(worker_shard(0), METRICS_REJECTED_QUEUE_FULL);
    metrics_count_timeout(worker_shard(1), METRICS_TIMEOUT_BODY);
    metrics_count_abort(worker_shard(1), METRICS_ABORT_ANSWER);
    gauges.reloads[METRICS_RESULT_FAILURE] = 1;
    metrics_count_input(metrics_shard(metrics, METRICS_ROLE_PICTURE, 1), METRICS_FORMAT_JPEG);
    metrics_count_warnings(worker_shard(0), DIGIT_WARNING_BLANK | DIGIT_WARNING_TOUCHES_EDGE);
    metrics_count_warnings(worker_shard(1), DIGIT_WARNING_BLANK);
    scrape();
    assert_true(value_of("digitd_http_problems_total{code=\"malformed\"}") == 0);
    assert_true(value_of("digitd_http_problems_total{code=\"not-found\"}") == 2);
    assert_true(value_of("digitd_http_rejected_total{reason=\"queue_full\"}") == 1);
    assert_true(value_of("digitd_http_timeouts_total{kind=\"body\"}") == 1);
    assert_true(value_of("digitd_http_aborts_total{kind=\"answer\"}") == 1);
    assert_true(value_of("digitd_model_reloads_total{result=\"failure\"}") == 1);
    assert_true(value_of("digitd_model_reloads_total{result=\"success\"}") == 0);
    assert_true(value_of("digitd_input_formats_total{format=\"jpeg\"}") == 1);
    assert_true(value_of("digitd_input_warnings_total{warning=\"blank\"}") == 2);
    assert_true(value_of("digitd_input_warnings_total{warning=\"touches_edge\"}") == 1);
    assert_true(value_of("digitd_input_warnings_total{warning=\"low_contrast\"}") == 0);
}

static void metrics_observe_sizes_with_whole_sums(void **state)
{
    (void)state;
    metrics_observe_body(worker_shard(0), 256);
    metrics_observe_body(worker_shard(1), 16777217);
    metrics_observe_body(worker_shard(1), (size_t)20 << 30); /* 1e9 times as much is over 2^64 */
    metrics_observe_digits(worker_shard(0), 0);
    metrics_observe_digits(worker_shard(0), 3);
    check_exposition(scrape());
    assert_true(value_of("digitd_http_request_body_bytes_bucket{le=\"256.0\"}") == 1);
    assert_true(value_of("digitd_http_request_body_bytes_bucket{le=\"16777216.0\"}") == 1);
    assert_true(value_of("digitd_http_request_body_bytes_bucket{le=\"+Inf\"}") == 3);
    assert_true(value_of("digitd_http_request_body_bytes_sum") == 256 + 16777217 + 21474836480.0);
    assert_true(value_of("digitd_predict_digits_bucket{le=\"1.0\"}") == 1);
    assert_true(value_of("digitd_predict_digits_bucket{le=\"2.0\"}") == 1);
    assert_true(value_of("digitd_predict_digits_bucket{le=\"4.0\"}") == 2);
    assert_true(value_of("digitd_predict_digits_sum") == 3);
}

static void metrics_add_up_the_busy_time_of_each_thread(void **state)
{
    (void)state;
    metrics_add_busy(worker_shard(1), 1.25);
    metrics_add_busy(worker_shard(1), 2e-9);
    metrics_add_busy(metrics_shard(metrics, METRICS_ROLE_PICTURE, 0), 3.5);
    metrics_add_busy(metrics_shard(metrics, METRICS_ROLE_ADMIN, 0), 0.5);
    scrape();
#define BUSY "digitd_thread_busy_seconds_total{role="
    assert_true(value_of(BUSY "\"worker\",thread=\"0\"}") == 0);
    assert_true(value_of(BUSY "\"worker\",thread=\"1\"}") == 1.250000002);
    assert_true(value_of(BUSY "\"picture\",thread=\"0\"}") == 3.5);
    assert_true(value_of(BUSY "\"admin\",thread=\"0\"}") == 0.5);
#undef BUSY
}

static void metrics_show_limits_and_what_the_caller_knows(void **state)
{
    (void)state;
    gauges = (struct metrics_gauges){.model = &other_model,
                                     .model_load_s = 0.5,
                                     .model_loaded_at_s = 1796056172.779,
                                     .bodies_bytes = 1,
                                     .answers_bytes = 2,
                                     .picture_queue_length = 3,
                                     .picture_queue_work_s = 0.25,
                                     .picture_threads_busy = 4,
                                     .log_lost_lines = 5,
                                     .limits = limits,
                                     .limit_count = 2,
                                     .draining = true};
    check_exposition(scrape());
    assert_true(value_of("digitd_limit{name=\"max_body_bytes\"}") == 8388608);
    assert_true(value_of("digitd_limit{name=\"share\"}") == 0.25);
    assert_true(value_of("digitd_model_info{name=\"other\",version=\"1\",sha256=\"02\","
                         "kernels=\"neon\",precision=\"f32\"}") == 1);
    assert_missing("sha256=\"01\"");
    assert_true(value_of("digitd_model_load_seconds") == 0.5);
    assert_true(value_of("digitd_model_load_timestamp_seconds") == 1796056172.779);
    assert_true(value_of("digitd_bodies_bytes") == 1);
    assert_true(value_of("digitd_answers_bytes") == 2);
    assert_true(value_of("digitd_picture_queue_length") == 3);
    assert_true(value_of("digitd_picture_queue_work_seconds") == 0.25);
    assert_true(value_of("digitd_picture_threads_busy") == 4);
    assert_true(value_of("digitd_log_lost_lines_total") == 5);
    assert_true(value_of("digitd_draining") == 1);
}

static void metrics_refuse_too_many_problems(void **state)
{
    struct metrics_options many = options;
    struct metrics *none = metrics;
    struct digit_error error;
    (void)state;
    many.problem_count = METRICS_MAX_PROBLEMS + 1;
    assert_int_equal(metrics_create(&none, &many, &error), DIGIT_INVALID);
    assert_null(none);
    assert_non_null(strstr(error.message, "65"));
}

static void metrics_count_a_request_before_it_is_completed(void **state)
{
    (void)state;
    metrics_request_begin(worker_shard(0));
    metrics_request_answered(worker_shard(0), METRICS_HEALTH, HTTP_GET, 200);
    scrape();
    assert_true(
        value_of("digitd_http_requests_total{handler=\"health\",method=\"GET\",code=\"200\"}") ==
        1);
    assert_true(value_of("digitd_http_request_duration_seconds_count{handler=\"health\"}") == 0);
    assert_true(value_of("digitd_http_requests_in_flight") == 1);
}

/* The line of the scrape that begins so. */
static const char *line_of(const char *start)
{
    static char line[512];
    const char *at = strstr(text_chars(&text), start);
    assert_non_null(at);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

#define PREDICT_BUCKET "digitd_http_request_duration_seconds_bucket{handler=\"predict\",le="

static void metrics_have_the_latest_request_of_a_bucket_as_its_exemplar(void **state)
{
    double value, at_s;
    int length = 0;
    (void)state;
    metrics_request_completed(worker_shard(0), METRICS_PREDICT, 0.0004, "first");
    metrics_request_completed(worker_shard(0), METRICS_PREDICT, 0.00045, "second");
    metrics_request_completed(worker_shard(1), METRICS_PREDICT, 9.0, "slow");
    metrics_request_completed(worker_shard(1), METRICS_PREDICT, 9.5, NULL);
    scrape_as(EXPOSITION_OPENMETRICS);
    const char *line = line_of(PREDICT_BUCKET "\"0.0005\"}");
    assert_int_equal(sscanf(strstr(line, "} 2 # "), "} 2 # {request_id=\"second\"} %lf %lf%n",
                            &value, &at_s, &length),
                     2);
    assert_true(value == 0.00045);
    assert_true(at_s > 1.6e9);
    assert_non_null(strstr(line_of(PREDICT_BUCKET "\"+Inf\"}"), "} 4 # {request_id=\"slow\"} 9 "));
    assert_null(strchr(line_of(PREDICT_BUCKET "\"0.001\"}"), '#'));
    assert_null(
        strchr(line_of("digitd_http_request_duration_seconds_sum{handler=\"predict\"}"), '#'));
    scrape();
    assert_missing("request_id");
}

static void metrics_in_openmetrics_name_families_and_end(void **state)
{
    (void)state;
    scrape_as(EXPOSITION_OPENMETRICS);
    line_of("# TYPE digitd_http_requests counter");
    line_of("# TYPE digitd_model info");
    line_of("# TYPE process_cpu_seconds counter");
    line_of("digitd_http_requests_total{");
    assert_string_equal(text_chars(&text) + text.size - strlen("\n# EOF\n"), "\n# EOF\n");
    scrape();
    line_of("# TYPE digitd_http_requests_total counter");
    line_of("# TYPE digitd_model_info gauge");
    assert_missing("# EOF");
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
        metrics_observe_phase(shard, METRICS_PHASE_INFER, 1e-6 * (double)i);
        const struct digit_prediction prediction = {.digit = i % DIGIT_CLASSES,
                                                    .confidence = 1e-4f * (float)(i % 10000)};
        metrics_count_prediction(shard, &prediction);
        metrics_request_answered(shard, METRICS_PREDICT, HTTP_POST, 200);
        metrics_request_completed(shard, METRICS_PREDICT, 1e-6 * (double)i, "0123456789abcdef-1");
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
        assert_int_equal(pthread_create(&threads[i], NULL, write_shard, worker_shard(i)), 0);
    double most_in_flight = 0.0;
    while (atomic_load(&writers_left) > 0) {
        scrape_as(EXPOSITION_OPENMETRICS);
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
          CASE(metrics_have_every_series_of_closed_labels_from_the_start),
          CASE(metrics_count_by_each_label), CASE(metrics_observe_sizes_with_whole_sums),
          CASE(metrics_add_up_the_busy_time_of_each_thread),
          CASE(metrics_show_limits_and_what_the_caller_knows),
          CASE(metrics_refuse_too_many_problems),
          CASE(metrics_count_a_request_before_it_is_completed),
          CASE(metrics_have_the_latest_request_of_a_bucket_as_its_exemplar),
          CASE(metrics_in_openmetrics_name_families_and_end), CASE(metrics_tell_of_this_process),
          CASE(process_metrics_say_what_could_not_be_read),
          CASE(metrics_are_well_formed_while_every_worker_writes))
