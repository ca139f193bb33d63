#include "trainer/report/chart.h"

#include <math.h>
#include <stdio.h>

#include "trainer/report/markup.h"
#include "trainer/report/svg.h"

#define WIDTH_PX     460.0
#define HEIGHT_PX    272.0
#define LEFT_PX      58.0
#define RIGHT_PX     446.0
#define TOP_PX       40.0
#define BOTTOM_PX    226.0
#define KEY_Y_PX     20.0
#define DOT_PX       2.6
#define SMALL_DOT_PX 1.4
#define CROWD        60 /* with more points than this, dots are small */

/* One for each series: training (dashed), then validation. */
static const struct style {
    const char *line;
    const char *dot;
    const char *key;
} STYLES[CHART_SERIES_MAX] = {{"line line-a", "dot-a", "key-a"}, {"line line-b", "dot-b", "key-b"}};

/* For a single series. */
static const struct style ONLY_STYLE = {"line line-only", "dot-a", "key-a"};

/* The chart and its two axes. */
struct plot {
    const struct chart *chart;
    struct axis across;
    struct axis up;
};

static const struct style *style_of(const struct chart *chart, size_t series)
{
    return chart->series_count == 1 ? &ONLY_STYLE : &STYLES[series];
}

void chart_range(double *low, double *high, const struct chart *chart)
{
    *low = *high = NAN;
    for (size_t i = 0; i < chart->series_count; i++)
        for (size_t j = 0; j < chart->count; j++) {
            *low = fmin(*low, chart->series[i].values[j]); /* fmin ignores NaN */
            *high = fmax(*high, chart->series[i].values[j]);
        }
}

static void add_value(struct buffer *out, const struct chart *chart, double value, int digits)
{
    if (chart->unit == CHART_PERCENT)
        buffer_print(out, "%.*g %%", digits, 100.0 * value);
    else
        buffer_print(out, "%.*g", digits, value);
}

static void add_value_axis(struct buffer *out, const struct plot *plot)
{
    double ticks[AXIS_TICKS_MAX];
    size_t count = axis_ticks(ticks, &plot->up);
    for (size_t i = 0; i < count; i++) {
        double y = axis_place(&plot->up, ticks[i]);
        svg_line(out, i == 0 ? "rule" : "grid", LEFT_PX, y, RIGHT_PX, y);
        svg_text_begin(out, "muted small", SVG_END, LEFT_PX - 8.0, y + 4.0);
        add_value(out, plot->chart, ticks[i], 6);
        svg_text_finish(out);
    }
}

static void add_epoch_axis(struct buffer *out, const struct plot *plot)
{
    double ticks[AXIS_TICKS_MAX];
    size_t count = axis_ticks(ticks, &plot->across);
    for (size_t i = 0; i < count; i++) {
        double x = axis_place(&plot->across, ticks[i]);
        if (ticks[i] != floor(ticks[i]))
            continue;
        svg_line(out, "rule", x, BOTTOM_PX, x, BOTTOM_PX + 4.0);
        svg_text_begin(out, "muted small", SVG_MIDDLE, x, BOTTOM_PX + 17.0);
        buffer_print(out, "%.0f", ticks[i]);
        svg_text_finish(out);
    }
    svg_text(out, "muted small", SVG_MIDDLE, (LEFT_PX + RIGHT_PX) / 2.0, BOTTOM_PX + 35.0, "epoch");
}

static void add_kept_epoch(struct buffer *out, const struct plot *plot)
{
    if (plot->chart->kept_epoch <= 0.0)
        return;
    double x = axis_place(&plot->across, plot->chart->kept_epoch);
    svg_line(out, "mark", x, TOP_PX - 4.0, x, BOTTOM_PX);
    svg_text_begin(out, "muted small", SVG_END, fmin(x + 20.0, RIGHT_PX), KEY_Y_PX);
    buffer_print(out, "kept: epoch %.0f", plot->chart->kept_epoch);
    svg_text_finish(out);
}

