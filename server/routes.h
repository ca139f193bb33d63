/*
 * Which endpoint answers which path and method: one table.
 */
#ifndef SERVER_ROUTES_H
#define SERVER_ROUTES_H

#include "server/http/router.h"

/* Ends with an entry whose path is NULL. */
extern const struct route server_routes[];

#endif
