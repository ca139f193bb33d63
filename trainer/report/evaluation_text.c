#include "trainer/report/evaluation_report.h"

#include <stdbool.h>

#define WRONG_PER_LINE 6

static void print_confusion(FILE *out, const struct confusion *confusion)
{
    fputs("\nConfusion matrix (rows: label, columns: prediction)\n    ", out);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        fprintf(out, " %6zu", i);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        fprintf(out, "\n%4zu", i);
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            fprintf(out, " %6zu", confusion->images[i][j]);
    }
    fputc('\n', out);
}

static void print_classes(FILE *out, const struct confusion *confusion)
{
    fputs("\nclass  precision  recall      f1  support\n", out);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        struct class_score score = class_score_make(confusion, i);
        fprintf(out, "%5zu  %9.4f  %6.4f  %6.4f  %7zu\n", i, score.precision, score.recall,
                score.f1, score.support);
    }
}

static void print_accuracy(FILE *out, size_t correct, size_t count, double loss)
{
    fprintf(out, "Accuracy %.2f %% (%zu of %zu), loss %.5f\n",
            100.0 * (double)correct / (double)count, correct, count, loss);
}

/* uncertain of `count` answers */
static void print_uncertain(FILE *out, size_t uncertain, size_t count)
{
    fprintf(out, "Uncertain %.2f %% (%zu of %zu)\n",
            count == 0 ? 0.0 : 100.0 * (double)uncertain / (double)count, uncertain, count);
}

static void print_mean_and_worst(FILE *out, const char *name,
                                 const struct corruption_scores *scores)
{
    size_t worst = corruptions_worst(scores);
    fprintf(out, "%s, mean %.2f %%, worst %.2f %% (%s)", name,
            100.0 * corruptions_mean_accuracy(scores), 100.0 * corruption_accuracy(scores, worst),
            corruptions[worst].name);
}

static void print_corruption(FILE *out, const struct corruption_scores *scores, size_t kind)
{
    fprintf(out, "%7.2f %% (%zu of %zu)", 100.0 * corruption_accuracy(scores, kind),
            scores->correct[kind], scores->count);
}

/* One column for the bare network and, if there are such figures, one for pictures. */
static void print_corruptions(FILE *out, const struct corruption_scores *bare,
                              const struct corruption_scores *pictures)
{
    fputc('\n', out);
    print_mean_and_worst(out, "Under the corruptions of MNIST-C", bare);
    if (pictures != NULL)
        print_mean_and_worst(out, "\nThe same after the server's preprocessing", pictures);
    fputc('\n', out);
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++) {
        print_corruption(out, bare, kind);
        if (pictures != NULL)
            print_corruption(out, pictures, kind);
        fprintf(out, " %s\n", corruptions[kind].name);
    }
}

static void print_evaluation(FILE *out, const struct evaluation_report *report)
{
    const struct evaluation *evaluation = report->evaluation;
    print_accuracy(out, evaluation->correct, evaluation->count, evaluation->loss);
    fprintf(out, "Calibration: NLL %.5f, ECE %.3f %% in %zu bins of equal mass\n", evaluation->loss,
            100.0 * report->calibration->ece, report->calibration->bin_count);
    print_uncertain(out, evaluation->uncertain, evaluation->count);
    print_confusion(out, &evaluation->confusion);
    print_classes(out, &evaluation->confusion);
    fprintf(out, "\n%zu misclassified (index: label > prediction)\n",
            evaluation->misclassified_count);
    for (size_t i = 0; i < evaluation->misclassified_count; i++) {
        bool ends = (i + 1) % WRONG_PER_LINE == 0 || i + 1 == evaluation->misclassified_count;
        const struct misclassified *misclassified = &evaluation->misclassified[i];
        fprintf(out, "%7zu: %u > %u%s", misclassified->index, misclassified->label,
                misclassified->digit, ends ? "\n" : "");
    }
}

static void print_groups(FILE *out, const char *name, const struct image_file_groups *groups)
{
    if (groups->count == 0)
        return;
    fprintf(out, "\nAccuracy by %s, mean %.2f %%\n", name, 100.0 * groups->mean_accuracy);
    for (size_t i = 0; i < groups->count; i++) {
        const struct image_file_group *group = &groups->items[i];
        fprintf(out, "%7.2f %% (%zu of %zu) %s\n",
                100.0 * (double)group->correct / (double)group->count, group->correct, group->count,
                group->name);
    }
}

static void print_wrong_picture(FILE *out, const struct image_file *picture)
{
    if (!picture->is_predicted)
        fprintf(out, "%s: label %zu, cannot be read: %s\n", picture->file, picture->label,
                picture->error.message);
    else if (!image_file_is_correct(picture))
        fprintf(out, "%s: label %zu, predicted %zu (%.3f)\n", picture->file, picture->label,
                picture->prediction.digit, (double)picture->prediction.confidence);
}

static void print_pictures(FILE *out, const struct image_file_list *pictures)
{
    print_accuracy(out, pictures->correct, pictures->count, pictures->loss);
    print_uncertain(out, pictures->uncertain, pictures->count - pictures->failed);
    print_groups(out, "kind", &pictures->kinds);
    print_groups(out, "source", &pictures->sources);
    print_confusion(out, &pictures->confusion);
    print_classes(out, &pictures->confusion);
    fprintf(out, "\n%zu wrong, %zu of them files that cannot be read\n",
            pictures->count - pictures->correct, pictures->failed);
    for (size_t i = 0; i < pictures->count; i++)
        print_wrong_picture(out, &pictures->items[i]);
}

void evaluation_report_print(FILE *out, const struct evaluation_report *report)
{
    fprintf(out, "Model %s %s on %s%s\n", report->model->name, report->model->version, report->data,
            report->preprocessed ? ", preprocessed as by the server" : "");
    if (report->evaluation != NULL)
        print_evaluation(out, report);
    else
        print_pictures(out, report->pictures);
    if (report->corruptions != NULL)
        print_corruptions(out, report->corruptions, report->corruptions_preprocessed);
}
