#include <digit/reader.h>

#include "server/config/config.h"

#include <assert.h>
#include <string.h>

#include "core/base/utf8.h"
#include "server/format/json_reader.h"

/* What the JSON of /predict needs: an object, instances, an instance, its pixels, a row of them. */
#define CONFIG_JSON_DEPTH_MIN 5

#define AT(member) offsetof(struct config, member)

/* In the order of enum digit_precision. */
static const char *const precisions[] = {"auto", "f32", "int8", NULL};

const char *const config_kernels_names[] = {"auto",   "portable",   "neon", "avx2", "avxvnni",
                                            "avx512", "avx512vnni", "amx",  NULL};

static enum digit_status check_address(const char *text, struct digit_error *reason)
{
    struct address address;
    return address_parse(&address, text, reason);
}

static enum digit_status check_admin_address(const char *text, struct digit_error *reason)
{
    return text[0] == '\0' ? DIGIT_OK : check_address(text, reason);
}

/* A path that is not UTF-8 is refused: --print-config could not write it as JSON. */
static enum digit_status check_path(const char *text, struct digit_error *reason)
{
    if (!utf8_is_valid((const uint8_t *)text, strlen(text)))
        return digit_fail(reason, DIGIT_INVALID, "must be UTF-8");
    return DIGIT_OK;
}

