#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <digit/build_info.h>

#include "server/observe/metrics.h"
#include "server/observe/metrics_counters.h"
#include "server/observe/process_metrics.h"

#define MAX_LABELS 5

/* What one scrape is written from. */
struct scrape {
    struct text *out;
    uint64_t counters[COUNTER_COUNT];
    struct process_metrics process;
    const struct digit_model_info *model;
    size_t max_connections;
};

struct metric {
    const char *name;
    const char *type;
    const char *help;
    const char *labels[MAX_LABELS + 1]; /* names, then NULL; a histogram's `le` is not among them */
    void (*write)(const struct scrape *scrape, const struct metric *metric);
    size_t process_offset; /* of the field of struct process_metrics that write_process writes */
};

/*
 * The values of the label `handler`. The series of the usual answer exists from the start; the
 * others appear when they are first counted.
 */
static const struct handler_label {
    const char *name;
    enum http_method usual_method;
    unsigned usual_status;
} handlers[METRICS_HANDLERS] = {
    [METRICS_PREDICT] = {"predict", HTTP_POST, 200}, [METRICS_HEALTH] = {"health", HTTP_GET, 200},
    [METRICS_LIVEZ] = {"livez", HTTP_GET, 200},      [METRICS_READYZ] = {"readyz", HTTP_GET, 200},
    [METRICS_METRICS] = {"metrics", HTTP_GET, 200},  [METRICS_OPENAPI] = {"openapi", HTTP_GET, 200},
    [METRICS_RELOAD] = {"reload", HTTP_POST, 200},   [METRICS_OTHER] = {"other", HTTP_GET, 404},
};

/* Escapes backslash, quote and line feed in the value. */
static void write_label(struct text *out, const char *name, const char *value)
{
    text_format(out, "%s=\"", name);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\\' || *c == '"')
            text_format(out, "\\%c", *c);
        else if (*c == '\n')
            text_append(out, "\\n");
        else
            text_append_bytes(out, c, 1);
    }
    text_append(out, "\"");
}

/* Writes name, suffix and labels. values[i] is the value of metric->labels[i]; `le` may be NULL. */
static void write_series(struct text *out, const struct metric *metric, const char *suffix,
                         const char *const *values, const char *le)
{
    const char *separator = "{";
    text_format(out, "%s%s", metric->name, suffix);
    for (size_t i = 0; metric->labels[i] != NULL; i++) {
        text_append(out, separator);
        write_label(out, metric->labels[i], values[i]);
        separator = ",";
    }
    if (le != NULL) {
        text_append(out, separator);
        write_label(out, "le", le);
        separator = ",";
    }
    text_append(out, *separator == ',' ? "} " : " ");
}

static void write_count(const struct scrape *scrape, const struct metric *metric,
                        const char *const *values, uint64_t count)
{
    write_series(scrape->out, metric, "", values, NULL);
    text_format(scrape->out, "%" PRIu64 "\n", count);
}

/* first: index of the histogram's first counter. */
static void write_histogram(const struct scrape *scrape, const struct metric *metric,
                            const char *const *values, size_t first,
                            const struct histogram_bounds *bounds)
{
    struct text *out = scrape->out;
    uint64_t below = 0;
    for (size_t i = 0; i <= bounds->count; i++) {
        char le[32] = "+Inf";
        if (i < bounds->count)
            snprintf(le, sizeof le, "%g", bounds->upper[i]);
        below += scrape->counters[first + i];
        write_series(out, metric, "_bucket", values, le);
        text_format(out, "%" PRIu64 "\n", below);
    }
    write_series(out, metric, "_sum", values, NULL);
    text_format(out, "%.9f\n", 1e-9 * (double)scrape->counters[first + HISTOGRAM_SUM]);
    write_series(out, metric, "_count", values, NULL);
    text_format(out, "%" PRIu64 "\n", below);
}

static void write_request_codes(const struct scrape *scrape, const struct metric *metric,
                                enum metrics_handler handler, enum http_method method)
{
    const struct handler_label *label = &handlers[handler];
    for (size_t code = 0; code <= METRICS_CODE_COUNT; code++) {
        char text[16] = "other";
        bool is_usual = method == label->usual_method && code < METRICS_CODE_COUNT &&
                        metrics_codes[code] == label->usual_status;
        uint64_t count = scrape->counters[metrics_request_counter(handler, method, code)];
        if (count == 0 && !is_usual)
            continue;
        if (code < METRICS_CODE_COUNT)
            snprintf(text, sizeof text, "%u", metrics_codes[code]);
        const char *values[] = {label->name, http_method_name(method), text};
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

static void write_durations(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t i = 0; i < METRICS_HANDLERS; i++)
        write_histogram(scrape, metric, &handlers[i].name,
                        COUNTER_DURATIONS + i * HISTOGRAM_COUNTERS, &metrics_seconds_bounds);
}

static void write_in_flight(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->counters[COUNTER_IN_FLIGHT]);
}

static void write_connections(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->counters[COUNTER_CONNECTIONS]);
}

