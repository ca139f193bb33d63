/*
 * The table of routes: which endpoint answers which path and methods.
 */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include "server/http/router.h"

/* Ends with an entry whose path is NULL. */
extern const struct route server_routes[];

#endif
