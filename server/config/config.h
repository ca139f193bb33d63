/*
 * The configuration. Flags override environment variables, variables override the file, the file
 * overrides the defaults (cli/options.h). One table in config.c defines the keys for all of them,
 * and for --help and --print-config.
 *
 *     struct config config;
 *     enum config_action action;
 *     if (config_load(&config, &action, argc, argv, environ, &error) != DIGIT_OK)
 *         fprintf(stderr, "digitd: %s\n", error.message);
 *
 * The key max_body_bytes is the flag --max-body-bytes 8388608 (or --max-body-bytes=8388608), the
 * variable DIGITD_MAX_BODY_BYTES=8388608 and the member "max_body_bytes": 8388608 of the file,
 * which is one JSON object. --config or DIGITD_CONFIG names the file.
 * Threads: one thread loads; any thread may read a loaded configuration.
 */
#ifndef SERVER_CONFIG_CONFIG_H
#define SERVER_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "cli/options.h"
#include "server/format/address.h"
#include "server/format/text.h"
#include "server/observe/log.h"
#include "server/observe/metrics_options.h"

#define CONFIG_PATH_BYTES          4096
#define CONFIG_CONNECTIONS_MAX     1000
#define CONFIG_PICTURE_THREADS_MAX 64

struct config {
    char listen[ADDRESS_TEXT_BYTES];       /* valid for address_parse */
    char admin_listen[ADDRESS_TEXT_BYTES]; /* likewise; "" if there is no admin listener */
    char model[CONFIG_PATH_BYTES];         /* path of the safetensors file */
    size_t workers; /* 0: as many as CPUs are granted; main replaces it by their number */
    size_t max_body_bytes;
    size_t max_bodies_bytes;  /* of all bodies being received; at least max_body_bytes */
    size_t max_instances;     /* digits in one request */
    size_t max_image_side_px; /* width or height of an encoded image */
    size_t max_image_pixels;  /* width times height, of all images of a request together */
    size_t max_decoder_bytes; /* memory for decoding one image */
    size_t max_decoder_ms;    /* CPU time for decoding all images of a request together */
    size_t max_hypotheses;    /* about one picture */
    size_t max_lines;         /* of numbers in one picture */
    size_t max_candidates;    /* for digits of numbers in one picture */
    size_t max_digits;        /* of numbers in one picture */
    size_t max_json_depth;    /* levels of objects and arrays in a JSON body */
    size_t max_multipart_parts;
    size_t max_connections; /* open at once, over all workers; 0: as many as the descriptor limit
                               allows, at most CONFIG_CONNECTIONS_MAX */
    size_t max_connections_per_peer;    /* 0: no limit */
    size_t max_requests_per_connection; /* 0: no limit */
    size_t max_requests_in_flight;      /* over all workers; 0: no limit */
    size_t max_header_bytes;            /* request line and headers */
    size_t max_headers;
    size_t max_answers_bytes;    /* of all answers being sent */
    size_t send_buffer_bytes;    /* of each socket */
    size_t header_timeout_ms;    /* from the first byte of a request to the end of its head */
    size_t min_body_bytes_per_s; /* on average, while a body comes */
    size_t request_timeout_ms;   /* from the first byte of a request to the end of its answer */
    size_t idle_timeout_ms;      /* between the requests of a connection */
    size_t picture_threads;      /* 0: as many as workers; main replaces it by their number */
    size_t max_queued_requests;  /* that wait for a picture thread */
    size_t max_queued_ms;        /* estimated work of those that wait or run */
    size_t drain_delay_ms;       /* after SIGTERM, in which everything is served as before */
    size_t drain_timeout_ms;     /* after that, for requests in flight */
    size_t precision;            /* enum digit_precision */
    size_t kernels;              /* index into config_kernels_names */
    size_t log_level;            /* enum log_level */
    bool access_log;             /* log one line for each request */
    bool access_log_probes;      /* with access_log: those of scrapes and probes, too */
};

/* The values of `kernels`, then NULL; the first has the model choose the fastest that runs here. */
extern const char *const config_kernels_names[];

/* What the command line asks for; CONFIG_SERVE if it has none of these flags. */
enum config_action {
    CONFIG_SERVE = OPTIONS_RUN,
    CONFIG_HELP = OPTIONS_HELP,       /* --help, -h */
    CONFIG_VERSION = OPTIONS_VERSION, /* --version */
    CONFIG_PRINT = OPTIONS_OTHER,     /* --print-config */
    CONFIG_CHECK,                     /* --check-config */
    CONFIG_HEALTH_CHECK,              /* --healthcheck */
};

/* Keys, actions, what --help says of them; the offsets are into struct config. */
extern const struct option_table config_options;

/*
 * Fills `out` from all sources, and checks what involves more than one key. argv[0] is skipped;
 * `environment` is a NULL-terminated list of "NAME=value", of which only names that begin with
 * DIGITD_ are read. With --help or --version neither the environment nor the file is read, and
 * `out` has the defaults.
 * Errors: those of options_load; INVALID (max_bodies_bytes is below max_body_bytes). `out` is then
 * unspecified.
 */
DIGIT_MUST_CHECK enum digit_status config_load(struct config *out, enum config_action *action,
                                               int argc, char *const argv[],
                                               char *const environment[],
                                               struct digit_error *error);

/*
 * The first key that has another value in `after` than in `before` and takes effect only when the
 * server starts; NULL if there is none. In both, `workers` and `picture_threads` are resolved.
 */
const char *config_changed_at_start(const struct config *before, const struct config *after);

#define CONFIG_LIMITS_MAX 48

/*
 * Writes every key whose value is a number, with its name, which is constant: the limits, for the
 * metric digitd_limit. Returns how many there are.
 */
size_t config_limits(struct metrics_limit out[CONFIG_LIMITS_MAX], const struct config *config);

/* Appends every key with its value, as a JSON object that --config accepts. */
void config_print(struct text *out, const struct config *config);

#endif
