/*
 * digitd: reads the configuration, loads and tests the model, and starts the server. On SIGTERM or
 * SIGINT it lets requests in flight finish and exits with 0. Any error before that is one line on
 * standard error and exit code 1.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <digit/build_info.h>
#include <digit/model.h>
#include <digit/self_test.h>

#include "cli/options.h"
#include "core/base/cpus.h"
#include "server/config/config.h"
#include "server/format/text.h"
#include "server/healthcheck.h"
#include "server/http/event_loop.h"
#include "server/http/service.h"
#include "server/observe/clock.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/routes.h"
#include "server/server.h"

#define HEALTHCHECK_TIMEOUT_MS 2000
#define MAX_PRINTED_BYTES      65536

static void exit_at_once(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_FAILURE);
}

/*
 * Blocks SIGTERM and SIGINT, in this thread and so in all threads that it makes; wait_for_stop
 * waits for them. The handler is for a second signal: process 1 of a container does not get the
 * default action from the kernel.
 */
static void set_up_signals(sigset_t *stop_signals)
{
    struct sigaction at_once = {.sa_handler = exit_at_once};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(stop_signals);
    sigaddset(stop_signals, SIGTERM);
    sigaddset(stop_signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, stop_signals, NULL);
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* Waits for a signal and returns its number. The next signal ends the process. */
static int wait_for_stop(const sigset_t *stop_signals)
{
    int signal_number = 0;
    sigwait(stop_signals, &signal_number);
    pthread_sigmask(SIG_UNBLOCK, stop_signals, NULL);
    return signal_number;
}

/* A model that does not answer as it did when its file was written must not serve. */
static enum digit_status self_test(const struct digit_model *model, const char *path,
                                   struct digit_error *error)
{
    struct digit_error reason;
    enum digit_status status = digit_model_self_test(model, &reason);
    if (status != DIGIT_OK)
        return digit_fail(error, status, "%s: self-test: %s", path, reason.message);
    if (digit_model_info(model)->golden_count == 0)
        log_event(LOG_WARNING, "the model file carries no golden digits",
                  LOG_FIELDS(log_text("path", path)));
    return DIGIT_OK;
}

static void resolve_worker_count(struct config *config)
{
    if (config->workers == 0)
        config->workers = cpus_granted("/proc/self/cgroup", "/sys/fs/cgroup");
}

static void log_listening(const struct service *service, const struct server *server)
{
    const struct digit_model_info *model = digit_model_info(service->model);
    struct address address;
    char host[INET6_ADDRSTRLEN] = "";
    if (address_parse(&address, service->config->listen, NULL) == DIGIT_OK)
        address_host(host, &address);
    log_event(LOG_INFO, "listening",
              LOG_FIELDS(log_text("address", host), log_size("port", server_port(server)),
                         log_size("workers", service->config->workers),
                         log_text("model", model->name), log_text("model_version", model->version),
                         log_text("kernels", model->kernels),
                         log_text("precision", model->precision),
                         log_size("golden_digits", model->golden_count),
                         log_text("version", digit_build_version()),
                         log_text("revision", digit_build_revision())));
}

static void wait_and_drain(const struct service *service, struct server *server,
                           const sigset_t *stop_signals)
{
    int signal_number = wait_for_stop(stop_signals);
    log_event(LOG_INFO, "draining",
              LOG_FIELDS(log_text("signal", signal_number == SIGINT ? "SIGINT" : "SIGTERM")));
    if (server_drain_and_stop(server))
        log_event(LOG_INFO, "stopped", LOG_NO_FIELDS);
    else
        log_event(LOG_WARNING, "stopped with requests cut off",
                  LOG_FIELDS(log_size("drain_timeout_ms", service->config->drain_timeout_ms)));
}

static enum digit_status serve_model(const struct config *config, const struct digit_model *model,
                                     const sigset_t *stop_signals, struct digit_error *error)
{
    struct service service = {.config = config,
                              .model = model,
                              .routes = server_routes,
                              .bodies.limit_bytes = config->max_bodies_bytes,
                              .started_at_s = clock_monotonic_s()};
    struct server *server;
    enum digit_status status = metrics_create(
        &service.metrics, config->workers, config->max_connections, digit_model_info(model), error);
    if (status == DIGIT_OK)
        status = server_start(&server, &service, config->workers, error);
    if (status == DIGIT_OK) {
        log_listening(&service, server);
        wait_and_drain(&service, server, stop_signals);
    }
    metrics_destroy(service.metrics);
    return status;
}

static enum digit_status load_model(struct digit_model **out, const struct config *config,
                                    struct digit_error *error)
{
    const struct digit_model_options options = {
        .precision = (enum digit_precision)config->precision,
        .kernels = config->kernels > 0 ? config_kernels_names[config->kernels] : NULL,
    };
    return digit_model_load(out, config->model, &options, error);
}

static enum digit_status load_and_serve(struct config *config, struct digit_error *error)
{
    struct digit_model *model = NULL;
    sigset_t stop_signals;
    set_up_signals(&stop_signals);
    log_set_level((enum log_level)config->log_level);

    resolve_worker_count(config);
    enum digit_status status = load_model(&model, config, error);
    if (status == DIGIT_OK)
        status = self_test(model, config->model, error);
    if (status == DIGIT_OK)
        status = serve_model(config, model, &stop_signals, error);
    digit_model_destroy(model);
    return status;
}

static enum digit_status print_text(const struct text *text, struct digit_error *error)
{
    if (text_failed(text))
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the text to print");
    if (fputs(text_chars(text), stdout) == EOF || fflush(stdout) == EOF || ferror(stdout) != 0)
        return digit_fail(error, DIGIT_IO, "cannot write to standard output");
    return DIGIT_OK;
}

static void write_version(struct text *out)
{
    text_format(out, "digitd %s (%s)\n%s\nlibmicrohttpd %s\n", digit_build_version(),
                digit_build_revision(), digit_build_compiler(), event_loop_library_version());
}

static enum digit_status run_action(enum config_action action, struct config *config,
                                    struct digit_error *error)
{
    enum digit_status status;
    struct text text;
    text_init(&text, MAX_PRINTED_BYTES);
    switch (action) {
    case CONFIG_SERVE:
        return load_and_serve(config, error);
    case CONFIG_HEALTH_CHECK:
        return healthcheck(config->listen, HEALTHCHECK_TIMEOUT_MS, error);
    case CONFIG_HELP:
        options_print_help(stdout, &config_options);
        break;
    case CONFIG_VERSION:
        write_version(&text);
        break;
    case CONFIG_PRINT:
        config_print(&text, config);
        break;
    case CONFIG_CHECK:
        text_append(&text, "the configuration is valid\n");
        break;
    }
    status = print_text(&text, error);
    text_release(&text);
    return status;
}

int main(int argc, char **argv)
{
    static struct config config;
    struct digit_error error;
    enum config_action action;
    enum digit_status status = config_load(&config, &action, argc, argv, environ, &error);
    if (status == DIGIT_OK)
        status = run_action(action, &config, &error);
    if (status != DIGIT_OK)
        fprintf(stderr, "digitd: %s\n", error.message);
    return status == DIGIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
