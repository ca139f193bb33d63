/*
 * A fixed team of threads that run one function at a time together.
 *
 *     team_run(team, work, &job);    every member calls work(&job, member, members)
 *
 * The caller is member 0. Results must not depend on the number of members: give each item of work
 * its own place and add places up in order.
 */
#ifndef TRAINER_TEAM_H
#define TRAINER_TEAM_H

#include <stddef.h>

#include <digit/status.h>

struct team;

typedef void team_function(void *job, size_t member, size_t members);

/* Makes a team of `members` (1 to 256) with the calling thread as member 0. Errors: NO_MEMORY, IO.
 */
DIGIT_MUST_CHECK enum digit_status team_create(struct team **out, size_t members,
                                               struct digit_error *error);

/* Ends the threads. NULL is taken. */
void team_destroy(struct team *team);

size_t team_members(const struct team *team);

/* Runs `function` in every member and returns when all are done. Only the creating thread calls it.
 */
void team_run(struct team *team, team_function *function, void *job);

/* Inside team_run: waits until every member has come here. */
void team_barrier(struct team *team);

/* What a member ran into; zeroed: nothing. */
struct team_failure {
    enum digit_status status;
    struct digit_error error;
};

/* After team_run: the failure of the first member that has one in failures [members], else OK. */
DIGIT_MUST_CHECK enum digit_status team_first_failure(const struct team_failure *failures,
                                                      size_t members, struct digit_error *error);

#endif
