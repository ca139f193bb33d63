#include "trainer/cli/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t noted;

static void note(int signal)
{
    noted = signal;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int interrupt_signal(void)
{
    return noted;
}

int interrupt_exit_code(int signal)
{
    return 128 + signal;
}
