/*
 * Strict reading of small JSON documents (RFC 8259): configuration, architectures, metadata. A document is
 * exactly one value, and no object has the same key twice. `where` names the object in messages ("layer 3
 * (conv2d)", "config/digitd.json").
 * Threads: any, on different documents.
 */
#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include <digit/status.h>

/*
 * Parses text [size_bytes]; the caller frees *out with cJSON_Delete.
 * Errors: MALFORMED (syntax, bytes after the value, a key given twice, \u0000 in a string, more than 16
 * levels of nesting, more than 512 keys in one object; also if memory runs out).
 */
DIGIT_MUST_CHECK enum digit_status json_parse(cJSON **out, const char *text, size_t size_bytes,
                                              const char *where, struct digit_error *error);

/* INVALID unless `object` is an object and each of its keys is one of keys[key_count]. */
DIGIT_MUST_CHECK enum digit_status json_check_keys(const cJSON *object, const char *const *keys,
                                                   size_t key_count, const char *where,
                                                   struct digit_error *error);

/*
 * Gets a required member of `object`; keys are case-sensitive. A missing key, a wrong type and a value
 * outside [min, max] are INVALID; the message names `where`, the key, the value and the range. A size is at
 * most 2^53, even if `max` is larger. Strings are borrowed from the document.
 */
DIGIT_MUST_CHECK enum digit_status json_get_string(const char **out, const cJSON *object,
                                                   const char *key, const char *where,
                                                   struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status json_get_size(size_t *out, const cJSON *object, const char *key,
                                                 size_t min, size_t max, const char *where,
                                                 struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status json_get_number(double *out, const cJSON *object,
                                                   const char *key, double min, double max,
                                                   const char *where, struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status json_get_bool(bool *out, const cJSON *object, const char *key,
                                                 const char *where, struct digit_error *error);

/* Whether `object` has the key. */
bool json_has(const cJSON *object, const char *key);

#endif
