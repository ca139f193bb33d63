#include "bench/timing.h"

#include <stdlib.h>
#include <time.h>

#define WARM_UP_RUNS 5
#define RUNS         15

double timing_now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double time_calls(void (*work)(void *argument), void *argument, size_t count)
{
    const double begin_s = timing_now_s();

    for (size_t i = 0; i < count; i++)
        work(argument);
    return timing_now_s() - begin_s;
}

/* Warms up and returns the number of calls per run. */
static size_t warm_up(void (*work)(void *argument), void *argument, double run_s)
{
    size_t count = 1;
    double spent_s = 0;
    double last_s = 0;

    while (spent_s < WARM_UP_RUNS * run_s || last_s < run_s) {
        last_s = time_calls(work, argument, count);
        spent_s += last_s;
        if (last_s < run_s)
            count *= 2;
    }
    return count;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

double timing_median_s(double *seconds, size_t count)
{
    qsort(seconds, count, sizeof seconds[0], compare_doubles);
    return seconds[count / 2];
}

struct timing timing_of(void (*work)(void *argument), void *argument, double run_s)
{
    const size_t count = warm_up(work, argument, run_s);
    double runs_s[RUNS];

    for (size_t i = 0; i < RUNS; i++)
        runs_s[i] = time_calls(work, argument, count) / (double)count;

    const double median_s = timing_median_s(runs_s, RUNS);

    return (struct timing){.best_s = runs_s[0], .median_s = median_s};
}
