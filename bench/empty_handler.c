/*
 * digitd-empty-handler: the minimum that libmicrohttpd does for a request, to compare digitd with.
 *
 *     digitd-empty-handler BYTES        prints "port N", serves until SIGTERM or SIGINT
 *
 * One thread on 127.0.0.1, with the flags that digitd uses. It receives and discards the body of every
 * request and answers 200 with BYTES bytes of type application/json.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#define ANSWER_BYTES_MAX 65536

static enum MHD_Result handle_request(void *argument, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *body, size_t *body_bytes, void **request)
{
    struct MHD_Response *answer = argument;

    (void)path;
    (void)method;
    (void)version;
    (void)body;
    if (*request == NULL) {
        *request = answer;
        return MHD_YES;
    }
    if (*body_bytes > 0) {
        *body_bytes = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, answer);
}

static struct MHD_Response *make_answer(size_t size_bytes)
{
    static char text[ANSWER_BYTES_MAX];
    struct MHD_Response *answer;

    memset(text, ' ', size_bytes);
    answer = MHD_create_response_from_buffer(size_bytes, text, MHD_RESPMEM_PERSISTENT);
    if (answer == NULL || MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE,
                                                  "application/json") != MHD_YES)
        return NULL;
    return answer;
}

static struct MHD_Daemon *start(struct MHD_Response *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0,
                            NULL, NULL, handle_request, answer, MHD_OPTION_SOCK_ADDR, &address,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024,
                            MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                            MHD_OPTION_END);
}

/* The length of the answer, or 0 for a usage error. */
static size_t parse_bytes(int argc, char **argv)
{
    char *end = NULL;
    const unsigned long bytes = argc == 2 ? strtoul(argv[1], &end, 10) : 0;

    return bytes > ANSWER_BYTES_MAX || end == NULL || *end != '\0' ? 0 : bytes;
}

int main(int argc, char **argv)
{
    const size_t size_bytes = parse_bytes(argc, argv);
    sigset_t stopping;
    int stopped_by;

    if (size_bytes == 0) {
        fprintf(stderr, "usage: digitd-empty-handler BYTES (1 to %d)\n", ANSWER_BYTES_MAX);
        return 2;
    }
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    sigprocmask(SIG_BLOCK, &stopping, NULL);
    signal(SIGPIPE, SIG_IGN);

    struct MHD_Response *answer = make_answer(size_bytes);
    struct MHD_Daemon *daemon = answer == NULL ? NULL : start(answer);

    if (daemon == NULL) {
        fputs("digitd-empty-handler: cannot start libmicrohttpd\n", stderr);
        return 1;
    }
    printf("port %" PRIu16 "\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&stopping, &stopped_by);
    MHD_stop_daemon(daemon);
    MHD_destroy_response(answer);
    return 0;
}
