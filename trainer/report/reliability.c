#include "trainer/report/reliability.h"

#include <math.h>

#include "trainer/report/axis.h"
#include "trainer/report/svg.h"

#define WIDTH_PX   460.0
#define HEIGHT_PX  432.0
#define LEFT_PX    62.0
#define RIGHT_PX   444.0
#define PERFECT_PX 16.0 /* y of bins without an error, above the plot */
#define TOP_PX     44.0
#define BOTTOM_PX  388.0
#define HIGHEST    0.9999 /* the axes end here, even if bins lie above */
#define MIN_HIGH   0.99
#define DOT_PX     4.0

/* Across: mean confidence; up: accuracy. Both have the same range. */
struct plot {
    struct axis across;
    struct axis up;
};

static struct plot make_plot(const struct calibration *calibration)
{
    double low = 0.9, high = MIN_HIGH;
    for (size_t i = 0; i < calibration->bin_count; i++) {
        const struct calibration_bin *bin = &calibration->bins[i];
        low = fmin(low, fmin(bin->confidence, calibration_bin_accuracy(bin)));
        high = fmax(high, fmin(bin->confidence, HIGHEST));
        if (bin->correct < bin->count)
            high = fmax(high, fmin(calibration_bin_accuracy(bin), HIGHEST));
    }
    return (struct plot){axis_make(AXIS_NINES, low, high, LEFT_PX, RIGHT_PX),
                         axis_make(AXIS_NINES, low, high, BOTTOM_PX, TOP_PX)};
}

static void add_axes(struct buffer *out, const struct plot *plot)
{
    double ticks[AXIS_TICKS_MAX];
    size_t count = axis_ticks(ticks, &plot->up);
    for (size_t i = 0; i < count; i++) {
        double x = axis_place(&plot->across, ticks[i]), y = axis_place(&plot->up, ticks[i]);
        const char *style = i == 0 ? "rule" : "grid";
        svg_line(out, style, LEFT_PX, y, RIGHT_PX, y);
        svg_line(out, style, x, TOP_PX, x, BOTTOM_PX);
        svg_text_begin(out, "muted small", SVG_END, LEFT_PX - 8.0, y + 4.0);
        buffer_print(out, "%.6g %%", 100.0 * ticks[i]);
        svg_text_finish(out);
        svg_text_begin(out, "muted small", SVG_MIDDLE, x, BOTTOM_PX + 18.0);
        buffer_print(out, "%.6g", 100.0 * ticks[i]);
        svg_text_finish(out);
    }
    svg_text(out, "muted small", SVG_MIDDLE, (LEFT_PX + RIGHT_PX) / 2.0, BOTTOM_PX + 37.0,
             "mean confidence in %");
    svg_line(out, "mark", LEFT_PX, BOTTOM_PX, RIGHT_PX, TOP_PX);
    svg_line(out, "grid", LEFT_PX, PERFECT_PX, RIGHT_PX, PERFECT_PX);
    svg_text(out, "muted small", SVG_END, LEFT_PX - 8.0, PERFECT_PX + 4.0, "100 %");
}

/* Accuracies of 1, which a logarithmic axis cannot show, have a line of their own. */
static double place_up(const struct plot *plot, double share)
{
    return share >= 1.0 ? PERFECT_PX : axis_place(&plot->up, share);
}

static void add_bin(struct buffer *out, const struct plot *plot, const struct calibration_bin *bin)
{
    struct interval interval = wilson_interval(bin->correct, bin->count);
    double accuracy = calibration_bin_accuracy(bin);
    double x = axis_place(&plot->across, bin->confidence);
    svg_line(out, "whisker", x, place_up(plot, interval.low), x, place_up(plot, interval.high));
    buffer_print(out, "<circle class=\"dot-a\" r=\"%g\" cx=\"%.1f\" cy=\"%.1f\"><title>", DOT_PX, x,
                 place_up(plot, accuracy));
    buffer_print(out, "%zu images, confidence %.2f %%, accuracy %.2f %% (%.2f to %.2f %%)",
                 bin->count, 100.0 * bin->confidence, 100.0 * accuracy, 100.0 * interval.low,
                 100.0 * interval.high);
    buffer_text(out, "</title></circle>\n");
}

void reliability_add(struct buffer *out, const struct calibration *calibration)
{
    const struct plot plot = make_plot(calibration);
    const struct svg_frame frame = {
        .id = "reliability",
        .title = "Reliability diagram",
        .description = "Accuracy against mean confidence, in bins of equally many images. The file "
                       "metrics.json contains the same figures.",
        .width_px = WIDTH_PX,
        .height_px = HEIGHT_PX,
    };
    svg_begin(out, &frame);
    add_axes(out, &plot);
    for (size_t i = 0; i < calibration->bin_count; i++)
        add_bin(out, &plot, &calibration->bins[i]);
    svg_finish(out);
}
