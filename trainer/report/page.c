#include "trainer/report/page.h"

#include <stdio.h>
#include <time.h>

#include <digit/build_info.h>

#include "trainer/report/markup.h"
#include "trainer/report/page_parts.h"
#include "trainer/report/style.h"

#define TIME_BYTES 32

static void format_time(char out[TIME_BYTES], double seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    if (gmtime_r(&when, &parts) == NULL ||
        strftime(out, TIME_BYTES, "%Y-%m-%d %H:%M UTC", &parts) == 0)
        snprintf(out, TIME_BYTES, "unknown");
}

static void add_head(struct buffer *out, const struct report_contents *contents)
{
    buffer_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<link rel=\"icon\" href=\"data:,\">\n<title>");
    markup_text(out, contents->source->model->name);
    buffer_text(out, ": ");
    markup_percent(out, evaluation_accuracy(contents->source->evaluation), 2);
    buffer_text(out, "</title>\n<style>\n");
    buffer_add(out, page_css, page_css_bytes);
    buffer_add(out, chart_css, chart_css_bytes);
    buffer_text(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void add_figure_begin(struct buffer *out, const char *style, const char *name)
{
    buffer_print(out, "<div class=\"card%s\"><dt>%s</dt><dd>", style, name);
}

static void add_figure_note(struct buffer *out, const char *note)
{
    buffer_print(out, "<small>%s</small></dd></div>\n", note);
}

static void add_accuracy(struct buffer *out, const struct evaluation *evaluation)
{
    struct interval interval = wilson_interval(evaluation->correct, evaluation->count);
    add_figure_begin(out, " first", "Accuracy");
    markup_percent(out, evaluation_accuracy(evaluation), 2);
    buffer_text(out, "<small>95&nbsp;% interval ");
    buffer_print(out, "%.2f to ", 100.0 * interval.low);
    markup_percent(out, interval.high, 2);
    buffer_text(out, "</small></dd></div>\n");
    add_figure_begin(out, "", "Errors");
    markup_count(out, evaluation->misclassified_count);
    buffer_text(out, "<small>of ");
    markup_count(out, evaluation->count);
    buffer_text(out, " images</small></dd></div>\n");
}

static void add_training_time(struct buffer *out, const struct report_source *source)
{
    if (!report_has_training(source))
        return;
    add_figure_begin(out, "", "Training time");
    markup_duration(out, history_elapsed_s(source->history));
    buffer_print(out, "<small>%zu epochs, %zu threads</small></dd></div>\n", source->history->count,
                 source->threads);
}

static void add_figures(struct buffer *out, const struct report_contents *contents)
{
    const struct report_source *source = contents->source;
    buffer_text(out, "<dl class=\"figures\">\n");
    add_accuracy(out, source->evaluation);
    add_figure_begin(out, "", "NLL");
    buffer_print(out, "%.4f", source->evaluation->loss);
    add_figure_note(out, "mean negative log-likelihood");
    add_figure_begin(out, "", "ECE");
    markup_percent(out, contents->calibration.ece, 2);
    add_figure_note(out, "expected calibration error");
    add_figure_begin(out, "", "Parameters");
    markup_count(out, source->model->parameter_count);
    add_figure_note(out, "trained weights");
    add_figure_begin(out, "", "MACs");
    markup_count(out, source->model->mac_count);
    add_figure_note(out, "multiply-accumulates per image");
    add_training_time(out, source);
    buffer_text(out, "</dl>\n");
}

static void add_header(struct buffer *out, const struct report_contents *contents)
{
    const struct report_source *source = contents->source;
    char made[TIME_BYTES];
    format_time(made, contents->made_s);
    buffer_text(out, "<header>\n<h1>");
    markup_text(out, source->model->name);
    buffer_print(out, " %s on ", source->model->version);
    markup_text(out, source->data);
    buffer_print(out, "</h1>\n<p>%s by %s %s, %s.</p>\n</header>\n",
                 report_has_training(source) ? "Trained and evaluated" : "Evaluated",
                 source->program, digit_build_version(), made);
}

/* The sections in their order. */
static const struct section {
    const char *id;
    const char *name;
    bool (*exists)(const struct report_contents *contents);
    enum digit_status (*add)(struct buffer *out, const struct report_contents *contents,
                             struct digit_error *error);
} SECTIONS[] = {
    {"training", "Training", page_has_training, page_add_training},
    {"confusions", "Confusions", page_always, page_add_confusions},
    {"classes", "Classes", page_always, page_add_classes},
    {"errors", "Errors", page_has_errors, page_add_errors},
    {"calibration", "Calibration", page_always, page_add_calibration},
    {"corruptions", "Corruptions", page_has_corruptions, page_add_corruptions},
    {"weights", "First layer", page_has_first_layer, page_add_first_layer},
    {"about", "Settings, data, machine", page_always, page_add_about},
};

#define SECTION_COUNT (sizeof SECTIONS / sizeof *SECTIONS)

static void add_navigation(struct buffer *out, const struct report_contents *contents)
{
    buffer_text(out, "<nav aria-label=\"Sections\">\n");
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (SECTIONS[i].exists(contents))
            buffer_print(out, "<a href=\"#%s\">%s</a>\n", SECTIONS[i].id, SECTIONS[i].name);
    buffer_text(out, "</nav>\n");
}

static enum digit_status add_section(struct buffer *out, const struct section *section,
                                     const struct report_contents *contents,
                                     struct digit_error *error)
{
    buffer_print(out, "<section id=\"%s\">\n<h2>%s</h2>\n", section->id, section->name);
    enum digit_status status = section->add(out, contents, error);
    buffer_text(out, "</section>\n");
    return status;
}

enum digit_status page_add(struct buffer *out, const struct report_contents *contents,
                           struct digit_error *error)
{
    add_head(out, contents);
    add_header(out, contents);
    add_navigation(out, contents);
    add_figures(out, contents);
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; status == DIGIT_OK && i < SECTION_COUNT; i++)
        if (SECTIONS[i].exists(contents))
            status = add_section(out, &SECTIONS[i], contents, error);
    buffer_text(out, "</main>\n</body>\n</html>\n");
    return status;
}
