/*
 * The table of routes: which endpoint answers which path and methods.
 */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include "server/http/router.h"

/* Each ends with an entry whose path is NULL. */
extern const struct route server_routes[]; /* of the only listener */
extern const struct route public_routes[]; /* of the first of two */
extern const struct route admin_routes[];  /* of the admin listener */

#endif
