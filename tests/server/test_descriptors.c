#include "server/descriptors.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/config/config.h"
#include "server/http/linger.h"
#include "tests/test.h"

#define WORKERS      2
#define CANNOT_LIMIT 100                /* the exit code if the system does not allow so many */
#define BESIDES      (24 + 6 * WORKERS) /* descriptors that are not for connections */
#define LINGER       ((WORKERS + 1) * LINGERING_MAX) /* that may be used besides */

/* Reserves in a process of its own, with `hard` as the limit; 0 if `check` holds. */
static int reserve(size_t max_connections, rlim_t hard,
                   int (*check)(enum digit_status status, const struct descriptors *out,
                                const struct digit_error *error))
{
    int code = 0;
    pid_t child = fork();
    if (child == 0) {
        const struct config config = {.max_connections = max_connections, .workers = WORKERS};
        const struct rlimit limit = {.rlim_cur = hard / 2, .rlim_max = hard};
        struct descriptors out = {.limit = 0};
        struct digit_error error;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            _exit(CANNOT_LIMIT);
        enum digit_status status = descriptors_reserve(&out, &config, &error);
        _exit(check(status, &out, &error));
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    return WEXITSTATUS(code);
}

static size_t soft_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

static int has_all(enum digit_status status, const struct descriptors *out,
                   const struct digit_error *error)
{
    (void)error;
    return status != DIGIT_OK || out->max_connections != 100 ||
           out->limit != 100 + BESIDES + LINGER || soft_limit() != out->limit;
}

static int has_just_enough(enum digit_status status, const struct descriptors *out,
                           const struct digit_error *error)
{
    (void)error;
    return status != DIGIT_OK || out->max_connections != 100 || out->limit != 100 + BESIDES ||
           soft_limit() != out->limit;
}

static int has_too_few(enum digit_status status, const struct descriptors *out,
                       const struct digit_error *error)
{
    (void)out;
    return status != DIGIT_LIMIT ||
           strstr(error->message, "max_connections is 100: with 2 workers that needs 136 file "
                                  "descriptors, and the process may have 135") == NULL;
}

static int has_what_fits(enum digit_status status, const struct descriptors *out,
                         const struct digit_error *error)
{
    (void)error;
    return status != DIGIT_OK || out->max_connections != 16 || out->limit != 16 + BESIDES;
}

static int has_too_few_for_any(enum digit_status status, const struct descriptors *out,
                               const struct digit_error *error)
{
    (void)out;
    (void)error;
    return status != DIGIT_LIMIT;
}

static int has_the_most(enum digit_status status, const struct descriptors *out,
                        const struct digit_error *error)
{
    (void)error;
    return status != DIGIT_OK || out->max_connections != CONFIG_CONNECTIONS_MAX ||
           out->limit != CONFIG_CONNECTIONS_MAX + BESIDES + LINGER;
}

TEST(the_soft_limit_becomes_what_the_configuration_needs)
{
    assert_int_equal(reserve(100, 1000, has_all), 0);
    assert_int_equal(reserve(100, 100 + BESIDES + LINGER, has_all), 0);
}

TEST(the_hard_limit_has_to_be_enough_for_the_connections)
{
    assert_int_equal(reserve(100, 100 + BESIDES, has_just_enough), 0);
    assert_int_equal(reserve(100, 100 + BESIDES - 1, has_too_few), 0);
}

TEST(without_a_number_there_are_as_many_as_fit)
{
    assert_int_equal(reserve(0, 16 + BESIDES, has_what_fits), 0);
    assert_int_equal(reserve(0, 16 + BESIDES - 1, has_too_few_for_any), 0);
    assert_int_equal(reserve(0, BESIDES / 2, has_too_few_for_any), 0);
    int code = reserve(0, 2000, has_the_most);
    if (code == CANNOT_LIMIT)
        skip();
    assert_int_equal(code, 0);
}

TEST(an_admin_listener_has_descriptors_of_its_own)
{
    static const struct config without = {.max_connections = 100, .workers = WORKERS};
    static const struct config with = {
        .max_connections = 100, .workers = WORKERS, .admin_listen = "unix:/run/admin.sock"};
    struct descriptors out, administered;
    assert_int_equal(descriptors_reserve(&out, &without, NULL), DIGIT_OK);
    assert_int_equal(descriptors_reserve(&administered, &with, NULL), DIGIT_OK);
    assert_int_equal(administered.max_connections, 100);
    assert_true(administered.limit >= out.limit + ADMIN_CONNECTIONS_MAX);
}

TEST_MAIN(cmocka_unit_test(an_admin_listener_has_descriptors_of_its_own),
          cmocka_unit_test(the_soft_limit_becomes_what_the_configuration_needs),
          cmocka_unit_test(the_hard_limit_has_to_be_enough_for_the_connections),
          cmocka_unit_test(without_a_number_there_are_as_many_as_fit))
