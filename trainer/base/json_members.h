/*
 * Adds members to a cJSON object. Each function returns false (or NULL) if memory runs out or the
 * object is NULL. Threads: an object must be used by one thread at a time.
 */
#ifndef TRAINER_BASE_JSON_MEMBERS_H
#define TRAINER_BASE_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

bool json_add_count(cJSON *object, const char *key, size_t value);
bool json_add_number(cJSON *object, const char *key, double value);

/* `value` is copied. */
bool json_add_text(cJSON *object, const char *key, const char *value);

/* Appends an empty object and returns it; `array` owns it. NULL if memory runs out. */
cJSON *json_add_item(cJSON *array);

#endif