static const struct option_spec items[] = {
    {.name = "listen",
     .type = OPTION_STRING,
     .offset = AT(listen),
     .min = 1,
     .max = ADDRESS_TEXT_BYTES - 1,
     .check = check_address,
     .fallback = "127.0.0.1:8080",
     .value = "ADDRESS",
     .help = "IPv4:port, [IPv6]:port or unix:/path to listen on; port 0 picks a free port"},
    {.name = "admin_listen",
     .type = OPTION_STRING,
     .offset = AT(admin_listen),
     .max = ADDRESS_TEXT_BYTES - 1,
     .check = check_admin_address,
     .fallback = "",
     .value = "ADDRESS",
     .help = "a further address for /metrics, /health and /admin/reload; empty: none"},
    {.name = "model",
     .type = OPTION_STRING,
     .offset = AT(model),
     .min = 1,
     .max = CONFIG_PATH_BYTES - 1,
     .check = check_path,
     .fallback = "models/digits.safetensors",
     .value = "FILE",
     .help = "safetensors file of the model"},
    {.name = "workers",
     .type = OPTION_COUNT,
     .offset = AT(workers),
     .max = 256,
     .fallback = "0",
     .value = "N",
     .help = "worker threads; 0: one for each CPU available to the process"},
    {.name = "max_body_bytes",
     .type = OPTION_COUNT,
     .offset = AT(max_body_bytes),
     .min = 1024,
     .max = 67108864,
     .fallback = "8388608",
     .value = "N",
     .help = "maximum size of a request body"},
    {.name = "max_bodies_bytes",
     .type = OPTION_COUNT,
     .offset = AT(max_bodies_bytes),
     .min = 1024,
     .max = 17179869184,
     .fallback = "67108864",
     .value = "N",
     .help = "total memory for request bodies being received"},
    {.name = "max_instances",
     .type = OPTION_COUNT,
     .offset = AT(max_instances),
     .min = 1,
     .max = 4096,
     .fallback = "256",
     .value = "N",
     .help = "maximum number of digits in a request"},
    {.name = "max_image_side_px",
     .type = OPTION_COUNT,
     .offset = AT(max_image_side_px),
     .min = 28,
     .max = 65535,
     .fallback = "12288",
     .value = "N",
     .help = "maximum width and height of an encoded image"},
    {.name = "max_image_pixels",
     .type = OPTION_COUNT,
     .offset = AT(max_image_pixels),
     .min = 784,
     .max = 268435456,
     .fallback = "50331648",
     .value = "N",
     .help = "maximum total of width times height over the encoded images of a request"},
    {.name = "max_decoder_bytes",
     .type = OPTION_COUNT,
     .offset = AT(max_decoder_bytes),
     .min = 1048576,
     .max = 17179869184,
     .fallback = "83886080",
     .value = "N",
     .help = "maximum memory for decoding an encoded image"},
    {.name = "max_decoder_ms",
     .type = OPTION_COUNT,
     .offset = AT(max_decoder_ms),
     .min = 1,
     .max = 60000,
     .fallback = "400",
     .value = "N",
     .help = "maximum CPU time, estimated, for decoding the encoded images of a request"},
    {.name = "max_hypotheses",
     .type = OPTION_COUNT,
     .offset = AT(max_hypotheses),
     .min = 1,
     .max = DIGIT_HYPOTHESES_MAX,
     .fallback = "20",
     .value = "N",
     .help = "maximum hypotheses about a picture that are tried; the likeliest come first"},
    {.name = "max_lines",
     .type = OPTION_COUNT,
     .offset = AT(max_lines),
     .min = 1,
     .max = DIGIT_LINES_MAX,
     .fallback = "32",
     .value = "N",
     .help = "maximum lines of numbers in a picture"},
    {.name = "max_candidates",
     .type = OPTION_COUNT,
     .offset = AT(max_candidates),
     .min = 1,
     .max = DIGIT_CANDIDATES_MAX,
     .fallback = "512",
     .value = "N",
     .help = "maximum candidates for digits of numbers in a picture; above it, pictures are cut "
             "less finely"},
    {.name = "max_digits",
     .type = OPTION_COUNT,
     .offset = AT(max_digits),
     .min = 1,
     .max = DIGIT_DIGITS_MAX,
     .fallback = "128",
     .value = "N",
     .help = "maximum digits of the numbers in a picture"},
    {.name = "max_json_depth",
     .type = OPTION_COUNT,
     .offset = AT(max_json_depth),
     .min = CONFIG_JSON_DEPTH_MIN,
     .max = JSON_DEPTH_CAPACITY,
     .fallback = "8",
     .value = "N",
     .help = "maximum nesting of objects and arrays in a JSON body"},
    {.name = "max_multipart_parts",
     .type = OPTION_COUNT,
     .offset = AT(max_multipart_parts),
     .min = 1,
     .max = 1024,
     .fallback = "16",
     .value = "N",
     .help = "maximum number of parts of a multipart body"},
    {.name = "max_connections",
     .type = OPTION_COUNT,
     .offset = AT(max_connections),
     .max = 65535,
     .fallback = "0",
     .value = "N",
     .help = "open connections; 0: as many as the descriptor limit allows, at most 1000"},
    {.name = "max_connections_per_peer",
     .type = OPTION_COUNT,
     .offset = AT(max_connections_per_peer),
     .max = 65535,
     .fallback = "0",
     .value = "N",
     .help = "open connections of one IPv4 address or IPv6 /64 network; 0: no limit"},
    {.name = "max_requests_per_connection",
     .type = OPTION_COUNT,
     .offset = AT(max_requests_per_connection),
     .max = 1000000000,
     .fallback = "0",
     .value = "N",
     .help = "requests after which a connection is closed; 0: no limit"},
    {.name = "max_requests_in_flight",
     .type = OPTION_COUNT,
     .offset = AT(max_requests_in_flight),
     .max = 65535,
     .fallback = "0",
     .value = "N",
     .help = "requests to /predict that are received or answered at once; 0: no limit"},
    {.name = "max_header_bytes",
     .type = OPTION_COUNT,
     .offset = AT(max_header_bytes),
     .min = 1024,
     .max = 16384,
     .fallback = "8192",
     .value = "N",
     .help = "maximum size of request line and headers together"},
    {.name = "max_headers",
     .type = OPTION_COUNT,
     .offset = AT(max_headers),
     .min = 8,
     .max = 100,
     .fallback = "100",
     .value = "N",
     .help = "maximum number of headers in a request"},
    {.name = "max_answers_bytes",
     .type = OPTION_COUNT,
     .offset = AT(max_answers_bytes),
     .min = 1048576,
     .max = 17179869184,
     .fallback = "67108864",
     .value = "N",
     .help = "total memory for answers of more than 12288 bytes that are being sent"},
    {.name = "send_buffer_bytes",
     .type = OPTION_COUNT,
     .offset = AT(send_buffer_bytes),
     .min = 4096,
     .max = 16777216,
     .fallback = "65536",
     .value = "N",
     .help = "kernel memory for unread bytes of an answer, for each connection"},
    {.name = "header_timeout_ms",
     .type = OPTION_COUNT,
     .offset = AT(header_timeout_ms),
     .min = 1,
     .max = 3600000,
     .fallback = "10000",
     .value = "N",
     .help = "milliseconds from the first byte of a request to the end of its headers"},
    {.name = "min_body_bytes_per_s",
     .type = OPTION_COUNT,
     .offset = AT(min_body_bytes_per_s),
     .max = 1000000000,
     .fallback = "1024",
     .value = "N",
     .help = "slowest average rate of a request body after 5 seconds; 0: no limit"},
    {.name = "request_timeout_ms",
     .type = OPTION_COUNT,
     .offset = AT(request_timeout_ms),
     .min = 1,
     .max = 3600000,
     .fallback = "120000",
     .value = "N",
     .help = "milliseconds from the first byte of a request to the last byte of its answer"},
    {.name = "idle_timeout_ms",
     .type = OPTION_COUNT,
     .offset = AT(idle_timeout_ms),
     .min = 1,
     .max = 3600000,
     .fallback = "75000",
     .value = "N",
     .help = "milliseconds after which a connection without a request is closed"},
    {.name = "picture_threads",
     .type = OPTION_COUNT,
     .offset = AT(picture_threads),
     .max = CONFIG_PICTURE_THREADS_MAX,
     .fallback = "0",
     .value = "N",
     .help = "threads for requests of more than a millisecond; 0: as many as workers"},
    {.name = "max_queued_requests",
     .type = OPTION_COUNT,
     .offset = AT(max_queued_requests),
     .min = 1,
     .max = 65535,
     .fallback = "64",
     .value = "N",
     .help = "maximum number of requests that wait for a picture thread"},
    {.name = "max_queued_ms",
     .type = OPTION_COUNT,
     .offset = AT(max_queued_ms),
     .min = 1,
     .max = 600000,
     .fallback = "2000",
     .value = "N",
     .help = "estimated work of the waiting requests beyond which further ones get 503"},
    {.name = "drain_delay_ms",
     .type = OPTION_COUNT,
     .offset = AT(drain_delay_ms),
     .max = 300000,
     .fallback = "500",
     .value = "N",
     .help = "milliseconds after SIGTERM in which requests are served while /readyz is 503"},
    {.name = "drain_timeout_ms",
     .type = OPTION_COUNT,
     .offset = AT(drain_timeout_ms),
     .max = 300000,
     .fallback = "8000",
     .value = "N",
     .help = "milliseconds that requests in flight have to finish after that"},
    {.name = "precision",
     .type = OPTION_CHOICE,
     .offset = AT(precision),
     .choices = precisions,
     .fallback = "auto",
     .value = "NAME",
     .help = "arithmetic of the network"},
    {.name = "kernels",
     .type = OPTION_CHOICE,
     .offset = AT(kernels),
     .choices = config_kernels_names,
     .fallback = "auto",
     .value = "NAME",
     .help = "instruction set for the network"},
    {.name = "log_level",
     .type = OPTION_CHOICE,
     .offset = AT(log_level),
     .choices = log_level_names,
     .fallback = "info",
     .value = "NAME",
     .help = "lowest level that is logged"},
    {.name = "access_log",
     .type = OPTION_BOOL,
     .offset = AT(access_log),
     .fallback = "true",
     .value = "BOOL",
     .help = "log one line for each request"},
    {.name = "access_log_probes",
     .type = OPTION_BOOL,
     .offset = AT(access_log_probes),
     .fallback = "false",
     .value = "BOOL",
     .help = "also log requests of /metrics, /health, /livez and /readyz"},
    {.name = "config",
     .type = OPTION_FILE,
     .value = "FILE",
     .help = "JSON file with any of the settings above"},
    {.name = "print_config",
     .type = OPTION_ACTION,
     .action = CONFIG_PRINT,
     .help = "print the configuration in the format of the --config file, and exit"},
    {.name = "check_config",
     .type = OPTION_ACTION,
     .action = CONFIG_CHECK,
     .help = "check the configuration and exit"},
    {.name = "healthcheck",
     .type = OPTION_ACTION,
     .action = CONFIG_HEALTH_CHECK,
     .help = "ask the server at --listen whether it is ready, and exit with 0 if so"},
    OPTION_HELP_ITEM,
    {.name = "version",
     .type = OPTION_ACTION,
     .action = CONFIG_VERSION,
     .help = "print version, revision, compiler and library versions, and exit"},
};

