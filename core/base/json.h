/*
 * Strict reading of small JSON documents (RFC 8259) that say what they are: configuration,
 * architectures, metadata. A document is one value, nothing after it, no key twice in an object.
 * `where` names the object in messages ("layer 3 (conv2d)", "config/digitd.json").
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
 * Errors: MALFORMED (syntax, trailing bytes, a key twice, \u0000 in a string, nesting beyond 16,
 * more than 512 keys in one object); a lack of memory counts as syntax.
 */
DIGIT_MUST_CHECK enum digit_status json_parse(cJSON **out, const char *text, size_t size_bytes,
                                              const char *where, struct digit_error *error);

/* Fails with INVALID unless `object` is an object whose keys all stand in keys[key_count]. */
DIGIT_MUST_CHECK enum digit_status json_check_keys(const cJSON *object, const char *const *keys,
                                                   size_t key_count, const char *where,
                                                   struct digit_error *error);

/*
 * A member of `object`, case-sensitive. Required: a missing key, a wrong type and a value outside
 * [min, max] are INVALID errors that name `where`, the key, the value and the range. A size is at
 * most 2^53, whatever `max` says.
 * Strings are borrowed from the document.
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

/* True if `object` has the key. */
bool json_has(const cJSON *object, const char *key);

#endif
