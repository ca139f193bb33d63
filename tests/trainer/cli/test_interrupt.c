#include "trainer/cli/interrupt.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* How a child ends that catches signals and sends itself these. */
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
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    return how;
}

static void nothing_is_noted_at_first(void **state)
{
    (void)state;
    interrupt_catch();
    assert_int_equal(interrupt_signal(), 0);
}

static void the_first_signal_is_noted(void **state)
{
    (void)state;
    int how = end_after(SIGINT, 0);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 130);
    how = end_after(SIGTERM, 0);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 143);
}

static void the_second_of_a_kind_ends_the_program(void **state)
{
    (void)state;
    int how = end_after(SIGINT, SIGINT);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_noted_at_first),
        cmocka_unit_test(the_first_signal_is_noted),
        cmocka_unit_test(the_second_of_a_kind_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
