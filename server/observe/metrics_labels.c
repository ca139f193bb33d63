#include "server/observe/metrics_labels.h"

#define X(name, value, ...) value,
const char *const metrics_handler_names[METRICS_HANDLERS] = {METRICS_HANDLER_TABLE(X)};
#undef X

#define X(name, value) value,
const char *const metrics_phase_names[METRICS_PHASES] = {METRICS_PHASE_TABLE(X)};
const char *const metrics_rejection_names[METRICS_REJECTIONS] = {METRICS_REJECTION_TABLE(X)};
const char *const metrics_timeout_names[METRICS_TIMEOUTS] = {METRICS_TIMEOUT_TABLE(X)};
const char *const metrics_abort_names[METRICS_ABORTS] = {METRICS_ABORT_TABLE(X)};
const char *const metrics_format_names[METRICS_FORMATS] = {METRICS_FORMAT_TABLE(X)};
const char *const metrics_role_names[METRICS_ROLES] = {METRICS_ROLE_TABLE(X)};
const char *const metrics_result_names[METRICS_RESULTS] = {METRICS_RESULT_TABLE(X)};
#undef X
