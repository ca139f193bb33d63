#include "server/config/config_table.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/utf8.h"

#define FIELD(name) offsetof(struct config, name)

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* In the order of enum digit_precision. */
static const char *const precisions[] = {"auto", "f32", "int8"};

const char *const config_kernels_names[CONFIG_KERNELS] = {
    "auto", "portable", "neon", "avx2", "avxvnni", "avx512", "avx512vnni", "amx"};

const struct config_key config_table[CONFIG_KEY_COUNT] = {
    {"listen", CONFIG_ADDRESS, FIELD(listen), 0, 0, "127.0.0.1:8080",
     "IPv4:port or [IPv6]:port to listen on; port 0 picks a free port", NULL},
    {"model", CONFIG_PATH, FIELD(model), 1, CONFIG_PATH_BYTES - 1, "models/digits.safetensors",
     "safetensors file of the model", NULL},
    {"workers", CONFIG_SIZE, FIELD(workers), 0, 256, "0",
     "worker threads; 0 for one for each CPU that is granted", NULL},
    {"max_body_bytes", CONFIG_SIZE, FIELD(max_body_bytes), 1024, 67108864, "8388608",
     "maximum size of a request body", NULL},
    {"max_bodies_bytes", CONFIG_SIZE, FIELD(max_bodies_bytes), 1024, 17179869184, "67108864",
     "total memory for request bodies being received", NULL},
    {"max_instances", CONFIG_SIZE, FIELD(max_instances), 1, 4096, "256",
     "maximum number of digits in a request", NULL},
    {"max_image_side_px", CONFIG_SIZE, FIELD(max_image_side_px), 28, 65535, "4096",
     "maximum width and height of an encoded image", NULL},
    {"max_image_pixels", CONFIG_SIZE, FIELD(max_image_pixels), 784, 268435456, "12582912",
     "maximum total of width times height over the encoded images of a request", NULL},
    {"max_connections", CONFIG_SIZE, FIELD(max_connections), 1, 65535, "1000",
     "maximum number of open connections, distributed evenly over the workers", NULL},
    {"connection_timeout_s", CONFIG_SIZE, FIELD(connection_timeout_s), 1, 3600, "75",
     "seconds after which a silent connection is closed", NULL},
    {"drain_timeout_ms", CONFIG_SIZE, FIELD(drain_timeout_ms), 0, 300000, "8000",
     "milliseconds that requests in flight have to finish after SIGTERM", NULL},
    {"precision", CONFIG_CHOICE, FIELD(precision), 0, COUNT(precisions) - 1, "auto",
     "arithmetic of the network: auto, f32 or int8", precisions},
    {"kernels", CONFIG_CHOICE, FIELD(kernels), 0, COUNT(config_kernels_names) - 1, "auto",
     "instruction set for the network: auto, portable, neon, avx2, avxvnni, avx512, avx512vnni or "
     "amx",
     config_kernels_names},
    {"log_level", CONFIG_CHOICE, FIELD(log_level), 0, LOG_LEVELS - 1, "info",
     "lowest level that is logged: debug, info, warning or error", log_level_names},
    {"access_log", CONFIG_BOOL, FIELD(access_log), 0, 0, "true", "log one line for each request",
     NULL},
};

