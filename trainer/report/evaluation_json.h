/*
 * An evaluation report as members of a JSON object that may have other members, too.
 */
#ifndef TRAINER_REPORT_EVALUATION_JSON_H
#define TRAINER_REPORT_EVALUATION_JSON_H

#include <stdbool.h>

#include <cjson/cJSON.h>

struct evaluation_report;

/* Adds the members that evaluation_report_format_json prints. Returns false if memory ran out.
 * Threads: any, on different objects. */
bool evaluation_report_add_json(cJSON *json, const struct evaluation_report *report);

#endif
