/*
 * SVG drawings (W3C SVG 1.1) that are part of a page or files of their own. Colours and fonts are
 * the classes of chart.css: a page contains it once, svg_add_file puts it into each file. Threads:
 * any, on different buffers.
 */
#ifndef TRAINER_REPORT_SVG_H
#define TRAINER_REPORT_SVG_H

#include "trainer/report/buffer.h"

struct svg_frame {
    const char *id; /* unique in a page */
    const char *title;
    const char *description; /* for readers who cannot see the drawing */
    double width_px;
    double height_px;
};

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* Opens a drawing with its title and description; closes it. */
void svg_begin(struct buffer *out, const struct svg_frame *frame);
void svg_finish(struct buffer *out);

/* Adds a straight line; `style` is a class of chart.css. */
void svg_line(struct buffer *out, const char *style, double x1, double y1, double x2, double y2);

/* Opens a text whose baseline starts, is centred or ends at (x, y); closes it. */
void svg_text_begin(struct buffer *out, const char *style, enum svg_anchor anchor, double x,
                    double y);
void svg_text_finish(struct buffer *out);

/* Adds a text, escaped. */
void svg_text(struct buffer *out, const char *style, enum svg_anchor anchor, double x, double y,
              const char *text);

/* Appends `drawing`, which is one svg element, as a complete SVG file. */
void svg_add_file(struct buffer *out, const struct buffer *drawing);

#endif
