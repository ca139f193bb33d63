/*
 * The options in the query of /predict.
 *
 *     ?top_k=3       add the three likeliest digits, in order (1 to 10)
 *     ?preview=1     add the 28x28 pixels that the network saw, as a PNG
 *     ?explain=1     add an occlusion heat map (PNG): which pixels support the answer
 *     ?digits=many   recognise the numbers of a picture, line by line; the default is "one" digit
 *     ?digits=5      the same, if the picture has exactly so many digits (1 to DIGIT_EXACT_MAX)
 *
 * A flag is "1" or "0"; a flag without a value is on.
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
    size_t top_k; /* 0 if the query does not have it */
    bool preview;
    bool explain;
    bool many;    /* numbers */
    size_t exact; /* how many digits they have; 0: unknown */
};

/* The names of the options; NULL ends the list. The router refuses any other parameter. */
extern const char *const predict_parameters[];

/*
 * Problems: INVALID_PARAMETER; the detail names the parameter, its value and the allowed values. All of
 * `out` is set then, too.
 */
DIGIT_MUST_CHECK enum problem predict_options_read(struct predict_options *out,
                                                   const struct request *request,
                                                   struct fault *fault);

#endif
