/*
 * digitd: reads the configuration, loads and tests the model, and starts the server. On SIGHUP it reads both
 * again. On SIGTERM or SIGINT it lets requests in flight finish and exits with 0. Any error before
 * it serves is one line on standard error and exit code 1.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <digit/build_info.h>
#include <digit/model.h>

#include "cli/options.h"
#include "core/base/cpus.h"
#include "server/config/config.h"
#include "server/format/text.h"
#include "server/healthcheck.h"
#include "server/http/event_loop.h"
#include "server/observe/log.h"
#include "server/server.h"
#include "server/settings.h"

#define HEALTHCHECK_TIMEOUT_MS 2000
#define MAX_PRINTED_BYTES      65536

/*
 * The command line and the environment, from which the configuration is read again at a reload, and
 * the CPUs that were granted at the start: a quota that changes later changes no thread.
 */
struct invocation {
    int argc;
    char **argv;
    size_t cpus;
};

/* The signals that main waits for, and what they mean. */
static const struct {
    const char *name;
    int number;
    enum { STOPS, RELOADS, IGNORED } effect;
} signals[] = {
    {"SIGTERM", SIGTERM, STOPS},   {"SIGINT", SIGINT, STOPS},     {"SIGHUP", SIGHUP, RELOADS},
    {"SIGUSR1", SIGUSR1, IGNORED}, {"SIGUSR2", SIGUSR2, IGNORED},
};
#define SIGNALS (sizeof signals / sizeof signals[0])

/* How long the log may take at the end, if nobody reads it. */
#define LOG_STOP_TIMEOUT_MS 200

/*
 * Opens each standard descriptor that is closed, for reading only. Otherwise a socket or a pipe that
 * is opened later would take its number and get the log's lines.
 */
static void fill_standard_descriptors(void)
{
    int opened = STDIN_FILENO;
    while (opened >= 0 && opened <= STDERR_FILENO)
        opened = open("/dev/null", O_RDONLY);
    if (opened >= 0)
        close(opened);
}

static void exit_at_once(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_FAILURE);
}

/*
 * Blocks the signals, in this thread and so in all threads that it makes; they are waited for. The
 * handler is for a second signal to stop: process 1 of a container does not get the default action
 * from the kernel.
 */
