#include "trainer/team.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MAX_MEMBERS 8
#define ROUNDS      500
#define STAGES      20

static struct digit_error error;

static struct team *make_team(size_t members)
{
    struct team *team = NULL;
    if (team_create(&team, members, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    assert_int_equal(team_members(team), members);
    return team;
}

/* Plain, not atomic: a team that ran a member twice, or returned early, would race for them. */
struct counting {
    size_t calls[MAX_MEMBERS];
    size_t members[MAX_MEMBERS];
};

static void count_call(void *job, size_t member, size_t members)
{
    struct counting *counting = job;
    counting->calls[member]++;
    counting->members[member] = members;
}

static void every_member_is_called_once_in_each_of_many_rounds(void **state)
{
    (void)state;
    for (size_t members = 1; members <= MAX_MEMBERS; members++) {
        struct team *team = make_team(members);
        struct counting counting = {{0}, {0}};
        for (size_t round = 1; round <= ROUNDS; round++) {
            team_run(team, count_call, &counting);
            for (size_t i = 0; i < members; i++)
                assert_int_equal(counting.calls[i], round);
        }
        for (size_t i = 0; i < members; i++)
            assert_int_equal(counting.members[i], members);
        for (size_t i = members; i < MAX_MEMBERS; i++)
            assert_int_equal(counting.calls[i], 0);
        team_destroy(team);
    }
}

static void take_other_job(void *job, size_t member, size_t members)
{
    (void)members;
    ((size_t *)job)[member] = member + 1;
}

static void rounds_may_run_different_functions(void **state)
{
    (void)state;
    struct team *team = make_team(3);
    struct counting counting = {{0}, {0}};
    size_t places[3] = {0};
    for (size_t round = 0; round < ROUNDS; round++) {
        memset(places, 0, sizeof places);
        team_run(team, count_call, &counting);
        team_run(team, take_other_job, places);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(places[i], i + 1);
            assert_int_equal(counting.calls[i], round + 1);
        }
    }
    team_destroy(team);
}

/*
 * In each stage a member writes its place and, past the barrier, reads all others; the second
 * barrier keeps a fast member from writing the next stage while a slow one reads this one.
 */
struct stages {
    struct team *team;
    size_t places[MAX_MEMBERS];
    atomic_size_t mistakes;
};

static void pass_stages(void *job, size_t member, size_t members)
{
    struct stages *stages = job;
    for (size_t stage = 1; stage <= STAGES; stage++) {
        stages->places[member] = stage;
        team_barrier(stages->team);
        for (size_t i = 0; i < members; i++)
            if (stages->places[i] != stage)
                stages->mistakes++;
        team_barrier(stages->team);
    }
}

static void nobody_passes_a_barrier_before_all_have_come(void **state)
{
    (void)state;
    for (size_t members = 1; members <= MAX_MEMBERS; members++) {
        struct stages stages = {.team = make_team(members)};
        for (size_t round = 0; round < 10; round++)
            team_run(stages.team, pass_stages, &stages);
        assert_int_equal(stages.mistakes, 0);
        team_destroy(stages.team);
    }
}

static void a_team_that_never_ran_can_be_destroyed(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        team_destroy(make_team(MAX_MEMBERS));
    team_destroy(NULL);
}

static void the_first_member_that_failed_is_reported(void **state)
{
    (void)state;
    struct team_failure failures[4] = {0};
    assert_int_equal(team_first_failure(failures, 4, &error), DIGIT_OK);
    failures[1].status = digit_fail(&failures[1].error, DIGIT_LIMIT, "second");
    failures[3].status = digit_fail(&failures[3].error, DIGIT_IO, "fourth");
    assert_int_equal(team_first_failure(failures, 4, &error), DIGIT_LIMIT);
    assert_string_equal(error.message, "second");
    assert_int_equal(team_first_failure(failures, 1, &error), DIGIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_called_once_in_each_of_many_rounds),
        cmocka_unit_test(rounds_may_run_different_functions),
        cmocka_unit_test(nobody_passes_a_barrier_before_all_have_come),
        cmocka_unit_test(a_team_that_never_ran_can_be_destroyed),
        cmocka_unit_test(the_first_member_that_failed_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
