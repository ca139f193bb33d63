#include "trainer/report/curves.h"
#include "trainer/report/markup.h"
#include "trainer/report/page_parts.h"

bool page_has_training(const struct report_contents *contents)
{
    return report_has_training(contents->source);
}

static enum digit_status add_curve(struct buffer *out, enum curve curve, const char *name,
                                   const struct report_source *source, struct digit_error *error)
{
    buffer_print(out, "<figure class=\"card\">\n<h3>%s</h3>\n", name);
    enum digit_status status = curve_add(out, curve, source->history, source->kept_epoch, error);
    buffer_text(out, "</figure>\n");
    return status;
}

static void add_row(struct buffer *out, const struct fit_epoch *epoch, size_t kept_epoch)
{
    buffer_print(out, "<tr><th scope=\"row\">%zu%s</th><td>%.5f</td><td>", epoch->last.epoch,
                 epoch->last.epoch == kept_epoch ? " (kept)" : "", epoch->last.loss);
    markup_percent(out, epoch->last.accuracy, 2);
    if (epoch->validated) {
        buffer_print(out, "</td><td>%.5f</td><td>", epoch->validation_loss);
        markup_percent(out, epoch->validation_accuracy, 2);
    } else {
        buffer_text(out, "</td><td>&ndash;</td><td>&ndash;");
    }
    buffer_print(out, "</td><td>%.3g</td><td>%.1f</td><td>", epoch->last.learning_rate,
                 epoch->seconds);
    markup_count(out, (size_t)history_speed(epoch));
    buffer_text(out, "</td></tr>\n");
}

static void add_table(struct buffer *out, const struct report_source *source)
{
    buffer_text(out,
                "<details class=\"card\"><summary>All epochs</summary>\n<div class=\"scroll\">"
                "<table class=\"wide\">\n<thead><tr><th scope=\"col\" class=\"text\">epoch</th>"
                "<th scope=\"col\">training loss</th><th scope=\"col\">training accuracy</th>"
                "<th scope=\"col\">validation loss</th><th scope=\"col\">validation accuracy</th>"
                "<th scope=\"col\">learning rate</th><th scope=\"col\">seconds</th>"
                "<th scope=\"col\">images/s</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < source->history->count; i++)
        add_row(out, &source->history->epochs[i], source->kept_epoch);
    buffer_text(out, "</tbody>\n</table></div></details>\n");
}

enum digit_status page_add_training(struct buffer *out, const struct report_contents *contents,
                                    struct digit_error *error)
{
    const struct report_source *source = contents->source;
    buffer_text(out,
                "<p>Training loss and accuracy are means over the augmented samples of an epoch, "
                "during which the weights change. Validation is measured after the epoch, on "
                "images without augmentation and with the EMA weights; it can therefore be "
                "better than training.");
    if (source->kept_epoch > 0)
        buffer_print(out, " The model file has the weights of epoch %zu, which is marked as kept.",
                     source->kept_epoch);
    buffer_text(out, "</p>\n<div class=\"pair\">\n");
    enum digit_status status = add_curve(out, CURVE_ACCURACY, "Accuracy", source, error);
    if (status == DIGIT_OK)
        status = add_curve(out, CURVE_LOSS, "Loss", source, error);
    if (status == DIGIT_OK)
        status = add_curve(out, CURVE_LEARNING_RATE, "Learning rate", source, error);
    if (status == DIGIT_OK)
        status =
            add_curve(out, CURVE_SPEED, "Images per second, including validation", source, error);
    buffer_text(out, "</div>\n");
    add_table(out, source);
    return status;
}
