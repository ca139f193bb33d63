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

#define CONFIG_PATH_BYTES 4096

struct config {
    char listen[ADDRESS_TEXT_BYTES]; /* valid for address_parse */
    char model[CONFIG_PATH_BYTES];   /* path of the safetensors file */
    size_t workers; /* 0: as many as CPUs are granted; main replaces it by their number */
    size_t max_body_bytes;
    size_t max_bodies_bytes;     /* of all bodies being received; at least max_body_bytes */
    size_t max_instances;        /* digits in one request */
    size_t max_image_side_px;    /* width or height of an encoded image */
    size_t max_image_pixels;     /* width times height, of all images of a request together */
    size_t max_decoder_bytes;    /* memory for decoding one image */
    size_t max_decoder_ms;       /* CPU time for decoding all images of a request together */
    size_t max_connections;      /* open at once, over all workers */
    size_t connection_timeout_s; /* until a silent connection is closed */
    size_t drain_timeout_ms;     /* that requests in flight have after SIGTERM */
    size_t precision;            /* enum digit_precision */
    size_t kernels;              /* index into config_kernels_names */
    size_t log_level;            /* enum log_level */
    bool access_log;             /* log one line for each request */
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

/* Appends every key with its value, as a JSON object that --config accepts. */
void config_print(struct text *out, const struct config *config);

#endif
