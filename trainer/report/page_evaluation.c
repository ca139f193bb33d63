#include <math.h>

#include "trainer/report/markup.h"
#include "trainer/report/matrix.h"
#include "trainer/report/page_parts.h"
#include "trainer/report/png.h"
#include "trainer/report/reliability.h"

#define PAIRS_SHOWN 10

bool page_always(const struct report_contents *contents)
{
    (void)contents;
    return true;
}

bool page_has_errors(const struct report_contents *contents)
{
    return contents->gallery.count > 0;
}

bool page_has_corruptions(const struct report_contents *contents)
{
    return contents->source->corruptions != NULL;
}

static void add_pair(struct buffer *out, const struct report_contents *contents, size_t index)
{
    const struct gallery_pair *pair = &contents->pairs[index];
    const char *const *labels = contents->source->model->labels;
    const struct class_score score =
        class_score_make(&contents->source->evaluation->confusion, pair->label);
    buffer_text(out, "<tr><th scope=\"row\">");
    markup_text(out, labels[pair->label]);
    buffer_text(out, "</th><td class=\"text\">");
    markup_text(out, labels[pair->digit]);
    buffer_text(out, "</td><td>");
    markup_count(out, pair->count);
    buffer_text(out, "</td><td>");
    markup_percent(out, (double)pair->count / (double)score.support, 2);
    buffer_text(out, "</td></tr>\n");
}

static void add_pairs(struct buffer *out, const struct report_contents *contents)
{
    size_t shown = contents->pair_count < PAIRS_SHOWN ? contents->pair_count : PAIRS_SHOWN;
    if (shown == 0)
        return;
    buffer_text(out, "<div class=\"card\"><h3>Most frequent confusions</h3><div class=\"scroll\">"
                     "<table class=\"wide\"><thead><tr><th scope=\"col\" class=\"text\">label</th>"
                     "<th scope=\"col\" class=\"text\">predicted</th><th scope=\"col\">images</th>"
                     "<th scope=\"col\">share of the label</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < shown; i++)
        add_pair(out, contents, i);
    buffer_text(out, "</tbody></table></div>\n");
    if (shown < contents->pair_count)
        buffer_print(out, "<p>The matrix shows %zu more pairs.</p>\n",
                     contents->pair_count - shown);
    buffer_text(out, "</div>\n");
}

enum digit_status page_add_confusions(struct buffer *out, const struct report_contents *contents,
                                      struct digit_error *error)
{
    (void)error;
    const struct confusion *confusion = &contents->source->evaluation->confusion;
    const char *const *labels = contents->source->model->labels;
    buffer_text(out,
                "<p>A row for each label, a column for each predicted class. Correct predictions "
                "are blue, on the diagonal; confusions are orange.</p>\n"
                "<div class=\"pair\">\n<figure class=\"card\">\n<h3>Images</h3>\n");
    matrix_add(out, MATRIX_COUNTS, confusion, labels);
    buffer_text(out, "</figure>\n<figure class=\"card\">\n<h3>Percent of each label</h3>\n");
    matrix_add(out, MATRIX_SHARES, confusion, labels);
    buffer_text(out, "</figure>\n</div>\n");
    return DIGIT_OK;
}

static void add_scores(struct buffer *out, const struct report_contents *contents)
{
    buffer_text(out, "<div class=\"card scroll\"><h3>Scores</h3><table class=\"wide\">\n<thead>"
                     "<tr><th scope=\"col\" class=\"text\">class</th>"
                     "<th scope=\"col\">precision</th><th scope=\"col\">recall</th>"
                     "<th scope=\"col\">F1</th><th scope=\"col\">support</th></tr></thead>\n"
                     "<tbody>\n");
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        struct class_score score = class_score_make(&contents->source->evaluation->confusion, i);
        buffer_text(out, "<tr><th scope=\"row\">");
        markup_text(out, contents->source->model->labels[i]);
        buffer_print(out, "</th><td>%.4f</td><td>%.4f</td><td>%.4f</td><td>", score.precision,
                     score.recall, score.f1);
        markup_count(out, score.support);
        buffer_text(out, "</td></tr>\n");
    }
    buffer_text(out, "</tbody>\n</table></div>\n");
}

