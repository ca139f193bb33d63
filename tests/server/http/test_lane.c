#include "server/http/lane.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "server/http/exchange.h"
#include "server/http/settings_offer.h"
#include "server/observe/metrics.h"
#include "tests/support/http_worker.h"
#include "tests/test.h"

#define WORKERS   2
#define EXCHANGES 8
#define SUBMITTED 2000

/* The handlers of these tests post `begun` and wait for `go` on the service's reload_cls. */
struct gate {
    sem_t begun, go;
    atomic_size_t answered;
};

struct fixture {
    struct http_worker own;
    struct worker workers[WORKERS];
    struct gate gate;
    struct lane *lane;
    struct route route;
    struct exchange exchanges[EXCHANGES];
    sem_t woken[WORKERS];
};

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0)
        ;
}

static void answer_at_once(struct reply *out, const struct request *request)
{
    struct gate *gate = request->service->reload_cls;
    text_append(&out->body, "done");
    reply_json(out, 200);
    atomic_fetch_add(&gate->answered, 1);
}

static void answer_when_told(struct reply *out, const struct request *request)
{
    struct gate *gate = request->service->reload_cls;
    sem_post(&gate->begun);
    wait_for(&gate->go);
    answer_at_once(out, request);
}

static void wake(void *cls, size_t worker)
{
    struct fixture *fixture = cls;
    sem_post(&fixture->woken[worker]);
}

static void init_exchange(struct fixture *fixture, struct exchange *exchange, size_t worker)
{
    exchange->request.worker = &fixture->workers[worker];
    exchange->request.service = &fixture->own.service;
    exchange->route = &fixture->route;
    reply_init(&exchange->reply, "id");
}

static void start(struct fixture *fixture, size_t threads,
                  void (*handler)(struct reply *out, const struct request *request))
{
    const struct lane_limits limits = {.queued = 3, .work_ms = 100};
    memset(fixture, 0, sizeof *fixture);
    http_worker_init(&fixture->own);
    fixture->own.service.reload_cls = &fixture->gate;
    fixture->route.handler = handler;
    sem_init(&fixture->gate.begun, 0, 0);
    sem_init(&fixture->gate.go, 0, 0);
    assert_int_equal(lane_create(&fixture->lane, WORKERS, &limits, wake, fixture, NULL), DIGIT_OK);
    for (size_t i = 0; i < WORKERS; i++) {
        fixture->workers[i].index = i;
        sem_init(&fixture->woken[i], 0, 0);
    }
    for (size_t i = 0; i < EXCHANGES; i++)
        init_exchange(fixture, &fixture->exchanges[i], i % WORKERS);
    for (size_t i = 0; i < threads; i++)
        assert_int_equal(
            lane_start_thread(fixture->lane, &fixture->own.settings, NULL,
                              metrics_shard(fixture->own.service.metrics, METRICS_ROLE_PICTURE, i),
                              NULL),
            DIGIT_OK);
}

static void stop(struct fixture *fixture)
{
    lane_stop(fixture->lane);
    lane_destroy(fixture->lane);
    for (size_t i = 0; i < EXCHANGES; i++)
        reply_release(&fixture->exchanges[i].reply);
    http_worker_release(&fixture->own);
}

static bool submit(struct fixture *fixture, size_t i, double cost_ms)
{
    return lane_submit(fixture->lane, &fixture->exchanges[i], cost_ms);
}

static void assert_load(struct fixture *fixture, size_t queued, size_t running, double work_ms)
{
    struct lane_load load = lane_load(fixture->lane);
    assert_int_equal(load.queued, queued);
    assert_int_equal(load.running, running);
    assert_true(load.work_ms == work_ms);
}

/* The exchange that the worker was woken for. */
static struct exchange *collect(struct fixture *fixture, size_t worker)
{
    wait_for(&fixture->woken[worker]);
    return lane_collect(fixture->lane, worker);
}

TEST(a_request_is_answered_and_given_back_to_its_worker)
{
    struct fixture fixture;
    start(&fixture, 1, answer_at_once);
    assert_null(lane_collect(fixture.lane, 0));
    assert_true(submit(&fixture, 1, 10));
    struct exchange *exchange = collect(&fixture, 1);
    assert_ptr_equal(exchange, &fixture.exchanges[1]);
    assert_int_equal(exchange->reply.status, 200);
    assert_ptr_equal(exchange->request.settings, &fixture.own.settings);
    assert_ptr_equal(exchange->request.shard,
                     metrics_shard(fixture.own.service.metrics, METRICS_ROLE_PICTURE, 0));
    assert_null(exchange->next);
    assert_null(lane_collect(fixture.lane, 0));
    assert_null(lane_collect(fixture.lane, 1));
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
    lane_destroy(NULL);
}

