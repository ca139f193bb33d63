/*
 * What digitd was told: defaults, then the file, then the environment, then the flags; the later
 * wins. One table (config_table.c) drives all four and --help and --print-config.
 *
 *     struct config config;
 *     enum config_action action;
 *     if (config_load(&config, &action, argc, argv, environ, &error) != DIGIT_OK)
 *         fprintf(stderr, "digitd: %s\n", error.message);
 *
 * The key max_body_bytes is the flag --max-body-bytes 8388608 (or --max-body-bytes=8388608), the
 * variable DIGITD_MAX_BODY_BYTES=8388608 and the member "max_body_bytes": 8388608 of the file,
 * which is one JSON object and is named by --config or DIGITD_CONFIG. Threads: load in one; a
 * loaded configuration is read by any.
 */
#ifndef SERVER_CONFIG_CONFIG_H
#define SERVER_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "server/format/address.h"
#include "server/format/text.h"
#include "server/observe/log.h"

#define CONFIG_PATH_BYTES 4096

struct config {
    char listen[ADDRESS_TEXT_BYTES]; /* address_parse takes it */
    char model[CONFIG_PATH_BYTES];   /* path of the safetensors file */
    size_t workers; /* 0: as many as CPUs are granted; main puts that number here */
    size_t max_body_bytes;
    size_t max_bodies_bytes;  /* of all that are on their way; at least max_body_bytes */
    size_t max_instances;     /* digits in one request */
    size_t max_image_side_px; /* width or height of an encoded image */
    size_t max_image_pixels;  /* width times height */
    size_t max_connections;   /* open at once, over all workers */
    size_t connection_timeout_s;
    size_t drain_timeout_ms; /* how long the requests in flight may take after SIGTERM */
    size_t precision;        /* enum digit_precision */
    size_t kernels;          /* index into config_kernels_names */
    size_t log_level;        /* enum log_level */
    bool access_log;         /* one line for each request */
};

/* What the kernels may be; the first leaves it to the processor. */
#define CONFIG_KERNELS 8
extern const char *const config_kernels_names[CONFIG_KERNELS];

/* What the command line asks for. Only CONFIG_SERVE starts a server. */
enum config_action {
    CONFIG_SERVE,
    CONFIG_HELP,         /* --help */
    CONFIG_VERSION,      /* --version */
    CONFIG_PRINT,        /* --print-config */
    CONFIG_CHECK,        /* --check-config */
    CONFIG_HEALTH_CHECK, /* --healthcheck */
};

/*
 * Fills `out` from every source. argv[0] is skipped; `environment` is a NULL-terminated list of
 * "NAME=value", of which only names that begin with DIGITD_ are looked at. After --help or
 * --version nothing else is read and `out` holds the defaults.
 * Errors, each naming source, key, value and limit: INVALID (unknown flag, variable or file key;
 * a value missing, given twice, of the wrong type, out of range), MALFORMED (the file is not JSON),
 * IO, LIMIT (the file), NO_MEMORY. `out` is then unspecified.
 */
DIGIT_MUST_CHECK enum digit_status config_load(struct config *out, enum config_action *action,
                                               int argc, char *const argv[],
                                               char *const environment[],
                                               struct digit_error *error);

/* Appends every key with its value, as a JSON object that --config takes. */
void config_print(struct text *out, const struct config *config);

/* Appends usage, and each key with its range and default. */
void config_print_help(struct text *out);

#endif
