/*
 * Members of JSON objects that are being written: each answers whether there was memory for it.
 * Threads: one object belongs to one thread.
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

/* Appends an empty object, which belongs to `array`; NULL without memory. */
cJSON *json_add_item(cJSON *array);

#endif