TEST(requests_are_answered_in_their_order)
{
    struct fixture fixture;
    start(&fixture, 1, answer_when_told);
    for (size_t i = 0; i < 3; i++)
        assert_true(submit(&fixture, 2 * i, 1));
    for (size_t i = 0; i < 3; i++) {
        sem_post(&fixture.gate.go);
        assert_ptr_equal(collect(&fixture, 0), &fixture.exchanges[2 * i]);
    }
    stop(&fixture);
}

/* 3 may wait; the one that runs does not count. */
TEST(so_many_requests_may_wait)
{
    struct fixture fixture;
    start(&fixture, 1, answer_when_told);
    assert_true(submit(&fixture, 0, 1));
    wait_for(&fixture.gate.begun);
    assert_load(&fixture, 0, 1, 1);
    for (size_t i = 1; i < 4; i++)
        assert_true(submit(&fixture, i, 1));
    assert_false(submit(&fixture, 4, 1));
    assert_load(&fixture, 3, 1, 4);
    sem_post(&fixture.gate.go);
    wait_for(&fixture.gate.begun);
    assert_load(&fixture, 2, 1, 3);
    assert_true(submit(&fixture, 4, 1));
    assert_false(submit(&fixture, 5, 1));
    for (size_t i = 0; i < 4; i++)
        sem_post(&fixture.gate.go);
    for (size_t i = 0; i < 5; i++)
        assert_non_null(collect(&fixture, i % WORKERS));
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
}

/* 100 ms: what runs counts; an empty lane takes anything. */
TEST(so_much_work_may_wait_or_run)
{
    struct fixture fixture;
    start(&fixture, 1, answer_when_told);
    assert_true(submit(&fixture, 0, 1e9));
    wait_for(&fixture.gate.begun);
    assert_false(submit(&fixture, 1, 1));
    sem_post(&fixture.gate.go);
    assert_non_null(collect(&fixture, 0));
    assert_load(&fixture, 0, 0, 0);
    assert_true(submit(&fixture, 0, 99.5));
    wait_for(&fixture.gate.begun);
    assert_true(submit(&fixture, 1, 0.5));
    assert_load(&fixture, 1, 1, 100);
    assert_false(submit(&fixture, 2, 0.1));
    const struct lane_limits more = {.queued = 3, .work_ms = 101};
    lane_set_limits(fixture.lane, &more);
    assert_true(submit(&fixture, 2, 0.1));
    for (size_t i = 0; i < 3; i++)
        sem_post(&fixture.gate.go);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(collect(&fixture, i % WORKERS));
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
}

TEST(an_abandoned_request_is_given_back_without_an_answer)
{
    struct fixture fixture;
    start(&fixture, 1, answer_when_told);
    assert_true(submit(&fixture, 0, 1));
    wait_for(&fixture.gate.begun);
    assert_true(submit(&fixture, 1, 1));
    atomic_store(&fixture.exchanges[1].abandoned, true);
    sem_post(&fixture.gate.go);
    assert_ptr_equal(collect(&fixture, 0), &fixture.exchanges[0]);
    assert_ptr_equal(collect(&fixture, 1), &fixture.exchanges[1]);
    assert_int_equal(atomic_load(&fixture.gate.answered), 1);
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
}

TEST(a_stopped_lane_finishes_what_runs_and_gives_back_what_waits)
{
    struct fixture fixture;
    start(&fixture, 1, answer_when_told);
    for (size_t i = 0; i < 3; i++)
        assert_true(submit(&fixture, i, 1));
    wait_for(&fixture.gate.begun);
    sem_post(&fixture.gate.go);
    lane_stop(fixture.lane);
    assert_false(submit(&fixture, 3, 1));
    size_t finished = atomic_load(&fixture.gate.answered);
    assert_in_range(finished, 1, 3);
    for (size_t i = 0; i < 3; i++) {
        struct exchange *exchange = lane_collect(fixture.lane, i % WORKERS);
        assert_ptr_equal(exchange, &fixture.exchanges[i]);
        assert_int_equal(exchange->reply.status, i < finished ? 200 : 503);
        assert_int_equal(exchange->reply.problem, i < finished ? PROBLEM_NONE : PROBLEM_NOT_READY);
    }
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
}

