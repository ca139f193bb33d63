/*
 * An evaluation as members of a JSON object that may have others.
 */
#ifndef TRAINER_REPORT_EVALUATION_JSON_H
#define TRAINER_REPORT_EVALUATION_JSON_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "trainer/report/evaluation_report.h"

/* Adds what evaluation_report_format_json prints to `json`. False if memory ran out. */
bool evaluation_report_add_json(cJSON *json, const struct evaluation_report *report);

#endif
