#include "trainer/cli/interrupt.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

/* The wait status of a child that catches signals and sends itself `first` and, unless 0,
 * `second`. */
static int end_after(int first, int second)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        interrupt_catch();
        raise(first);
        if (second != 0)
            raise(second);
        _exit(interrupt_exit_code(interrupt_signal()));
    }
    int wait_status = 0;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    return wait_status;
}

TEST(no_signal_is_recorded_at_first)
{
    interrupt_catch();
    assert_int_equal(interrupt_signal(), 0);
}

TEST(the_first_signal_is_recorded)
{
    int wait_status = end_after(SIGINT, 0);
    assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 130);
    wait_status = end_after(SIGTERM, 0);
    assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 143);
}

TEST(the_second_signal_of_a_kind_ends_the_program)
{
    int wait_status = end_after(SIGINT, SIGINT);
    assert_true(WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGINT);
}

TEST_MAIN(cmocka_unit_test(no_signal_is_recorded_at_first),
          cmocka_unit_test(the_first_signal_is_recorded),
          cmocka_unit_test(the_second_signal_of_a_kind_ends_the_program))
