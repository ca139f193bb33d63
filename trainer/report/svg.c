#include "trainer/report/svg.h"

#include <string.h>

#include "trainer/report/markup.h"
#include "trainer/report/style.h"

static const char *const ANCHORS[] = {"start", "middle", "end"};

void svg_begin(struct buffer *out, const struct svg_frame *frame)
{
    buffer_print(out,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" role=\"img\" "
                 "aria-labelledby=\"%s-title %s-text\">\n<title id=\"%s-title\">",
                 frame->width_px, frame->height_px, frame->id, frame->id, frame->id);
    markup_text(out, frame->title);
    buffer_print(out, "</title>\n<desc id=\"%s-text\">", frame->id);
    markup_text(out, frame->description);
    buffer_text(out, "</desc>\n");
}

void svg_finish(struct buffer *out)
{
    buffer_text(out, "</svg>\n");
}

void svg_line(struct buffer *out, const char *style, double x1, double y1, double x2, double y2)
{
    buffer_print(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                 style, x1, y1, x2, y2);
}

void svg_text_begin(struct buffer *out, const char *style, enum svg_anchor anchor, double x,
                    double y)
{
    buffer_print(out, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", style,
                 ANCHORS[anchor], x, y);
}

void svg_text_finish(struct buffer *out)
{
    buffer_text(out, "</text>\n");
}

void svg_text(struct buffer *out, const char *style, enum svg_anchor anchor, double x, double y,
              const char *text)
{
    svg_text_begin(out, style, anchor, x, y);
    markup_text(out, text);
    svg_text_finish(out);
}

/* The style sheet is inserted after the opening tag of the svg element. */
void svg_add_file(struct buffer *out, const struct buffer *drawing)
{
    out->failed = out->failed || drawing->failed;
    const char *inside = drawing->bytes != NULL ? strchr(drawing->bytes, '>') : NULL;
    if (inside == NULL)
        return;
    size_t head_bytes = (size_t)(inside + 1 - drawing->bytes);
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buffer_add(out, drawing->bytes, head_bytes);
    buffer_text(out, "\n<style>\n");
    buffer_add(out, chart_css, chart_css_bytes);
    buffer_text(out, "</style>");
    buffer_add(out, inside + 1, drawing->size_bytes - head_bytes);
}
