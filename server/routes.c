#include "server/routes.h"

#include "server/endpoints/health.h"
#include "server/endpoints/metrics.h"
#include "server/endpoints/openapi.h"
#include "server/endpoints/predict.h"
#include "server/endpoints/predict_cost.h"
#include "server/endpoints/predict_options.h"
#include "server/endpoints/reload.h"

#define READ  (1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS), "GET, HEAD, OPTIONS"
#define WRITE (1u << HTTP_POST | 1u << HTTP_OPTIONS), "POST, OPTIONS"

static const char *const none[] = {NULL};
static const char *const verbose[] = {"verbose", NULL};

#define PREDICT                                                                                    \
    {                                                                                              \
        "/predict", METRICS_PREDICT, WRITE, predict_parameters, endpoint_predict, predict_cost_ms  \
    }
#define HEALTH                                                                                     \
    {                                                                                              \
        "/health", METRICS_HEALTH, READ, none, endpoint_health, NULL                               \
    }
#define LIVEZ                                                                                      \
    {                                                                                              \
        "/livez", METRICS_LIVEZ, READ, verbose, endpoint_livez, NULL                               \
    }
#define READYZ                                                                                     \
    {                                                                                              \
        "/readyz", METRICS_READYZ, READ, verbose, endpoint_readyz, NULL                            \
    }
#define METRICS                                                                                    \
    {                                                                                              \
        "/metrics", METRICS_METRICS, READ, none, endpoint_metrics, NULL                            \
    }
#define OPENAPI                                                                                    \
    {                                                                                              \
        "/openapi.yaml", METRICS_OPENAPI, READ, none, endpoint_openapi, NULL                       \
    }
#define RELOAD                                                                                     \
    {                                                                                              \
        "/admin/reload", METRICS_RELOAD, WRITE, none, endpoint_reload, NULL                        \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, METRICS_OTHER, 0, NULL, none, NULL, NULL                                             \
    }

const struct route server_routes[] = {PREDICT, HEALTH, LIVEZ, READYZ, METRICS, OPENAPI, END};

const struct route public_routes[] = {PREDICT, LIVEZ, READYZ, OPENAPI, END};

const struct route admin_routes[] = {HEALTH, LIVEZ, READYZ, METRICS, RELOAD, END};
