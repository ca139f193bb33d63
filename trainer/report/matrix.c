#include "trainer/report/matrix.h"

#include <math.h>
#include <stddef.h>

#include "trainer/report/markup.h"
#include "trainer/report/svg.h"

#define CELL_PX          38.0
#define HEAD_PX          24.0 /* above the names of the columns */
#define LETTER_PX        6.6
#define SHORT_NAME       2 /* letters; longer column names are rotated */
#define NAME_LETTERS_MAX 14
#define MIN_OPACITY      0.08
#define MAX_OPACITY      0.6 /* text on it is readable in light and dark mode */

/* Where the cells begin, and the scale of the opacity of confusions. */
struct layout {
    double left_px;
    double top_px;
    bool upright; /* names of columns fit side by side */
    size_t worst; /* images of the most frequent confusion, 1 or more */
};

static size_t row_total(const struct confusion *confusion, size_t row)
{
    return class_score_make(confusion, row).support;
}

static struct layout make_layout(const struct confusion *confusion,
                                 const char *const labels[DIGIT_CLASSES])
{
    size_t longest = 0, worst = 1;
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        size_t length = markup_length(labels[i]);
        longest = length > longest ? length : longest;
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            if (i != j && confusion->images[i][j] > worst)
                worst = confusion->images[i][j];
    }
    if (longest > NAME_LETTERS_MAX)
        longest = NAME_LETTERS_MAX + 1;
    double name_px = LETTER_PX * (double)longest;
    bool upright = longest <= SHORT_NAME;
    return (struct layout){HEAD_PX + 10.0 + name_px, HEAD_PX + (upright ? 18.0 : 14.0 + name_px),
                           upright, worst};
}

static void add_names(struct buffer *out, const struct layout *layout,
                      const char *const labels[DIGIT_CLASSES])
{
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        double middle = CELL_PX * ((double)i + 0.5);
        double x = layout->left_px + middle, y = layout->top_px - 8.0;
        svg_text_begin(out, "", SVG_END, layout->left_px - 8.0, layout->top_px + middle + 4.0);
        markup_short(out, labels[i], NAME_LETTERS_MAX);
        svg_text_finish(out);
        if (layout->upright)
            svg_text_begin(out, "", SVG_MIDDLE, x, y);
        else
            buffer_print(out, "<text transform=\"translate(%.1f %.1f) rotate(-90)\">", x + 4.0, y);
        markup_short(out, labels[i], NAME_LETTERS_MAX);
        svg_text_finish(out);
    }
}

static void add_titles(struct buffer *out, const struct layout *layout)
{
    double middle = CELL_PX * DIGIT_CLASSES / 2.0;
    svg_text(out, "muted small", SVG_MIDDLE, layout->left_px + middle, 14.0, "predicted class");
    buffer_print(out,
                 "<text class=\"muted small\" text-anchor=\"middle\" "
                 "transform=\"translate(14 %.1f) rotate(-90)\">label</text>\n",
                 layout->top_px + middle);
}

/* The square root keeps rare confusions visible beside frequent ones. */
static double cell_opacity(const struct layout *layout, size_t count, size_t total, bool hit)
{
    double share =
        hit ? (double)count / (double)total : sqrt((double)count / (double)layout->worst);
    return MIN_OPACITY + (MAX_OPACITY - MIN_OPACITY) * share;
}

static void add_tooltip(struct buffer *out, size_t count, size_t total, const char *label,
                        const char *predicted)
{
    buffer_text(out, "<title>");
    markup_text(out, label);
    buffer_text(out, " predicted as ");
    markup_text(out, predicted);
    buffer_print(out, ": %zu of %zu</title>", count, total);
}

/* In percent, with at most three digits. */
static void add_share(struct buffer *out, size_t count, size_t total)
{
    int decimals = count == total ? 0 : 10 * count >= total ? 1 : 2;
    buffer_print(out, "%.*f", decimals, 100.0 * (double)count / (double)total);
}

static void add_cell(struct buffer *out, const struct layout *layout, enum matrix_kind kind,
                     const struct confusion *confusion, const char *const *labels, size_t row,
                     size_t column)
{
    size_t count = confusion->images[row][column], total = row_total(confusion, row);
    double x = layout->left_px + CELL_PX * (double)column;
    double y = layout->top_px + CELL_PX * (double)row;
    bool hit = row == column;
    buffer_print(out, "<g><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\"",
                 count == 0 ? "none"
                 : hit      ? "hit"
                            : "miss",
                 x + 1.0, y + 1.0, CELL_PX - 2.0, CELL_PX - 2.0);
    if (count > 0)
        buffer_print(out, " fill-opacity=\"%.2f\"", cell_opacity(layout, count, total, hit));
    buffer_text(out, " rx=\"3\"/>");
    if (count > 0) {
        svg_text_begin(out, "small", SVG_MIDDLE, x + CELL_PX / 2.0, y + CELL_PX / 2.0 + 4.0);
        if (kind == MATRIX_COUNTS)
            buffer_print(out, "%zu", count);
        else
            add_share(out, count, total);
        svg_text_finish(out);
    }
    add_tooltip(out, count, total, labels[row], labels[column]);
    buffer_text(out, "</g>\n");
}

void matrix_add(struct buffer *out, enum matrix_kind kind, const struct confusion *confusion,
                const char *const labels[DIGIT_CLASSES])
{
    const struct layout layout = make_layout(confusion, labels);
    bool counts = kind == MATRIX_COUNTS;
    const struct svg_frame frame = {
        .id = counts ? "confusion" : "shares",
        .title = counts ? "Confusion matrix, images" : "Confusion matrix, percent of each label",
        .description = "Rows are labels, columns are predicted classes; correct predictions are on "
                       "the diagonal. The file classes.csv contains the numbers of images.",
        .width_px = layout.left_px + CELL_PX * DIGIT_CLASSES + 6.0,
        .height_px = layout.top_px + CELL_PX * DIGIT_CLASSES + 6.0,
    };
    svg_begin(out, &frame);
    add_titles(out, &layout);
    add_names(out, &layout, labels);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            add_cell(out, &layout, kind, confusion, labels, i, j);
    svg_finish(out);
}
