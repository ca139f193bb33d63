#include "trainer/augment/variants/rows.h"

#include "trainer/augment/topology.h"

#define SIDE DIGIT_SIDE_PX

static struct run measure_run(const float *row, size_t first, size_t end)
{
    struct run run = {first, end, 0.0f, 0.0f};
    size_t from = first > 0 ? first - 1 : 0, to = end < SIDE ? end + 1 : SIDE;
    float moment = 0.0f;
    for (size_t x = from; x < to; x++) {
        run.width_px += row[x];
        moment += row[x] * (float)x;
    }
    run.middle_px = moment / run.width_px;
    return run;
}

size_t row_runs(struct run out[ROW_MAX_RUNS], const float image[DIGIT_PIXELS], size_t y)
{
    const float *row = image + y * SIDE;
    size_t count = 0;
    for (size_t x = 0; x < SIDE; x++) {
        size_t first = x;
        while (x < SIDE && row[x] >= TOPOLOGY_MIN_STROKE)
            x++;
        if (x > first)
            out[count++] = measure_run(row, first, x);
    }
    return count;
}