const struct option_table config_options = {
    .usage = "digitd [options]",
    .summary = "Recognises handwritten digits over HTTP.",
    .notes = "Each setting is also an environment variable and a key of the file: "
             "--max-body-bytes,\nDIGITD_MAX_BODY_BYTES, \"max_body_bytes\". Flags override "
             "variables, variables override\nthe file, the file overrides the defaults.\n",
    .prefix = "DIGITD_",
    .items = items,
    .count = sizeof items / sizeof items[0],
};

/* Checks conditions that involve more than one key. */
static enum digit_status check_combination(const struct config *config, struct digit_error *error)
{
    if (config->max_bodies_bytes < config->max_body_bytes)
        return digit_fail(error, DIGIT_INVALID,
                          "max_bodies_bytes is %zu, must be at least max_body_bytes (%zu)",
                          config->max_bodies_bytes, config->max_body_bytes);
    return DIGIT_OK;
}

enum digit_status config_load(struct config *out, enum config_action *action, int argc,
                              char *const argv[], char *const environment[],
                              struct digit_error *error)
{
    unsigned chosen;
    memset(out, 0, sizeof *out);
    enum digit_status status =
        options_load(out, &chosen, &config_options, argc, argv, environment, error);
    *action = (enum config_action)chosen;
    return status == DIGIT_OK ? check_combination(out, error) : status;
}