static void write_max_connections(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->max_connections);
}

static void write_inference(const struct scrape *scrape, const struct metric *metric)
{
    write_histogram(scrape, metric, NULL, COUNTER_INFERENCE, &metrics_seconds_bounds);
}

static void write_predictions(const struct scrape *scrape, const struct metric *metric)
{
    for (size_t digit = 0; digit < DIGIT_CLASSES; digit++) {
        char text[16];
        snprintf(text, sizeof text, "%zu", digit);
        const char *values[] = {text};
        write_count(scrape, metric, values, scrape->counters[COUNTER_PREDICTIONS + digit]);
    }
}

static void write_uncertain(const struct scrape *scrape, const struct metric *metric)
{
    write_count(scrape, metric, NULL, scrape->counters[COUNTER_UNCERTAIN]);
}

static void write_confidence(const struct scrape *scrape, const struct metric *metric)
{
    write_histogram(scrape, metric, NULL, COUNTER_CONFIDENCE, &metrics_confidence_bounds);
}

static void write_model_info(const struct scrape *scrape, const struct metric *metric)
{
    const struct digit_model_info *model = scrape->model;
    const char *values[] = {model->name, model->version, model->sha256, model->kernels,
                            model->precision};
    write_count(scrape, metric, values, 1);
}

static void write_build_info(const struct scrape *scrape, const struct metric *metric)
{
    const char *values[] = {digit_build_version(), digit_build_revision(), digit_build_compiler(),
                            scrape->model->kernels};
    write_count(scrape, metric, values, 1);
}

/* A value that could not be read is left out. */
static void write_process(const struct scrape *scrape, const struct metric *metric)
{
    double value;
    memcpy(&value, (const char *)&scrape->process + metric->process_offset, sizeof value);
    if (value < 0.0)
        return;
    write_series(scrape->out, metric, "", NULL, NULL);
    text_format(scrape->out, "%.15g\n", value);
}

#define METRIC(type, name, write, help, ...)                                                       \
    {                                                                                              \
#name, #type, help, {__VA_ARGS__ }, write, 0                                               \
    }
#define PROCESS(type, name, field, help)                                                           \
    {                                                                                              \
#name, #type, help, {NULL }, write_process, offsetof(struct process_metrics, field)        \
    }

/* All metrics. Documents, alerts and dashboards depend on the names. */
static const struct metric metrics_table[] = {
    METRIC(counter, digitd_http_requests_total, write_requests,
           "Requests completed, by handler, method and status code.", "handler", "method", "code"),
    METRIC(histogram, digitd_http_request_duration_seconds, write_durations,
           "Time from the end of the request headers until the answer is ready.", "handler"),
    METRIC(gauge, digitd_http_requests_in_flight, write_in_flight,
           "Requests being received or answered.", NULL),
    METRIC(gauge, digitd_http_connections, write_connections, "Open connections.", NULL),
    METRIC(gauge, digitd_http_connections_limit, write_max_connections,
           "Maximum number of open connections; further clients wait until one closes.", NULL),
    METRIC(histogram, digitd_inference_duration_seconds, write_inference,
           "Time the network ran for one request.", NULL),
    METRIC(counter, digitd_predictions_total, write_predictions, "Digits recognised.", "digit"),
    METRIC(counter, digitd_uncertain_predictions_total, write_uncertain,
           "Digits whose answer is marked uncertain.", NULL),
    METRIC(histogram, digitd_prediction_confidence, write_confidence,
           "Probability of the recognised digit.", NULL),
    METRIC(gauge, digitd_model_info, write_model_info, "The model being served; always 1.", "name",
           "version", "sha256", "kernels", "precision"),
    METRIC(gauge, digitd_build_info, write_build_info, "The build that is running; always 1.",
           "version", "revision", "compiler", "kernels"),
    PROCESS(counter, process_cpu_seconds_total, cpu_seconds, "User and system CPU time."),
    PROCESS(gauge, process_open_fds, open_fds, "Open file descriptors."),
    PROCESS(gauge, process_max_fds, max_fds, "Maximum number of open file descriptors."),
    PROCESS(gauge, process_virtual_memory_bytes, virtual_memory_bytes, "Virtual memory size."),
    PROCESS(gauge, process_resident_memory_bytes, resident_memory_bytes, "Resident memory size."),
    PROCESS(gauge, process_start_time_seconds, start_time_seconds,
            "Start time of the process since the Unix epoch."),
    PROCESS(gauge, process_threads, threads, "Threads in the process."),
};

void metrics_write(const struct metrics *metrics, struct text *out)
{
    struct scrape scrape = {
        .out = out, .model = metrics->model, .max_connections = metrics->max_connections};
    metrics_sum(scrape.counters, metrics);
    process_metrics_read(&scrape.process, "/proc");
    for (size_t i = 0; i < sizeof metrics_table / sizeof metrics_table[0]; i++) {
        const struct metric *metric = &metrics_table[i];
        text_format(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
                    metric->type);
        metric->write(&scrape, metric);
    }
}