enum digit_status page_add_classes(struct buffer *out, const struct report_contents *contents,
                                   struct digit_error *error)
{
    (void)error;
    buffer_text(out,
                "<p>Precision: share of the images predicted as the class that belong to it. "
                "Recall: share of the images of the class that were predicted as it. F1: "
                "harmonic mean of precision and recall. Support: number of images of the class."
                "</p>\n<div class=\"pair\">\n");
    add_scores(out, contents);
    add_pairs(out, contents);
    buffer_text(out, "</div>\n");
    return DIGIT_OK;
}

static enum digit_status add_tile_image(struct buffer *out, const uint8_t *pixels,
                                        struct digit_error *error)
{
    struct png_picture picture;
    enum digit_status status =
        png_picture_init(&picture, PNG_PICTURE_GREY, DIGIT_SIDE_PX, DIGIT_SIDE_PX, error);
    if (status != DIGIT_OK)
        return status;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        picture.samples[i] = pixels[i];
    status = png_picture_add_uri(out, &picture, error);
    png_picture_release(&picture);
    return status;
}

static enum digit_status add_tile(struct buffer *out, const struct report_source *source,
                                  const struct gallery_item *item, struct digit_error *error)
{
    const char *label = source->model->labels[item->label];
    const char *predicted = source->model->labels[item->digit];
    buffer_print(out, "<li><img alt=\"image %zu, label ", item->index);
    markup_text(out, label);
    buffer_text(out, "\" src=\"");
    enum digit_status status =
        add_tile_image(out, source->test->images + item->index * DIGIT_PIXELS, error);
    buffer_text(out, "\"><b>");
    markup_text(out, label);
    buffer_text(out, " &rarr; <i>");
    markup_text(out, predicted);
    buffer_text(out, "</i></b> ");
    markup_percent(out, (double)item->confidence, 1);
    buffer_text(out, "<small>label: ");
    markup_percent(out, (double)item->label_probability, 1);
    buffer_print(out, "</small><small>index %zu</small></li>\n", item->index);
    return status;
}

enum digit_status page_add_errors(struct buffer *out, const struct report_contents *contents,
                                  struct digit_error *error)
{
    const struct gallery *gallery = &contents->gallery;
    enum digit_status status = DIGIT_OK;
    buffer_text(out, "<p>");
    markup_count(out, gallery->count);
    buffer_text(out, gallery->count == 1
                         ? " image is misclassified. "
                         : " images are misclassified, the most confident ones first. ");
    if (gallery->shown < gallery->count)
        buffer_print(out,
                     "Shown are the first %zu; the other %zu are in "
                     "<a href=\"errors.csv\">errors.csv</a>. ",
                     gallery->shown, gallery->count - gallery->shown);
    buffer_text(out, "Below each image: label &rarr; predicted class, the probability of the "
                     "predicted class, the probability of the label, and the index of the image in "
                     "the data set, from 0.</p>\n<ul class=\"gallery\">\n");
    for (size_t i = 0; status == DIGIT_OK && i < gallery->shown; i++)
        status = add_tile(out, contents->source, &gallery->items[i], error);
    buffer_text(out, "</ul>\n");
    return status;
}

static void add_bin(struct buffer *out, const struct calibration_bin *bin)
{
    double accuracy = calibration_bin_accuracy(bin);
    buffer_text(out, "<tr><th scope=\"row\">");
    markup_percent(out, bin->confidence, 2);
    buffer_text(out, "</th><td>");
    markup_percent(out, accuracy, 2);
    buffer_print(out, "</td><td>%+.2f</td><td>%zu</td><td>%zu</td></tr>\n",
                 100.0 * (accuracy - bin->confidence), bin->count - bin->correct, bin->count);
}

