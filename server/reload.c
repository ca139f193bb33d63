#include <stdlib.h>

#include "server/endpoints/predictor.h"
#include "server/http/event_loop.h"
#include "server/http/lane.h"
#include "server/http/settings_offer.h"
#include "server/observe/log.h"
#include "server/server.h"
#include "server/server_state.h"
#include "server/settings.h"

/* New settings, and a predictor and an offer for each thread that answers /predict. */
struct change {
    struct settings *settings;
    struct settings_offer *offers; /* [thread_count]: workers, then picture threads */
    size_t thread_count;
    size_t predictor_count;
};

static enum digit_status read_settings(struct settings **out, const struct server *server,
                                       struct digit_error *error)
{
    struct config config;
    enum digit_status status = server->reload.read(server->reload.cls, &config, error);
    if (status != DIGIT_OK)
        return status;
    const char *key = config_changed_at_start(&server->settings->config, &config);
    if (key != NULL)
        return digit_fail(error, DIGIT_INVALID, "%s has changed, which takes a restart", key);
    return settings_create(out, &config, error);
}

static enum digit_status make_offer(struct change *change, struct digit_error *error)
{
    struct predictor *predictor;
    const struct settings *settings = change->settings;
    enum digit_status status =
        predictor_create(&predictor, &settings->config, settings->model, error);
    if (status == DIGIT_OK)
        settings_offer_init(&change->offers[change->predictor_count++], settings, predictor);
    return status;
}

static enum digit_status prepare(struct change *out, const struct server *server,
                                 struct digit_error *error)
{
    enum digit_status status = read_settings(&out->settings, server, error);
    if (status != DIGIT_OK)
        return status;
    out->thread_count = server->worker_count + server->picture_threads;
    out->offers = calloc(out->thread_count, sizeof *out->offers);
    if (out->offers == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for a reload");
    while (status == DIGIT_OK && out->predictor_count < out->thread_count)
        status = make_offer(out, error);
    return status;
}

/* Nobody has been offered anything. */
static void abandon(struct change *change)
{
    for (size_t i = 0; i < change->predictor_count; i++)
        predictor_destroy(change->offers[i].predictor);
    free(change->offers);
    settings_destroy(change->settings);
}

static void offer_all(struct server *server, struct change *change)
{
    for (size_t i = 0; i < server->worker_count; i++) {
        settings_slot_put(&server->workers[i].offered, &change->offers[i]);
        event_loop_wake(server->workers[i].event_loop);
    }
    for (size_t i = 0; i < server->picture_threads; i++)
        lane_offer(server->service.lane, i, &change->offers[server->worker_count + i]);
}

static void collect_replaced(struct server *server, struct change *change)
{
    for (size_t i = 0; i < change->thread_count; i++) {
        predictor_destroy(settings_offer_wait(&change->offers[i]));
        if (i >= server->worker_count)
            server->predictors[i - server->worker_count] = change->offers[i].predictor;
    }
}

/* The admin's worker, which has no predictor. If it is not this thread, it has to be waited for. */
static void change_admin(struct server *server, const struct settings *settings)
{
    struct worker *admin = &server->workers[server->worker_count];
    struct settings_offer offer;
    if (server->admin_acceptor == NULL)
        return;
    if (event_loop_is_own_thread(admin->event_loop)) {
        worker_use_settings(admin, settings, NULL);
        return;
    }
    settings_offer_init(&offer, settings, NULL);
    settings_slot_put(&admin->offered, &offer);
    event_loop_wake(admin->event_loop);
    settings_offer_wait(&offer);
}

static void change_to(struct server *server, struct change *change)
{
    const struct config *config = &change->settings->config;
    struct settings *replaced = server->settings;
    offer_all(server, change);
    collect_replaced(server, change);
    change_admin(server, change->settings);
    server_use_limits(server, config);
    log_set_level((enum log_level)config->log_level);
    pthread_mutex_lock(&server->settings_lock);
    server->settings = change->settings;
    pthread_mutex_unlock(&server->settings_lock);
    settings_destroy(replaced);
    free(change->offers);
}

/* Under the lock, so that none begins after the server has waited for the last one. */
static enum digit_status reload_locked(struct server *server, struct digit_error *error)
{
    struct change change = {.settings = NULL};
    if (atomic_load(&server->service.draining))
        return digit_fail(error, DIGIT_IO, "the server is stopping");
    enum digit_status status = prepare(&change, server, error);
    if (status == DIGIT_OK)
        change_to(server, &change);
    else
        abandon(&change);
    reload_record_note(&server->service.reloads, status == DIGIT_OK ? NULL : error->message);
    return status;
}

static void log_reload(const struct server *server, enum digit_status status,
                       const struct digit_error *error)
{
    const struct digit_model_info *model = digit_model_info(server->settings->model);
    if (status == DIGIT_OK)
        log_event(LOG_INFO, "reloaded",
                  LOG_FIELDS(log_text("model", model->name),
                             log_text("model_version", model->version),
                             log_text("precision", model->precision)));
    else
        log_event(LOG_ERROR, "reload failed, the settings in force stay",
                  LOG_FIELDS(log_text("reason", error->message)));
}

/* The caller has taken the lock. */
static enum digit_status reload_and_unlock(struct server *server, struct digit_error *error)
{
    enum digit_status status = reload_locked(server, error);
    log_reload(server, status, error);
    pthread_mutex_unlock(&server->reloading);
    return status;
}

enum digit_status server_reload(struct server *server, struct digit_error *error)
{
    pthread_mutex_lock(&server->reloading);
    return reload_and_unlock(server, error);
}

enum digit_status server_try_reload(struct server *server, struct digit_error *error)
{
    if (pthread_mutex_trylock(&server->reloading) == 0)
        return reload_and_unlock(server, error);
    log_event(LOG_WARNING, "reload refused",
              LOG_FIELDS(log_text("reason", "another reload is running")));
    return digit_fail(error, DIGIT_IO, "another reload is running");
}
