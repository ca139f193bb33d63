#include "trainer/cli/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t recorded;

static void record_signal(int signal)
{
    recorded = signal;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = record_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int interrupt_signal(void)
{
    return recorded;
}

int interrupt_exit_code(int signal)
{
    return 128 + signal;
}
