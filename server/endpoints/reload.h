/*
 * POST /admin/reload: reads configuration and model again, as SIGHUP does.
 * Threads: the admin listener's.
 */
#ifndef SERVER_ENDPOINTS_RELOAD_H
#define SERVER_ENDPOINTS_RELOAD_H

#include "server/http/reply.h"
#include "server/http/request.h"

/*
 * 200 with the model that is in force now, when every thread has changed to it. Problems:
 * RELOAD_FAILED, with the reason; the settings that were in force stay in force.
 */
void endpoint_reload(struct reply *out, const struct request *request);

#endif
