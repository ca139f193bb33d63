#include "trainer/net/schedule.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

struct schedule schedule_make(enum schedule_kind kind, double peak, size_t steps)
{
    return (struct schedule){.kind = kind,
                             .peak = peak,
                             .steps = steps,
                             .rising_share = 0.3,
                             .initial_divisor = 25.0,
                             .final_divisor = 1e4};
}

/* Half a cosine wave: `from` at progress 0, `to` at progress 1. */
static double anneal(double from, double to, double progress)
{
    return to + (from - to) / 2.0 * (1.0 + cos(PI * progress));
}

double schedule_rate(const struct schedule *schedule, size_t step)
{
    double peak = schedule->peak;
    if (schedule->kind == SCHEDULE_CONSTANT)
        return peak;
    double initial = peak / schedule->initial_divisor;
    double final = initial / schedule->final_divisor;
    /* As in PyTorch, the first and the last step have the initial and the final rate; the peak may
     * lie between two steps. */
    double at = (double)step;
    double last = (double)schedule->steps - 1.0;
    double top = schedule->rising_share * (double)schedule->steps - 1.0;
    if (top > 0.0 && at <= top)
        return anneal(initial, peak, at / top);
    return anneal(peak, final, (at - top) / (last - top));
}
