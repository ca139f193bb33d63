#include "server/http/lane.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/config/config.h"
#include "server/http/exchange.h"
#include "server/http/settings_offer.h"
#include "server/http/worker.h"
#include "server/observe/clock.h"
#include "server/observe/metrics.h"

#define NICENESS 10

/* A list that is taken from in the order in which it was added to. */
struct queue {
    struct exchange *first;
    struct exchange **end;
};

struct lane_thread {
    struct lane *lane;
    const struct settings *settings;
    struct predictor *predictor;
    struct metrics_shard *shard;
    struct settings_slot offered;
    pthread_t thread;
};

struct lane {
    pthread_mutex_t lock; /* for everything below but the threads */
    pthread_cond_t submitted;
    struct lane_limits limits;
    struct lane_load load;
    struct queue waiting;
    bool stopping;
    void (*wake)(void *cls, size_t worker);
    void *cls;
    struct lane_thread threads[CONFIG_PICTURE_THREADS_MAX];
    size_t thread_count;
    struct queue ready[]; /* of each worker */
};

static void init_queue(struct queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

static void add_to_queue(struct queue *queue, struct exchange *exchange)
{
    exchange->next = NULL;
    *queue->end = exchange;
    queue->end = &exchange->next;
}

static struct exchange *take_from_queue(struct queue *queue)
{
    struct exchange *exchange = queue->first;
    if (exchange == NULL)
        return NULL;
    queue->first = exchange->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    exchange->next = NULL;
    return exchange;
}

enum digit_status lane_create(struct lane **out, size_t workers, const struct lane_limits *limits,
                              void (*wake)(void *cls, size_t worker), void *cls,
                              struct digit_error *error)
{
    struct lane *lane = calloc(1, sizeof *lane + workers * sizeof *lane->ready);
    if (lane == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the queue of costly requests");
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->submitted, NULL);
    lane->limits = *limits;
    lane->wake = wake;
    lane->cls = cls;
    init_queue(&lane->waiting);
    for (size_t i = 0; i < workers; i++)
        init_queue(&lane->ready[i]);
    *out = lane;
    return DIGIT_OK;
}

static void take_offer(struct lane_thread *thread)
{
    struct settings_offer *offer = settings_slot_take(&thread->offered);
    if (offer == NULL)
        return;
    struct predictor *replaced = thread->predictor;
    thread->settings = offer->settings;
    thread->predictor = offer->predictor;
    settings_offer_accept(offer, replaced);
}

/* Waits for a request; NULL when the lane stops. Changes to settings that are offered meanwhile. */
static struct exchange *take_request(struct lane_thread *thread)
{
    struct lane *lane = thread->lane;
    struct exchange *exchange = NULL;
    pthread_mutex_lock(&lane->lock);
    take_offer(thread);
    while (!lane->stopping && lane->waiting.first == NULL) {
        pthread_cond_wait(&lane->submitted, &lane->lock);
        take_offer(thread);
    }
    if (!lane->stopping) {
        exchange = take_from_queue(&lane->waiting);
        lane->load.queued--;
        lane->load.running++;
    }
    pthread_mutex_unlock(&lane->lock);
    return exchange;
}

static void give_answer(struct lane *lane, struct exchange *exchange)
{
    size_t worker = exchange->request.worker->index;
    pthread_mutex_lock(&lane->lock);
    lane->load.running--;
    lane->load.work_ms -= exchange->cost_ms;
    if (lane->load.running + lane->load.queued == 0)
        lane->load.work_ms = 0;
    add_to_queue(&lane->ready[worker], exchange);
    pthread_mutex_unlock(&lane->lock);
    lane->wake(lane->cls, worker);
}

static void *answer_requests(void *argument)
{
    struct lane_thread *self = argument;
    struct exchange *exchange;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    while ((exchange = take_request(self)) != NULL) {
        exchange->request.settings = self->settings;
        exchange->request.predictor = self->predictor;
        exchange->request.shard = self->shard;
        double begun_s = clock_monotonic_s();
        metrics_observe_phase(self->shard, METRICS_PHASE_QUEUE, begun_s - exchange->submitted_s);
        if (!atomic_load(&exchange->abandoned))
            exchange->route->handler(&exchange->reply, &exchange->request);
        metrics_add_busy(self->shard, clock_monotonic_s() - begun_s);
        give_answer(self->lane, exchange);
    }
    return NULL;
}

enum digit_status lane_start_thread(struct lane *lane, const struct settings *settings,
                                    struct predictor *predictor, struct metrics_shard *shard,
                                    struct digit_error *error)
{
    struct lane_thread *thread = &lane->threads[lane->thread_count];
    if (lane->thread_count == CONFIG_PICTURE_THREADS_MAX)
        return digit_fail(error, DIGIT_IO, "more than %d picture threads",
                          CONFIG_PICTURE_THREADS_MAX);
    *thread = (struct lane_thread){
        .lane = lane, .settings = settings, .predictor = predictor, .shard = shard};
    int reason = pthread_create(&thread->thread, NULL, answer_requests, thread);
    if (reason != 0)
        return digit_fail(error, DIGIT_IO, "cannot start a thread: %s", strerror(reason));
    lane->thread_count++;
    return DIGIT_OK;
}

void lane_offer(struct lane *lane, size_t thread, struct settings_offer *offer)
{
    pthread_mutex_lock(&lane->lock);
    settings_slot_put(&lane->threads[thread].offered, offer);
    pthread_cond_broadcast(&lane->submitted);
    pthread_mutex_unlock(&lane->lock);
}

void lane_set_limits(struct lane *lane, const struct lane_limits *limits)
{
    pthread_mutex_lock(&lane->lock);
    lane->limits = *limits;
    pthread_mutex_unlock(&lane->lock);
}

static bool has_room(const struct lane *lane)
{
    return lane->load.queued < lane->limits.queued &&
           lane->load.work_ms < (double)lane->limits.work_ms;
}

bool lane_submit(struct lane *lane, struct exchange *exchange, double cost_ms)
{
    pthread_mutex_lock(&lane->lock);
    bool taken = has_room(lane) && !lane->stopping;
    if (taken) {
        exchange->cost_ms = cost_ms;
        exchange->submitted_s = clock_monotonic_s();
        lane->load.queued++;
        lane->load.work_ms += cost_ms;
        add_to_queue(&lane->waiting, exchange);
        pthread_cond_signal(&lane->submitted);
    }
    pthread_mutex_unlock(&lane->lock);
    return taken;
}

struct exchange *lane_collect(struct lane *lane, size_t worker)
{
    pthread_mutex_lock(&lane->lock);
    struct exchange *exchange = take_from_queue(&lane->ready[worker]);
    pthread_mutex_unlock(&lane->lock);
    return exchange;
}

struct lane_load lane_load(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    struct lane_load load = lane->load;
    pthread_mutex_unlock(&lane->lock);
    return load;
}

/* No thread runs any more: the workers get back what nobody will answer. */
static void give_back_waiting(struct lane *lane)
{
    struct exchange *exchange;
    pthread_mutex_lock(&lane->lock);
    while ((exchange = take_from_queue(&lane->waiting)) != NULL) {
        reply_problem(&exchange->reply, PROBLEM_NOT_READY, "the server has stopped");
        add_to_queue(&lane->ready[exchange->request.worker->index], exchange);
    }
    lane->load = (struct lane_load){.queued = 0};
    pthread_mutex_unlock(&lane->lock);
}

void lane_stop(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->stopping = true;
    pthread_cond_broadcast(&lane->submitted);
    pthread_mutex_unlock(&lane->lock);
    for (size_t i = 0; i < lane->thread_count; i++)
        pthread_join(lane->threads[i].thread, NULL);
    lane->thread_count = 0;
    give_back_waiting(lane);
}

void lane_destroy(struct lane *lane)
{
    if (lane == NULL)
        return;
    pthread_mutex_destroy(&lane->lock);
    pthread_cond_destroy(&lane->submitted);
    free(lane);
}
