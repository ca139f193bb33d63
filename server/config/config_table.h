/*
 * The table of configuration keys, and the one function that turns a key's text into its value.
 * Internal to the configuration. Threads: any, on different configurations.
 */
#ifndef SERVER_CONFIG_CONFIG_TABLE_H
#define SERVER_CONFIG_CONFIG_TABLE_H

#include <stddef.h>

#include <digit/status.h>

#include "server/config/config.h"

enum config_type {
    CONFIG_ADDRESS, /* char [ADDRESS_TEXT_BYTES] */
    CONFIG_PATH,    /* char [CONFIG_PATH_BYTES] */
    CONFIG_SIZE,    /* size_t */
    CONFIG_BOOL,    /* bool */
    CONFIG_CHOICE,  /* size_t, index into choices */
};

struct config_key {
    const char *name; /* the file's key; flag and variable are made of it */
    enum config_type type;
    size_t offset; /* of the field in struct config */
    size_t min;    /* of a size, or of the bytes of a path */
    size_t max;    /* likewise, and of the indices of choices */
    const char *default_value;
    const char *help;           /* one line without a full stop */
    const char *const *choices; /* [max + 1] */
};

#define CONFIG_KEY_COUNT 15
extern const struct config_key config_table[CONFIG_KEY_COUNT];

/* Room for "--" or "DIGITD_", the longest key, and the NUL. */
#define CONFIG_NAME_BYTES 40

/* "max_body_bytes" to "--max-body-bytes". */
void config_flag_name(char out[CONFIG_NAME_BYTES], const char *key_name);

/* "max_body_bytes" to "DIGITD_MAX_BODY_BYTES". */
void config_variable_name(char out[CONFIG_NAME_BYTES], const char *key_name);

/*
 * Reads `text` as the value of `key`. `subject` begins the message: "--workers".
 * Errors: INVALID (type or range).
 */
DIGIT_MUST_CHECK enum digit_status config_set(struct config *config, const struct config_key *key,
                                              const char *text, const char *subject,
                                              struct digit_error *error);

/*
 * Reads the file at `path` into `config`: one JSON object, every key in the table, any left out.
 * Errors: as config_load's for a file.
 */
DIGIT_MUST_CHECK enum digit_status config_read_file(struct config *config, const char *path,
                                                    struct digit_error *error);

#endif
