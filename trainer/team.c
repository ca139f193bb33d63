#include "trainer/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* How often a waiting thread looks before it sleeps: some tens of microseconds. */
#define LOOKS 4000

/*
 * Members wait for the next generation of work; the caller starts one, works as member 0 and waits
 * until all are done. The barrier counts arrivals of its own in the same way. Who waits looks at a
 * counter for a while, because work is mostly near, and then sleeps; who moves the counter wakes the
 * sleepers.
 */
struct team {
    size_t members;
    size_t started; /* threads beside the caller's */
    pthread_t *threads;
    pthread_mutex_t mutex;
    pthread_cond_t moved; /* any of the counters */
    atomic_size_t generation;
    atomic_size_t done; /* members of all generations */
    atomic_size_t arrived;
    atomic_size_t barriers;
    bool ending;
    team_function *function;
    void *job;
};

struct member {
    struct team *team;
    size_t index;
};

static void look_again(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Returns when the counter is no longer `seen`. */
static void await_change(struct team *team, atomic_size_t *counter, size_t seen)
{
    for (int i = 0; i < LOOKS; i++) {
        if (atomic_load(counter) != seen)
            return;
        look_again();
    }
    pthread_mutex_lock(&team->mutex);
    while (atomic_load(counter) == seen)
        pthread_cond_wait(&team->moved, &team->mutex);
    pthread_mutex_unlock(&team->mutex);
}

/* Moves a counter and wakes whoever sleeps for it. */
static void move_counter(struct team *team, atomic_size_t *counter)
{
    pthread_mutex_lock(&team->mutex);
    atomic_fetch_add(counter, 1);
    pthread_cond_broadcast(&team->moved);
    pthread_mutex_unlock(&team->mutex);
}

static void *member_main(void *argument)
{
    struct member member = *(struct member *)argument;
    struct team *team = member.team;
    free(argument);
    for (size_t seen = 0;; seen++) {
        await_change(team, &team->generation, seen);
        if (team->ending)
            return NULL;
        team->function(team->job, member.index, team->members);
        move_counter(team, &team->done);
    }
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
    pthread_cond_init(&team->moved, NULL);
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
    team->ending = true;
    move_counter(team, &team->generation);
    for (size_t i = 0; i < team->started; i++)
        pthread_join(team->threads[i], NULL);
    pthread_cond_destroy(&team->moved);
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
    size_t all_done = atomic_load(&team->done) + team->members - 1;
    team->function = function;
    team->job = job;
    move_counter(team, &team->generation);
    function(job, 0, team->members);
    for (size_t done; (done = atomic_load(&team->done)) != all_done;)
        await_change(team, &team->done, done);
}

void team_barrier(struct team *team)
{
    size_t barriers = atomic_load(&team->barriers);
    if (atomic_fetch_add(&team->arrived, 1) + 1 < team->members) {
        await_change(team, &team->barriers, barriers);
        return;
    }
    atomic_store(&team->arrived, 0);
    move_counter(team, &team->barriers);
}

enum digit_status team_first_failure(const struct team_failure *failures, size_t members,
                                     struct digit_error *error)
{
    for (size_t i = 0; i < members; i++)
        if (failures[i].status != DIGIT_OK)
            return digit_fail(error, failures[i].status, "%s", failures[i].error.message);
    return DIGIT_OK;
}
