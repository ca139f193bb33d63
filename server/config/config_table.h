/*
 * The table of configuration keys, and the one function that converts the text of a key to its
 * value. Internal to the configuration. Threads: any, on different configurations.
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
    const char *name; /* the key in the file; the names of flag and variable are derived from it */
    enum config_type type;
    size_t offset; /* of the field in struct config */
    size_t min;    /* smallest size, or least bytes of a path */
    size_t max;    /* largest size, most bytes of a path, or last index into choices */
    const char *default_value;
    const char *help;           /* one line without a full stop */
    const char *const *choices; /* [max + 1] */
};

#define CONFIG_KEY_COUNT 15
extern const struct config_key config_table[CONFIG_KEY_COUNT];

/* Enough for "--" or "DIGITD_", the longest key, and the NUL. */
#define CONFIG_NAME_BYTES 40

/* "max_body_bytes" to "--max-body-bytes". */
void config_flag_name(char out[CONFIG_NAME_BYTES], const char *key_name);

/* "max_body_bytes" to "DIGITD_MAX_BODY_BYTES". */
void config_variable_name(char out[CONFIG_NAME_BYTES], const char *key_name);

/*
 * Converts `text` to the value of `key`. `subject` begins the error message: "--workers".
 * Errors: INVALID (type or range).
 */
DIGIT_MUST_CHECK enum digit_status config_set(struct config *config, const struct config_key *key,
                                              const char *text, const char *subject,
                                              struct digit_error *error);

/*
 * Reads the file at `path`, one JSON object, into `config`. Every key must be in the table; keys
 * that are missing leave `config` as it is. Errors: those of config_load about the file.
 */
DIGIT_MUST_CHECK enum digit_status config_read_file(struct config *config, const char *path,
                                                    struct digit_error *error);

#endif