static void print_value(struct text *out, const struct option_spec *key, const void *field)
{
    switch (key->type) {
    case OPTION_STRING:
        text_json_string(out, field);
        break;
    case OPTION_COUNT:
        text_format(out, "%zu", *(const size_t *)field);
        break;
    case OPTION_BOOL:
        text_append(out, *(const bool *)field ? "true" : "false");
        break;
    case OPTION_CHOICE:
        text_json_string(out, key->choices[*(const size_t *)field]);
        break;
    case OPTION_TEXT:
    case OPTION_NUMBER:
    case OPTION_FLAG:
    case OPTION_LIST:
    case OPTION_FILE:
    case OPTION_ACTION:
        assert(!"no key of the server is of this type");
        break;
    }
}

/* The keys that a reload cannot change: sockets, threads and their memory are made of them. */
static const char *const keys_at_start[] = {
    "listen",           "admin_listen",    "workers",
    "picture_threads",  "max_connections", "max_connections_per_peer",
    "max_header_bytes", "max_headers",     "send_buffer_bytes"};

static bool is_read_at_start(const struct option_spec *key)
{
    for (size_t i = 0; i < sizeof keys_at_start / sizeof keys_at_start[0]; i++)
        if (strcmp(key->name, keys_at_start[i]) == 0)
            return true;
    return false;
}

/* Both are values of the key: a text or a count. */
static bool has_changed(const struct option_spec *key, const char *before, const char *after)
{
    if (key->type == OPTION_STRING)
        return strcmp(before, after) != 0;
    assert(key->type == OPTION_COUNT);
    return memcmp(before, after, sizeof(size_t)) != 0;
}

const char *config_changed_at_start(const struct config *before, const struct config *after)
{
    for (const struct option_spec *key = items; key < items + config_options.count; key++)
        if (is_read_at_start(key) &&
            has_changed(key, (const char *)before + key->offset, (const char *)after + key->offset))
            return key->name;
    return NULL;
}

size_t config_limits(struct metrics_limit out[CONFIG_LIMITS_MAX], const struct config *config)
{
    size_t count = 0;
    for (size_t i = 0; i < config_options.count; i++) {
        if (items[i].type != OPTION_COUNT)
            continue;
        assert(count < CONFIG_LIMITS_MAX);
        const void *field = (const char *)config + items[i].offset;
        out[count++] = (struct metrics_limit){items[i].name, (double)*(const size_t *)field};
    }
    return count;
}

void config_print(struct text *out, const struct config *config)
{
    const char *before = "{";
    for (size_t i = 0; i < config_options.count; i++) {
        const struct option_spec *key = &items[i];
        if (!option_is_setting(key))
            continue;
        text_format(out, "%s\n  \"%s\": ", before, key->name);
        print_value(out, key, (const char *)config + key->offset);
        before = ",";
    }
    text_append(out, "\n}\n");
}
