/*
 * An evaluation as members of a JSON object that may have others.
 */
#ifndef TRAINER_REPORT_JSON_H
#define TRAINER_REPORT_JSON_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "trainer/report.h"

/* Adds what report_format_json prints to `json`. False if memory ran out. */
bool report_add_json(cJSON *json, const struct report *report);

#endif
