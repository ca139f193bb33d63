#include "server/descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "server/config/config.h"
#include "server/http/linger.h"

/*
 * Standard streams, listening sockets, and files that are read for a moment: the model, the
 * configuration, /proc.
 */
#define FIXED 24

/* Each event loop: two epoll sets, two eventfds, both ends of a pipe. */
#define FOR_EACH_WORKER 6

/* With as few connections a server is not worth starting. */
#define CONNECTIONS_MIN 16

static size_t needed_besides(const struct config *config)
{
    size_t admin = config->admin_listen[0] != '\0' ? FOR_EACH_WORKER + ADMIN_CONNECTIONS_MAX : 0;
    return FIXED + config->workers * FOR_EACH_WORKER + admin;
}

/* Lingering sockets are duplicates, and most of the time there is none. */
static size_t lingering(const struct config *config)
{
    return (config->workers + 1) * LINGERING_MAX;
}

static enum digit_status fail_too_few(const struct config *config, size_t hard, size_t needed,
                                      struct digit_error *error)
{
    return digit_fail(
        error, DIGIT_LIMIT,
        "max_connections is %zu: with %zu workers that needs %zu file descriptors, and "
        "the process may have %zu; lower max_connections or raise the limit "
        "(ulimit -n, LimitNOFILE=, --ulimit nofile=)",
        config->max_connections, config->workers, needed, hard);
}

static enum digit_status choose_limits(struct descriptors *out, const struct config *config,
                                       size_t hard, struct digit_error *error)
{
    size_t besides = needed_besides(config);
    size_t possible = hard > besides ? hard - besides : 0;
    out->max_connections = config->max_connections;
    if (config->max_connections == 0)
        out->max_connections =
            possible < CONFIG_CONNECTIONS_MAX ? possible : CONFIG_CONNECTIONS_MAX;
    if (out->max_connections > possible || out->max_connections < 1 ||
        (config->max_connections == 0 && possible < CONNECTIONS_MIN))
        return fail_too_few(config, hard, out->max_connections + besides, error);
    size_t wanted = out->max_connections + besides + lingering(config);
    out->limit = wanted < hard ? wanted : hard;
    return DIGIT_OK;
}

enum digit_status descriptors_reserve(struct descriptors *out, const struct config *config,
                                      struct digit_error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return digit_fail(error, DIGIT_IO, "getrlimit: %s", strerror(errno));
    size_t hard = limit.rlim_max < SIZE_MAX / 2 ? (size_t)limit.rlim_max : SIZE_MAX / 2;
    enum digit_status status = choose_limits(out, config, hard, error);
    if (status != DIGIT_OK)
        return status;
    limit.rlim_cur = out->limit;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return digit_fail(error, DIGIT_IO, "setrlimit: %s", strerror(errno));
    return DIGIT_OK;
}
