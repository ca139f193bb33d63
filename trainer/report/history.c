#include "trainer/report/history.h"

double history_speed(const struct fit_epoch *epoch)
{
    return epoch->seconds > 0.0 ? (double)epoch->last.images / epoch->seconds : 0.0;
}

/* Duration of the epochs from index `first` on. */
static double seconds_from(const struct history *history, size_t first)
{
    double sum = 0.0;
    for (size_t i = first; i < history->count; i++)
        sum += history->epochs[i].seconds;
    return sum;
}

double history_elapsed_s(const struct history *history)
{
    return seconds_from(history, 0);
}

double history_ended_s(const struct history *history, size_t index)
{
    return history->ended_s - seconds_from(history, index + 1);
}
