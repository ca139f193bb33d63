#include <math.h>
#include <stdio.h>
#include <string.h>

#include <digit/build_info.h>

#include "server/observe/metrics.h"
#include "server/observe/metrics_counters.h"
#include "server/observe/process_metrics.h"

#define MAX_LABELS 5

/* What one scrape is written from. */
struct scrape {
    struct exposition to;
    const struct metrics *metrics;
    const struct metrics_gauges *gauges;
    uint64_t counters[COUNTER_COUNT]; /* summed over the shards */
    struct process_metrics process;
};

/*
 * `at` and what follows are for the functions that write several metrics: `at` is the first of the
 * metric's counters, or the offset of its value in struct metrics_gauges or struct process_metrics.
 */
struct metric {
    struct exposition_family family;
    const char *labels[MAX_LABELS + 1]; /* names, then NULL; a histogram's `le` is not among them */
    void (*write)(const struct scrape *scrape, const struct metric *metric);
    size_t at;
    const char *const *values;             /* [count]: of the one label; NULL if there is none */
    size_t count;                          /* of series or histograms */
    const struct histogram_bounds *bounds; /* of a histogram */
};

/* The start of a line. values[i] is the value of metric->labels[i]; `le` may be NULL. */
static void write_series(const struct scrape *scrape, const struct metric *metric,
                         const char *suffix, const char *const *values, const char *le)
{
    struct exposition_label labels[MAX_LABELS + 1];
    size_t count = 0;
    for (; metric->labels[count] != NULL; count++)
        labels[count] = (struct exposition_label){metric->labels[count], values[count]};
    if (le != NULL)
        labels[count++] = (struct exposition_label){"le", le};
    exposition_series(&scrape->to, &metric->family, suffix, labels, count);
}

static void write_count(const struct scrape *scrape, const struct metric *metric,
                        const char *const *values, uint64_t count)
{
    write_series(scrape, metric, "", values, NULL);
    exposition_count(&scrape->to, count);
    exposition_end_line(&scrape->to);
}

static void write_number(const struct scrape *scrape, const struct metric *metric,
                         const char *const *values, double number)
{
    write_series(scrape, metric, "", values, NULL);
    exposition_number(&scrape->to, number);
    exposition_end_line(&scrape->to);
}

/* One counter, or one for each value of the label. */
static void write_counters(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t i = 0; i < metric->count; i++)
        write_count(scrape, metric, metric->values != NULL ? &metric->values[i] : NULL,
                    scrape->counters[metric->at + i]);
}

/* Only the durations of requests have exemplars. */
static void write_exemplar(const struct scrape *scrape, const struct metric *metric, size_t index,
                           size_t bucket)
{
    struct exemplar_copy exemplar;
    if (metric->at == COUNTER_DURATIONS &&
        metrics_latest_exemplar(&exemplar, scrape->metrics, (enum metrics_handler)index, bucket))
        exposition_exemplar(&scrape->to, &exemplar);
}

static void write_histogram(const struct scrape *scrape, const struct metric *metric, size_t index)
{
    const char *const *values = metric->values != NULL ? &metric->values[index] : NULL;
    const struct histogram_bounds *bounds = metric->bounds;
    const uint64_t *counters = &scrape->counters[metric->at + index * HISTOGRAM_COUNTERS];
    uint64_t below = 0;
    for (size_t i = 0; i <= bounds->count; i++) {
        char le[EXPOSITION_BOUND_BYTES];
        exposition_bound(le, i < bounds->count ? bounds->upper[i] : (double)INFINITY);
        below += counters[i];
        write_series(scrape, metric, "_bucket", values, le);
        exposition_count(&scrape->to, below);
        if (counters[i] > 0)
            write_exemplar(scrape, metric, index, i);
        exposition_end_line(&scrape->to);
    }
    write_series(scrape, metric, "_sum", values, NULL);
    exposition_scaled(&scrape->to, counters[HISTOGRAM_SUM], bounds->scale);
    exposition_end_line(&scrape->to);
    write_series(scrape, metric, "_count", values, NULL);
    exposition_count(&scrape->to, below);
    exposition_end_line(&scrape->to);
}

/* One histogram, or one for each value of the label. */
static void write_histograms(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t i = 0; i < metric->count; i++)
        write_histogram(scrape, metric, i);
}