static void add_line(struct buffer *out, const struct plot *plot, size_t series)
{
    const double *values = plot->chart->series[series].values;
    buffer_print(out, "<path class=\"%s\" d=\"", style_of(plot->chart, series)->line);
    char step = 'M';
    for (size_t i = 0; i < plot->chart->count; i++) {
        if (isnan(values[i])) {
            step = 'M';
            continue;
        }
        buffer_print(out, "%c%.1f %.1f", step, axis_place(&plot->across, plot->chart->epochs[i]),
                     axis_place(&plot->up, values[i]));
        step = 'L';
    }
    buffer_text(out, "\"/>\n");
}

static void add_dots(struct buffer *out, const struct plot *plot, size_t series)
{
    const struct chart *chart = plot->chart;
    const struct chart_series *from = &chart->series[series];
    for (size_t i = 0; i < chart->count; i++) {
        if (isnan(from->values[i]))
            continue;
        buffer_print(out, "<circle class=\"%s\" r=\"%g\" cx=\"%.1f\" cy=\"%.1f\"><title>",
                     style_of(chart, series)->dot, chart->count > CROWD ? SMALL_DOT_PX : DOT_PX,
                     axis_place(&plot->across, chart->epochs[i]),
                     axis_place(&plot->up, from->values[i]));
        buffer_print(out, "epoch %.0f, %s: ", chart->epochs[i], from->name);
        add_value(out, chart, from->values[i], 5);
        buffer_text(out, "</title></circle>\n");
    }
}

/* The names of the series, each after a sample of its line. */
static void add_key(struct buffer *out, const struct plot *plot)
{
    double x = LEFT_PX;
    for (size_t i = 0; i < plot->chart->series_count; i++) {
        const struct style *style = style_of(plot->chart, i);
        svg_line(out, style->line, x, KEY_Y_PX - 4.0, x + 22.0, KEY_Y_PX - 4.0);
        svg_text(out, style->key, SVG_START, x + 28.0, KEY_Y_PX, plot->chart->series[i].name);
        x += 48.0 + 7.5 * (double)markup_length(plot->chart->series[i].name);
    }
}

/* "training 0.0123, validation 0.0101 in epoch 30" */
static void add_description(struct buffer *out, const struct chart *chart)
{
    size_t last = chart->count - 1;
    for (size_t i = 0; i < chart->series_count; i++) {
        double value = chart->series[i].values[last];
        buffer_print(out, "%s%s ", i > 0 ? ", " : "", chart->series[i].name);
        if (isnan(value))
            buffer_text(out, "not measured");
        else
            add_value(out, chart, value, 5);
    }
    buffer_print(out, " in epoch %.0f", chart->epochs[last]);
}

static struct plot make_plot(const struct chart *chart)
{
    double low, high, first = chart->epochs[0], last = chart->epochs[chart->count - 1];
    chart_range(&low, &high, chart);
    struct plot plot = {
        .chart = chart,
        .across =
            axis_make(AXIS_LINEAR, first, last > first ? last : first + 1.0, LEFT_PX, RIGHT_PX),
        .up = axis_make(chart->scale, low, high, BOTTOM_PX, TOP_PX),
    };
    plot.across.low = fmax(plot.across.low, 0.0);
    return plot;
}

void chart_add(struct buffer *out, const struct chart *chart)
{
    struct buffer description = {0};
    add_description(&description, chart);
    const struct plot plot = make_plot(chart);
    const struct svg_frame frame = {
        chart->id, chart->title, description.failed ? "" : description.bytes, WIDTH_PX, HEIGHT_PX};
    svg_begin(out, &frame);
    add_value_axis(out, &plot);
    add_epoch_axis(out, &plot);
    add_kept_epoch(out, &plot);
    for (size_t i = 0; i < chart->series_count; i++) {
        add_line(out, &plot, i);
        add_dots(out, &plot, i);
    }
    add_key(out, &plot);
    svg_finish(out);
    buffer_release(&description);
}
