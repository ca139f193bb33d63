/*
 * SVG (W3C SVG 1.1) that stands in a page or in a file of its own. Colours and fonts are chart.css's
 * classes: the page has it once, svg_add_file puts it into each file.
 */
#ifndef TRAINER_REPORT_SVG_H
#define TRAINER_REPORT_SVG_H

#include "trainer/report/buffer.h"

struct svg_frame {
    const char *id; /* unique in a page */
    const char *title;
    const char *description; /* what a reader who cannot see it needs */
    double width_px;
    double height_px;
};

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* Opens a drawing with its title and description, and closes it. */
void svg_begin(struct buffer *out, const struct svg_frame *frame);
void svg_finish(struct buffer *out);

/* A straight line of a class of chart.css. */
void svg_line(struct buffer *out, const char *style, double x1, double y1, double x2, double y2);

/* Opens and closes a text whose baseline begins, has its middle or ends at (x, y). */
void svg_text_begin(struct buffer *out, const char *style, enum svg_anchor anchor, double x,
                    double y);
void svg_text_finish(struct buffer *out);

/* A text, escaped. */
void svg_text(struct buffer *out, const char *style, enum svg_anchor anchor, double x, double y,
              const char *text);

/* Appends `drawing`, which is one svg element, as a file of its own. */
void svg_add_file(struct buffer *out, const struct buffer *drawing);

#endif