static const struct {
    enum http_method usual_method;
    unsigned usual_status;
} handlers[METRICS_HANDLERS] = {
#define X(name, value, method, status) [METRICS_##name] = {method, status},
    METRICS_HANDLER_TABLE(X)
#undef X
};

static void write_request_codes(const struct scrape *scrape, const struct metric *metric,
                                enum metrics_handler handler, enum http_method method)
{
    for (size_t code = 0; code <= METRICS_CODE_COUNT; code++) {
        char text[16] = "other";
        bool is_usual = method == handlers[handler].usual_method && code < METRICS_CODE_COUNT &&
                        metrics_codes[code] == handlers[handler].usual_status;
        uint64_t count = scrape->counters[metrics_request_counter(handler, method, code)];
        if (count == 0 && !is_usual)
            continue;
        if (code < METRICS_CODE_COUNT)
            snprintf(text, sizeof text, "%u", metrics_codes[code]);
        const char *values[] = {metrics_handler_names[handler], http_method_name(method), text};
        write_count(scrape, metric, values, count);
    }
}

/* Most combinations of labels never occur: their series are left out. */
static void write_requests(const struct scrape *scrape, const struct metric *metric)
{
    for (int handler = 0; handler < METRICS_HANDLERS; handler++)
        for (int method = 0; method < HTTP_METHOD_COUNT; method++)
            write_request_codes(scrape, metric, (enum metrics_handler)handler,
                                (enum http_method)method);
}

static void write_problems(const struct scrape *scrape, const struct metric *metric)
{
    const struct metrics_options *options = &scrape->metrics->options;
    for (size_t i = 0; i < options->problem_count; i++)
        write_count(scrape, metric, &options->problems[i], scrape->counters[COUNTER_PROBLEMS + i]);
}

static void write_warnings(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t i = 0; i < DIGIT_WARNINGS_COUNT; i++) {
        const char *name = digit_warning_name(i);
        write_count(scrape, metric, &name, scrape->counters[COUNTER_WARNINGS + i]);
    }
}

/* The values of the label `digit`. */
static const char *const digits[DIGIT_CLASSES] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

/* The threads are told apart, so these are not the sums over the shards. */
static void write_busy(const struct scrape *scrape, const struct metric *metric)
{
    const struct metrics *metrics = scrape->metrics;
    for (size_t role = 0; role < METRICS_ROLES; role++)
        for (size_t i = 0; i < metrics->threads_of_role[role]; i++) {
            const struct metrics_shard *shard = &metrics->shards[metrics->first_of_role[role] + i];
            char thread[24];
            const char *values[] = {metrics_role_names[role], thread};
            snprintf(thread, sizeof thread, "%zu", i);
            write_series(scrape, metric, "", values, NULL);
            exposition_scaled(
                &scrape->to,
                atomic_load_explicit(&shard->counters[COUNTER_BUSY], memory_order_relaxed),
                METRICS_BILLIONTHS);
            exposition_end_line(&scrape->to);
        }
}

static void write_connections_limit(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->metrics->options.max_connections);
}

static void write_limits(const struct scrape *scrape, const struct metric *metric)
{
    const struct metrics_gauges *gauges = scrape->gauges;
    for (size_t i = 0; i < gauges->limit_count; i++)
        write_number(scrape, metric, &gauges->limits[i].name, gauges->limits[i].value);
}

static void write_reloads(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t i = 0; i < METRICS_RESULTS; i++)
        write_count(scrape, metric, &metrics_result_names[i], scrape->gauges->reloads[i]);
}

static void write_draining(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->gauges->draining);
}

static void write_model_info(const struct scrape *scrape, const struct metric *metric)
{
    const struct digit_model_info *model = scrape->gauges->model;
    const char *values[] = {model->name, model->version, model->sha256, model->kernels,
                            model->precision};
    write_count(scrape, metric, values, 1);
}

static void write_build_info(const struct scrape *scrape, const struct metric *metric)
{
    const char *values[] = {digit_build_version(), digit_build_revision(), digit_build_compiler(),
                            scrape->gauges->model->kernels};
    write_count(scrape, metric, values, 1);
}

static double double_at(const void *structure, size_t offset)
{
    double value;
    memcpy(&value, (const char *)structure + offset, sizeof value);
    return value;
}