static void add_bins(struct buffer *out, const struct calibration *calibration)
{
    buffer_text(out,
                "<div class=\"card scroll\"><h3>Bins</h3><table class=\"wide\">\n<thead><tr>"
                "<th scope=\"col\" class=\"text\">confidence</th><th scope=\"col\">accuracy</th>"
                "<th scope=\"col\">difference</th><th scope=\"col\">errors</th>"
                "<th scope=\"col\">images</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < calibration->bin_count; i++)
        add_bin(out, &calibration->bins[i]);
    buffer_text(out, "</tbody></table></div>\n");
}

enum digit_status page_add_calibration(struct buffer *out, const struct report_contents *contents,
                                       struct digit_error *error)
{
    (void)error;
    const struct calibration *calibration = &contents->calibration;
    const struct evaluation *evaluation = contents->source->evaluation;
    const struct digit_model_info *model = contents->source->model;
    buffer_print(
        out,
        "<p>Is the model correct as often as its confidence says? The images are sorted by "
        "confidence and divided into %zu bins of equal size. Bins above the dotted line "
        "are correct more often than their confidence says, bins below it less often. "
        "Vertical lines are 95&nbsp;%% confidence intervals. Both axes are logarithmic in "
        "the error, since most bins are close to 100&nbsp;%%. The expected calibration "
        "error (ECE) is ",
        calibration->bin_count);
    markup_percent(out, calibration->ece, 2);
    buffer_print(out,
                 ", the mean negative log-likelihood (NLL) %.4f. Logits are divided by the "
                 "temperature, %.4g. Predictions with an uncertainty above %.4g are uncertain: ",
                 evaluation->loss, (double)model->temperature, (double)model->uncertain_above);
    markup_count(out, evaluation->uncertain);
    buffer_text(out, " of ");
    markup_count(out, evaluation->count);
    buffer_text(out, ".</p>\n<div class=\"pair\">\n<figure class=\"card\">\n"
                     "<h3>Accuracy by confidence</h3>\n");
    reliability_add(out, calibration);
    buffer_text(out, "</figure>\n");
    add_bins(out, calibration);
    buffer_text(out, "</div>\n");
    return DIGIT_OK;
}

enum digit_status page_add_corruptions(struct buffer *out, const struct report_contents *contents,
                                       struct digit_error *error)
{
    (void)error;
    const struct corruption_scores *scores = contents->source->corruptions;
    buffer_text(out, "<p>The same images under the fifteen corruptions of MNIST-C (Mu and Gilmer "
                     "2019), reimplemented. Mean accuracy: ");
    markup_percent(out, corruptions_mean_accuracy(scores), 2);
    buffer_text(out,
                ".</p>\n<div class=\"card scroll\"><table class=\"wide\">\n<thead><tr>"
                "<th scope=\"col\" class=\"text\">corruption</th><th scope=\"col\">accuracy</th>"
                "<th scope=\"col\">errors</th><th scope=\"col\" class=\"text\">error rate"
                "</th></tr></thead>\n<tbody>\n");
    size_t worst = corruptions_worst(scores);
    double most = fmax(1.0 - corruption_accuracy(scores, worst), 1e-9);
    for (size_t i = 0; i < CORRUPTIONS_COUNT; i++) {
        double accuracy = corruption_accuracy(scores, i);
        buffer_print(out, "<tr><th scope=\"row\">%s</th><td>", corruptions[i].name);
        markup_percent(out, accuracy, 2);
        buffer_text(out, "</td><td>");
        markup_count(out, scores->count - scores->correct[i]);
        buffer_print(out,
                     "</td><td class=\"text\" style=\"width:40%%\"><span class=\"bar\" "
                     "style=\"width:%.1f%%\"></span></td></tr>\n",
                     100.0 * (1.0 - accuracy) / most);
    }
    buffer_text(out, "</tbody></table></div>\n");
    return DIGIT_OK;
}