void config_flag_name(char out[CONFIG_NAME_BYTES], const char *key_name)
{
    snprintf(out, CONFIG_NAME_BYTES, "--%s", key_name);
    for (char *c = out; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
}

void config_variable_name(char out[CONFIG_NAME_BYTES], const char *key_name)
{
    snprintf(out, CONFIG_NAME_BYTES, "DIGITD_%s", key_name);
    for (char *c = out; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
}

/* The beginning of a value, safe to print in a message of one line. */
struct quoted {
    char text[48];
};

static struct quoted quote_value(const char *value)
{
    struct quoted quoted;
    int length = snprintf(quoted.text, sizeof quoted.text, "%s", value);
    for (char *c = quoted.text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    if (length >= (int)sizeof quoted.text)
        memcpy(quoted.text + sizeof quoted.text - 4, "...", 4);
    return quoted;
}

static enum digit_status set_address(char *field, const char *text, const char *subject,
                                     struct digit_error *error)
{
    struct address address;
    struct digit_error reason;
    if (address_parse(&address, text, &reason) != DIGIT_OK)
        return digit_fail(error, DIGIT_INVALID, "%s is \"%s\": %s", subject, quote_value(text).text,
                          reason.message);
    snprintf(field, ADDRESS_TEXT_BYTES, "%s", text);
    return DIGIT_OK;
}

/* A path that is not UTF-8 is refused: --print-config could not write it as JSON. */
static enum digit_status set_path(char *field, const struct config_key *key, const char *text,
                                  const char *subject, struct digit_error *error)
{
    size_t size_bytes = strlen(text);
    if (size_bytes < key->min || size_bytes > key->max)
        return digit_fail(error, DIGIT_INVALID, "%s is %zu bytes long, must be %zu to %zu", subject,
                          size_bytes, key->min, key->max);
    if (!utf8_is_valid((const uint8_t *)text, size_bytes))
        return digit_fail(error, DIGIT_INVALID, "%s must be UTF-8", subject);
    memcpy(field, text, size_bytes + 1);
    return DIGIT_OK;
}

static enum digit_status set_size(size_t *field, const struct config_key *key, const char *text,
                                  const char *subject, struct digit_error *error)
{
    bool is_number = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    if (!is_number)
        return digit_fail(error, DIGIT_INVALID, "%s is \"%s\", must be a whole number, %zu to %zu",
                          subject, quote_value(text).text, key->min, key->max);
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno != 0 || value < key->min || value > key->max)
        return digit_fail(error, DIGIT_INVALID, "%s is %s, must be %zu to %zu", subject,
                          quote_value(text).text, key->min, key->max);
    *field = (size_t)value;
    return DIGIT_OK;
}

static enum digit_status set_bool(bool *field, const char *text, const char *subject,
                                  struct digit_error *error)
{
    *field = strcmp(text, "true") == 0;
    if (!*field && strcmp(text, "false") != 0)
        return digit_fail(error, DIGIT_INVALID, "%s is \"%s\", must be true or false", subject,
                          quote_value(text).text);
    return DIGIT_OK;
}

/* "a, b or c" */
static void list_choices(char out[96], const struct config_key *key)
{
    size_t length = 0;
    for (size_t i = 0; i <= key->max; i++) {
        const char *before = i == 0 ? "" : i < key->max ? ", " : " or ";
        length += (size_t)snprintf(out + length, 96 - length, "%s%s", before, key->choices[i]);
    }
}

static enum digit_status set_choice(size_t *field, const struct config_key *key, const char *text,
                                    const char *subject, struct digit_error *error)
{
    for (size_t i = 0; i <= key->max; i++) {
        if (strcmp(text, key->choices[i]) == 0) {
            *field = i;
            return DIGIT_OK;
        }
    }
    char choices[96];
    list_choices(choices, key);
    return digit_fail(error, DIGIT_INVALID, "%s is \"%s\", must be %s", subject,
                      quote_value(text).text, choices);
}

enum digit_status config_set(struct config *config, const struct config_key *key, const char *text,
                             const char *subject, struct digit_error *error)
{
    void *field = (char *)config + key->offset;
    switch (key->type) {
    case CONFIG_ADDRESS:
        return set_address(field, text, subject, error);
    case CONFIG_PATH:
        return set_path(field, key, text, subject, error);
    case CONFIG_SIZE:
        return set_size(field, key, text, subject, error);
    case CONFIG_BOOL:
        return set_bool(field, text, subject, error);
    case CONFIG_CHOICE:
        return set_choice(field, key, text, subject, error);
    }
    return digit_fail(error, DIGIT_INVALID, "%s has no type", subject);
}