static void write_gauge(const struct scrape *scrape, const struct metric *metric)
{
    write_number(scrape, metric, NULL, double_at(scrape->gauges, metric->at));
}

/* A value that could not be read is left out. */
static void write_process(const struct scrape *scrape, const struct metric *metric)
{
    double value = double_at(&scrape->process, metric->at);
    if (value >= 0.0)
        write_number(scrape, metric, NULL, value);
}

#define FAMILY(type, name, help)                                                                   \
    {                                                                                              \
#name, EXPOSITION_##type, help                                                             \
    }
/* Counted, without labels. */
#define COUNTED(type, name, counter, help)                                                         \
    {                                                                                              \
        .family = FAMILY(type, name, help), .write = write_counters, .at = (counter), .count = 1   \
    }
/* Counted by one label; `names` is the array of its values. */
#define COUNTED_BY(label, names, name, counter, help)                                              \
    {                                                                                              \
        .family = FAMILY(COUNTER, name, help), .labels = {label}, .write = write_counters,         \
        .at = (counter), .values = (names), .count = sizeof(names) / sizeof(names)[0]              \
    }
#define OBSERVED(name, histogram, upper, help)                                                     \
    {                                                                                              \
        .family = FAMILY(HISTOGRAM, name, help), .write = write_histograms, .at = (histogram),     \
        .count = 1, .bounds = &(upper)                                                             \
    }
#define OBSERVED_BY(label, names, name, histogram, upper, help)                                    \
    {                                                                                              \
        .family = FAMILY(HISTOGRAM, name, help), .labels = {label}, .write = write_histograms,     \
        .at = (histogram), .values = (names), .count = sizeof(names) / sizeof(names)[0],           \
        .bounds = &(upper)                                                                         \
    }
#define GAUGE(type, name, field, help)                                                             \
    {                                                                                              \
        .family = FAMILY(type, name, help), .write = write_gauge,                                  \
        .at = offsetof(struct metrics_gauges, field)                                               \
    }
#define PROCESS(type, name, field, help)                                                           \
    {                                                                                              \
        .family = FAMILY(type, name, help), .write = write_process,                                \
        .at = offsetof(struct process_metrics, field)                                              \
    }
#define WRITTEN(type, name, function, help, ...)                                                   \
    {                                                                                              \
        .family = FAMILY(type, name, help), .labels = {__VA_ARGS__}, .write = (function)           \
    }

