#include "server/routes.h"

#include "server/endpoints/health.h"
#include "server/endpoints/metrics.h"
#include "server/endpoints/openapi.h"
#include "server/endpoints/predict.h"
#include "server/endpoints/predict_options.h"

#define READ  (1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_OPTIONS), "GET, HEAD, OPTIONS"
#define WRITE (1u << HTTP_POST | 1u << HTTP_OPTIONS), "POST, OPTIONS"

static const char *const none[] = {NULL};
static const char *const verbose[] = {"verbose", NULL};

const struct route server_routes[] = {
    {"/predict", METRICS_PREDICT, WRITE, predict_parameters, endpoint_predict},
    {"/health", METRICS_HEALTH, READ, none, endpoint_health},
    {"/livez", METRICS_LIVEZ, READ, verbose, endpoint_livez},
    {"/readyz", METRICS_READYZ, READ, verbose, endpoint_readyz},
    {"/metrics", METRICS_METRICS, READ, none, endpoint_metrics},
    {"/openapi.yaml", METRICS_OPENAPI, READ, none, endpoint_openapi},
    {NULL, METRICS_OTHER, 0, NULL, none, NULL},
};