static void set_up_signals(sigset_t *waited_for)
{
    struct sigaction at_once = {.sa_handler = exit_at_once};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(waited_for);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(waited_for, signals[i].number);
    pthread_sigmask(SIG_BLOCK, waited_for, NULL);
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* From now on a signal to stop ends the process at once. */
static void let_signals_end(void)
{
    sigset_t stops;
    sigemptyset(&stops);
    for (size_t i = 0; i < SIGNALS; i++)
        if (signals[i].effect == STOPS)
            sigaddset(&stops, signals[i].number);
    pthread_sigmask(SIG_UNBLOCK, &stops, NULL);
}

/* Waits for one of the signals and returns its place in the table. */
static size_t wait_for_signal(const sigset_t *waited_for)
{
    int number = 0;
    size_t index = 0;
    while (sigwait(waited_for, &number) != 0)
        ;
    while (signals[index].number != number)
        index++;
    return index;
}

static void resolve_threads(struct config *config, size_t cpus)
{
    if (config->workers == 0)
        config->workers = cpus;
    if (config->picture_threads == 0)
        config->picture_threads = config->workers < CONFIG_PICTURE_THREADS_MAX
                                      ? config->workers
                                      : CONFIG_PICTURE_THREADS_MAX;
}

static enum digit_status read_config(void *cls, struct config *out, struct digit_error *error)
{
    const struct invocation *invocation = cls;
    enum config_action action;
    enum digit_status status =
        config_load(out, &action, invocation->argc, invocation->argv, environ, error);
    if (status == DIGIT_OK)
        resolve_threads(out, invocation->cpus);
    return status;
}

static void log_library_notice(void)
{
    const char *notice = event_loop_library_notice();
    if (notice != NULL)
        log_event(LOG_WARNING, notice,
                  LOG_FIELDS(log_text("libmicrohttpd", event_loop_library_version())));
}

static void log_admin_listening(const struct config *config, const struct server *server)
{
    struct address address;
    char host[ADDRESS_TEXT_BYTES] = "";
    if (config->admin_listen[0] == '\0')
        return;
    if (address_parse(&address, config->admin_listen, NULL) == DIGIT_OK)
        address_host(host, &address);
    log_event(LOG_INFO, "listening for administration",
              LOG_FIELDS(log_text("address", host), log_size("port", server_admin_port(server))));
}

static void log_listening(const struct settings *settings, const struct server *server)
{
    const struct config *config = &settings->config;
    const struct digit_model_info *model = digit_model_info(settings->model);
    struct address address;
    char host[ADDRESS_TEXT_BYTES] = "";
    if (address_parse(&address, config->listen, NULL) == DIGIT_OK)
        address_host(host, &address);
    log_event(LOG_INFO, "listening",
              LOG_FIELDS(log_text("address", host), log_size("port", server_port(server)),
                         log_size("workers", config->workers),
                         log_size("picture_threads", config->picture_threads),
                         log_size("max_connections", server_max_connections(server)),
                         log_text("model", model->name), log_text("model_version", model->version),
                         log_text("kernels", model->kernels),
                         log_text("precision", model->precision),
                         log_size("golden_digits", model->golden_count),
                         log_text("version", digit_build_version()),
                         log_text("revision", digit_build_revision()),
                         log_text("libmicrohttpd", event_loop_library_version())));
}

/* If it fails, the server goes on as before. */
static void reload(struct server *server)
{
    struct digit_error error;
    enum digit_status status = server_reload(server, &error);
    (void)status;
}

/* Acts on signals until one of them says to stop; returns its name. */
static const char *serve_until_stopped(struct server *server, const sigset_t *waited_for)
{
    for (;;) {
        size_t index = wait_for_signal(waited_for);
        switch (signals[index].effect) {
        case STOPS:
            return signals[index].name;
        case RELOADS:
            reload(server);
            break;
        case IGNORED:
            log_event(LOG_WARNING, "signal ignored",
                      LOG_FIELDS(log_text("signal", signals[index].name)));
            break;
        }
    }
}

/* If requests are cut off, threads may be busy with them: the process ends without them. */
static void drain_and_stop(struct server *server, const char *signal_name)
{
    let_signals_end();
    log_event(LOG_INFO, "draining", LOG_FIELDS(log_text("signal", signal_name)));
    if (!server_drain(server)) {
        log_stop(LOG_STOP_TIMEOUT_MS);
        _exit(EXIT_SUCCESS);
    }
    server_stop(server);
    log_event(LOG_INFO, "stopped", LOG_NO_FIELDS);
}

/* Takes over the settings. */
static enum digit_status serve(struct settings *settings, const struct server_reload *reload,
                               const sigset_t *waited_for, struct digit_error *error)
{
    struct server *server;
    enum digit_status status = server_start(&server, settings, reload, error);
    if (status != DIGIT_OK)
        return status;
    log_library_notice();
    const struct settings *in_force = server_hold_settings(server);
    log_admin_listening(&in_force->config, server);
    log_listening(in_force, server);
    server_release_settings(server);
    const char *signal_name = serve_until_stopped(server, waited_for);
    drain_and_stop(server, signal_name);
    return DIGIT_OK;
}

static enum digit_status load_and_serve(struct config *config, struct invocation *invocation,
                                        struct digit_error *error)
{
    const struct server_reload reload = {.read = read_config, .cls = invocation};
    struct settings *settings;
    sigset_t waited_for;
    set_up_signals(&waited_for);
    log_set_level((enum log_level)config->log_level);
    invocation->cpus = cpus_granted("/proc/self/cgroup", "/sys/fs/cgroup");
    resolve_threads(config, invocation->cpus);
    enum digit_status status = settings_create(&settings, config, error);
    if (status == DIGIT_OK)
        status = log_start(error);
    if (status == DIGIT_OK) {
        status = serve(settings, &reload, &waited_for, error);
        log_stop(LOG_STOP_TIMEOUT_MS);
    }
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
                                    struct invocation *invocation, struct digit_error *error)
{
    enum digit_status status;
    struct text text;
    text_init(&text, MAX_PRINTED_BYTES);
    switch (action) {
    case CONFIG_SERVE:
        return load_and_serve(config, invocation, error);
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
    struct invocation invocation = {.argc = argc, .argv = argv};
    fill_standard_descriptors();
    enum digit_status status = config_load(&config, &action, argc, argv, environ, &error);
    if (status == DIGIT_OK)
        status = run_action(action, &config, &invocation, &error);
    if (status != DIGIT_OK)
        fprintf(stderr, "digitd: %s\n", error.message);
    return status == DIGIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
