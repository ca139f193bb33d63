/*
 * What a request to /predict will cost, before anything of it is decoded.
 * Threads: the worker's.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_COST_H
#define SERVER_ENDPOINTS_PREDICT_COST_H

#include "server/http/request.h"

/*
 * An estimate of the CPU time that endpoint_predict takes for the request, in milliseconds: reading
 * the body, decoding and preprocessing its pictures, the network, explanations. It uses the request's
 * predictor, so that pictures in JSON and forms are found by the parsers that will read them.
 */
double predict_cost_ms(const struct request *request);

#endif
