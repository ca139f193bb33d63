#include "trainer/team.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * Members wait for the next generation of work; the caller starts one, works as member 0 and waits
 * until all are done. The barrier counts arrivals of its own in the same way.
 */
struct team {
    size_t members;
    size_t started; /* threads beside the caller's */
    pthread_t *threads;
    pthread_mutex_t mutex;
    pthread_cond_t begin;
    pthread_cond_t end;
    pthread_cond_t passed;
    size_t generation;
    size_t busy;
    size_t barrier_generation;
    size_t barrier_arrived;
    bool ending;
    team_function *function;
    void *job;
};

struct member {
    struct team *team;
    size_t index;
};

/* Waits for work that is newer than `seen`; false when the team ends. */
static bool await_work(struct team *team, size_t *seen)
{
    pthread_mutex_lock(&team->mutex);
    while (team->generation == *seen && !team->ending)
        pthread_cond_wait(&team->begin, &team->mutex);
    *seen = team->generation;
    bool ending = team->ending;
    pthread_mutex_unlock(&team->mutex);
    return !ending;
}

static void report_done(struct team *team)
{
    pthread_mutex_lock(&team->mutex);
    if (--team->busy == 0)
        pthread_cond_signal(&team->end);
    pthread_mutex_unlock(&team->mutex);
}

static void *member_main(void *argument)
{
    struct member member = *(struct member *)argument;
    free(argument);
    size_t seen = 0;
    while (await_work(member.team, &seen)) {
        member.team->function(member.team->job, member.index, member.team->members);
        report_done(member.team);
    }
    return NULL;
}

static bool start_member(struct team *team, size_t index)
{
    struct member *member = malloc(sizeof *member);
    if (member == NULL)
        return false;
    *member = (struct member){team, index};
    if (pthread_create(&team->threads[index - 1], NULL, member_main, member) != 0) {
        free(member);
        return false;
    }
    team->started++;
    return true;
}

enum digit_status team_create(struct team **out, size_t members, struct digit_error *error)
{
    *out = NULL;
    struct team *team = calloc(1, sizeof *team);
    pthread_t *threads = calloc(members, sizeof *threads);
    if (team == NULL || threads == NULL) {
        free(team);
        free(threads);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for %zu threads", members);
    }
    team->members = members;
    team->threads = threads;
    pthread_mutex_init(&team->mutex, NULL);
    pthread_cond_init(&team->begin, NULL);
    pthread_cond_init(&team->end, NULL);
    pthread_cond_init(&team->passed, NULL);
    for (size_t index = 1; index < members; index++)
        if (!start_member(team, index)) {
            team_destroy(team);
            return digit_fail(error, DIGIT_IO, "cannot start thread %zu of %zu", index + 1,
                              members);
        }
    *out = team;
    return DIGIT_OK;
}

void team_destroy(struct team *team)
{
    if (team == NULL)
        return;
    pthread_mutex_lock(&team->mutex);
    team->ending = true;
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->mutex);
    for (size_t i = 0; i < team->started; i++)
        pthread_join(team->threads[i], NULL);
    pthread_cond_destroy(&team->passed);
    pthread_cond_destroy(&team->end);
    pthread_cond_destroy(&team->begin);
    pthread_mutex_destroy(&team->mutex);
    free(team->threads);
    free(team);
}

size_t team_members(const struct team *team)
{
    return team->members;
}

void team_run(struct team *team, team_function *function, void *job)
{
    pthread_mutex_lock(&team->mutex);
    team->function = function;
    team->job = job;
    team->busy = team->members - 1;
    team->generation++;
    pthread_cond_broadcast(&team->begin);
    pthread_mutex_unlock(&team->mutex);

    function(job, 0, team->members);

    pthread_mutex_lock(&team->mutex);
    while (team->busy > 0)
        pthread_cond_wait(&team->end, &team->mutex);
    pthread_mutex_unlock(&team->mutex);
}

void team_barrier(struct team *team)
{
    pthread_mutex_lock(&team->mutex);
    size_t generation = team->barrier_generation;
    if (++team->barrier_arrived == team->members) {
        team->barrier_arrived = 0;
        team->barrier_generation++;
        pthread_cond_broadcast(&team->passed);
    }
    while (generation == team->barrier_generation)
        pthread_cond_wait(&team->passed, &team->mutex);
    pthread_mutex_unlock(&team->mutex);
}