TEST(an_idle_thread_takes_new_settings)
{
    static int old, new;
    struct settings other = {.model = NULL};
    struct fixture fixture;
    struct settings_offer offer;
    start(&fixture, 0, answer_at_once);
    struct metrics_shard *shard =
        metrics_shard(fixture.own.service.metrics, METRICS_ROLE_PICTURE, 0);
    assert_int_equal(lane_start_thread(fixture.lane, &fixture.own.settings,
                                       (struct predictor *)&old, shard, NULL),
                     DIGIT_OK);
    settings_offer_init(&offer, &other, (struct predictor *)&new);
    lane_offer(fixture.lane, 0, &offer);
    assert_ptr_equal(settings_offer_wait(&offer), &old);
    assert_true(submit(&fixture, 0, 1));
    struct exchange *exchange = collect(&fixture, 0);
    assert_ptr_equal(exchange->request.settings, &other);
    assert_ptr_equal(exchange->request.predictor, &new);
    stop(&fixture);
}

/* The request that runs keeps what it began with. */
TEST(a_busy_thread_takes_new_settings_after_its_request)
{
    struct settings other = {.model = NULL};
    struct fixture fixture;
    struct settings_offer offer;
    start(&fixture, 1, answer_when_told);
    assert_true(submit(&fixture, 0, 1));
    wait_for(&fixture.gate.begun);
    settings_offer_init(&offer, &other, NULL);
    lane_offer(fixture.lane, 0, &offer);
    assert_int_equal(sem_trywait(&offer.accepted), -1);
    assert_true(submit(&fixture, 1, 1));
    sem_post(&fixture.gate.go);
    assert_null(settings_offer_wait(&offer));
    sem_post(&fixture.gate.go);
    assert_ptr_equal(collect(&fixture, 0)->request.settings, &fixture.own.settings);
    assert_ptr_equal(collect(&fixture, 1)->request.settings, &other);
    stop(&fixture);
}

/* A worker: submits its exchanges as they come back, until enough have been answered. */
static void *keep_submitting(void *argument)
{
    struct worker *worker = argument;
    struct fixture *fixture = worker->service->reload_cls;
    struct exchange *idle[EXCHANGES / WORKERS];
    size_t idle_count = 0, answered = 0;
    for (size_t i = worker->index; i < EXCHANGES; i += WORKERS)
        idle[idle_count++] = &fixture->exchanges[i];
    while (answered < SUBMITTED) {
        while (idle_count > 0 && lane_submit(fixture->lane, idle[idle_count - 1], 0.1))
            idle_count--;
        if (idle_count < EXCHANGES / WORKERS)
            wait_for(&fixture->woken[worker->index]);
        struct exchange *exchange;
        while ((exchange = lane_collect(fixture->lane, worker->index)) != NULL) {
            answered += exchange->reply.status == 200;
            idle[idle_count++] = exchange;
        }
    }
    while (idle_count < EXCHANGES / WORKERS)
        idle_count += lane_collect(fixture->lane, worker->index) != NULL;
    return NULL;
}

static void answer_plainly(struct reply *out, const struct request *request)
{
    (void)request;
    reply_init(out, "id");
    reply_json(out, 200);
}

TEST(workers_and_threads_work_at_once)
{
    struct fixture fixture;
    pthread_t threads[WORKERS];
    struct service service = {.reload_cls = &fixture};
    start(&fixture, 1, answer_plainly);
    for (size_t i = 0; i < WORKERS; i++)
        fixture.workers[i].service = &service;
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, keep_submitting, &fixture.workers[i]),
                         0);
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    assert_load(&fixture, 0, 0, 0);
    stop(&fixture);
}

TEST_MAIN(cmocka_unit_test(a_request_is_answered_and_given_back_to_its_worker),
          cmocka_unit_test(requests_are_answered_in_their_order),
          cmocka_unit_test(so_many_requests_may_wait),
          cmocka_unit_test(so_much_work_may_wait_or_run),
          cmocka_unit_test(an_abandoned_request_is_given_back_without_an_answer),
          cmocka_unit_test(a_stopped_lane_finishes_what_runs_and_gives_back_what_waits),
          cmocka_unit_test(an_idle_thread_takes_new_settings),
          cmocka_unit_test(a_busy_thread_takes_new_settings_after_its_request),
          cmocka_unit_test(workers_and_threads_work_at_once))
