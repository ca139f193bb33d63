/*
 * Which model has answered, as answers say it.
 * Threads: any, on different texts.
 */
#ifndef SERVER_ENDPOINTS_MODEL_NAME_H
#define SERVER_ENDPOINTS_MODEL_NAME_H

#include <digit/model.h>

#include "server/format/text.h"

/* Appends {"name":"digits","version":"0123456789ab"}. */
void model_name_write(struct text *out, const struct digit_model_info *model);

#endif
