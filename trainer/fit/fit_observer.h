/*
 * How a training reports its progress to the program that runs it.
 */
#ifndef TRAINER_FIT_FIT_OBSERVER_H
#define TRAINER_FIT_FIT_OBSERVER_H

#include <stdbool.h>

#include <digit/status.h>

#include "trainer/fit/fit_epoch.h"
#include "trainer/fit/fit_state.h"

struct fit_observer {
    void *user;
    bool (*on_step)(void *user, const struct fit_step *step); /* false interrupts the training */
    void (*on_epoch)(void *user, const struct fit_epoch *epoch);
    /* Called after on_epoch to save the state. If it fails, the training fails with its error. May
     * be NULL. */
    enum digit_status (*on_state)(void *user, const struct fit_state *state,
                                  struct digit_error *error);
};

#endif
