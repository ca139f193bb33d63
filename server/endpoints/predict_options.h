/*
 * What the query of /predict asks for.
 *
 *     ?top_k=3       the three likeliest digits, in order (1 to 10)
 *     ?preview=1     the 28x28 pixels that the network saw, as a PNG
 *     ?explain=1     which of them spoke for the answer, as a PNG
 *     ?digits=many   all digits of a picture, from left to right; "one" is the default
 *
 * A flag is "1" or "0"; one without a value is on.
 * Threads: any.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_OPTIONS_H
#define SERVER_ENDPOINTS_PREDICT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <digit/status.h>

#include "server/http/problem.h"
#include "server/http/request.h"

struct predict_options {
    size_t top_k; /* 0: not asked for */
    bool preview;
    bool explain;
    bool many;
};

/* The names, NULL behind the last: the router refuses others. */
extern const char *const predict_parameters[];

/* Problems: INVALID_PARAMETER, which names the parameter, its value and what it may be. */
DIGIT_MUST_CHECK enum problem predict_options_read(struct predict_options *out,
                                                   const struct request *request,
                                                   struct fault *fault);

#endif