/* All metrics. Documents, alerts and dashboards depend on the names. */
static const struct metric metrics_table[] = {
    WRITTEN(COUNTER, digitd_http_requests_total, write_requests,
            "Requests answered, by handler, method and status code.", "handler", "method", "code"),
    OBSERVED_BY("handler", metrics_handler_names, digitd_http_request_duration_seconds,
                COUNTER_DURATIONS, metrics_seconds_bounds,
                "Time from the first byte of the request to the last byte of its answer."),
    OBSERVED_BY("phase", metrics_phase_names, digitd_request_phase_duration_seconds, COUNTER_PHASES,
                metrics_seconds_bounds, "Time that a request spent in each phase."),
    OBSERVED(digitd_http_request_body_bytes, COUNTER_BODY, metrics_bytes_bounds,
             "Size of request bodies."),
    WRITTEN(COUNTER, digitd_http_problems_total, write_problems,
            "Requests answered with a problem, by its code.", "code"),
    COUNTED_BY("reason", metrics_rejection_names, digitd_http_rejected_total, COUNTER_REJECTED,
               "Requests and connections refused because of the rules of HTTP or a limit."),
    COUNTED_BY("kind", metrics_timeout_names, digitd_http_timeouts_total, COUNTER_TIMEOUTS,
               "Connections closed because their client took too long."),
    COUNTED_BY("kind", metrics_abort_names, digitd_http_aborts_total, COUNTER_ABORTS,
               "Requests whose client left, by how far they had come."),
    COUNTED(GAUGE, digitd_http_requests_in_flight, COUNTER_IN_FLIGHT,
            "Requests being received or answered."),
    COUNTED(GAUGE, digitd_http_connections, COUNTER_CONNECTIONS, "Open connections."),
    WRITTEN(GAUGE, digitd_http_connections_limit, write_connections_limit,
            "Maximum number of open connections.", NULL),
    COUNTED_BY("digit", digits, digitd_predictions_total, COUNTER_PREDICTIONS,
               "Digits recognised."),
    COUNTED(COUNTER, digitd_uncertain_predictions_total, COUNTER_UNCERTAIN,
            "Digits whose answer is marked uncertain."),
    OBSERVED(digitd_prediction_confidence, COUNTER_CONFIDENCE, metrics_confidence_bounds,
             "Probability of the recognised digit."),
    OBSERVED(digitd_predict_digits, COUNTER_DIGITS, metrics_digits_bounds,
             "Digits in a request that was read."),
    COUNTED_BY("format", metrics_format_names, digitd_input_formats_total, COUNTER_FORMATS,
               "Pictures and arrays of pixels read, by format."),
    WRITTEN(COUNTER, digitd_input_warnings_total, write_warnings,
            "Warnings of preprocessing about pictures and their digits.", "warning"),
    GAUGE(GAUGE, digitd_bodies_bytes, bodies_bytes, "Memory of request bodies being received."),
    GAUGE(GAUGE, digitd_answers_bytes, answers_bytes, "Memory of answers that are not sent yet."),
    GAUGE(GAUGE, digitd_picture_queue_length, picture_queue_length,
          "Requests that wait for a picture thread."),
    GAUGE(GAUGE, digitd_picture_queue_work_seconds, picture_queue_work_s,
          "Estimated time that the waiting requests will take a picture thread."),
    GAUGE(GAUGE, digitd_picture_threads_busy, picture_threads_busy,
          "Picture threads that are working."),
    WRITTEN(COUNTER, digitd_thread_busy_seconds_total, write_busy,
            "Time that each thread worked and did not wait.", "role", "thread"),
    WRITTEN(GAUGE, digitd_limit, write_limits, "The numbers of the configuration.", "name"),
    WRITTEN(GAUGE, digitd_draining, write_draining, "1 while the server is stopping, else 0.",
            NULL),
    WRITTEN(INFO, digitd_model_info, write_model_info, "The model being served; always 1.", "name",
            "version", "sha256", "kernels", "precision"),
    GAUGE(GAUGE, digitd_model_load_seconds, model_load_s,
          "Time that loading the model being served took."),
    GAUGE(GAUGE, digitd_model_load_timestamp_seconds, model_loaded_at_s,
          "When the model being served was loaded, since the Unix epoch."),
    WRITTEN(COUNTER, digitd_model_reloads_total, write_reloads,
            "Attempts to load another model while the server runs.", "result"),
    GAUGE(COUNTER, digitd_log_lost_lines_total, log_lost_lines,
          "Lines of the log that could not be written."),
    WRITTEN(INFO, digitd_build_info, write_build_info, "The build that is running; always 1.",
            "version", "revision", "compiler", "kernels"),
    PROCESS(COUNTER, process_cpu_seconds_total, cpu_seconds, "User and system CPU time."),
    PROCESS(GAUGE, process_open_fds, open_fds, "Open file descriptors."),
    PROCESS(GAUGE, process_max_fds, max_fds, "Maximum number of open file descriptors."),
    PROCESS(GAUGE, process_virtual_memory_bytes, virtual_memory_bytes, "Virtual memory size."),
    PROCESS(GAUGE, process_resident_memory_bytes, resident_memory_bytes, "Resident memory size."),
    PROCESS(GAUGE, process_start_time_seconds, start_time_seconds,
            "Start time of the process since the Unix epoch."),
    PROCESS(GAUGE, process_threads, threads, "Threads in the process."),
};

void metrics_write(const struct metrics *metrics, const struct metrics_gauges *gauges,
                   enum exposition_format format, struct text *out)
{
    struct scrape scrape = {
        .to = {.out = out, .format = format}, .metrics = metrics, .gauges = gauges};
    metrics_sum(scrape.counters, metrics);
    process_metrics_read(&scrape.process, "/proc");
    for (size_t i = 0; i < sizeof metrics_table / sizeof metrics_table[0]; i++) {
        exposition_family(&scrape.to, &metrics_table[i].family);
        metrics_table[i].write(&scrape, &metrics_table[i]);
    }
    exposition_end(&scrape.to);
}
