#include "trainer/report/csv.h"

#include <string.h>

/* Appends a cell, quoted if necessary. */
static void add_cell(struct buffer *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        buffer_text(out, text);
        return;
    }
    buffer_text(out, "\"");
    for (; *text != '\0'; text++) {
        buffer_add(out, text, 1);
        if (*text == '"')
            buffer_text(out, "\"");
    }
    buffer_text(out, "\"");
}

static void add_epoch(struct buffer *out, const struct fit_epoch *epoch)
{
    buffer_print(out, "%zu,%.9g,%.9g,", epoch->last.epoch, epoch->last.loss, epoch->last.accuracy);
    if (epoch->validated)
        buffer_print(out, "%.9g,%.9g,%d", epoch->validation_loss, epoch->validation_accuracy,
                     epoch->best);
    else
        buffer_text(out, ",,");
    buffer_print(out, ",%.9g,%.3f,%.1f\n", epoch->last.learning_rate, epoch->seconds,
                 history_speed(epoch));
}

void csv_add_history(struct buffer *out, const struct history *history)
{
    buffer_text(out, "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,"
                     "best,learning_rate,seconds,images_per_second\n");
    for (size_t i = 0; i < history->count; i++)
        add_epoch(out, &history->epochs[i]);
}

void csv_add_classes(struct buffer *out, const struct confusion *confusion,
                     const char *const labels[DIGIT_CLASSES])
{
    buffer_text(out, "label");
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        buffer_text(out, ",");
        add_cell(out, labels[i]);
    }
    buffer_text(out, ",precision,recall,f1,support\n");
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        struct class_score score = class_score_make(confusion, i);
        add_cell(out, labels[i]);
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            buffer_print(out, ",%zu", confusion->images[i][j]);
        buffer_print(out, ",%.9g,%.9g,%.9g,%zu\n", score.precision, score.recall, score.f1,
                     score.support);
    }
}

void csv_add_errors(struct buffer *out, const struct gallery *gallery,
                    const char *const labels[DIGIT_CLASSES])
{
    buffer_text(out, "index,label,read_as,confidence,label_probability\n");
    for (size_t i = 0; i < gallery->count; i++) {
        const struct gallery_item *item = &gallery->items[i];
        buffer_print(out, "%zu,", item->index);
        add_cell(out, labels[item->label]);
        buffer_text(out, ",");
        add_cell(out, labels[item->digit]);
        buffer_print(out, ",%.7g,%.7g\n", (double)item->confidence,
                     (double)item->label_probability);
    }
}
