#include "trainer/report/evaluation_report.h"

#include <stdbool.h>

#define MISCLASSIFIED_PER_LINE 6

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

/* One column without preprocessing and, unless `preprocessed` is NULL, one with it. */
static void print_corruptions(FILE *out, const struct corruption_scores *bare,
                              const struct corruption_scores *preprocessed)
{
    fputc('\n', out);
    print_mean_and_worst(out, "Under the corruptions of MNIST-C", bare);
    if (preprocessed != NULL)
        print_mean_and_worst(out, "\nThe same after the server's preprocessing", preprocessed);
    fputc('\n', out);
    for (size_t kind = 0; kind < CORRUPTIONS_COUNT; kind++) {
        print_corruption(out, bare, kind);
        if (preprocessed != NULL)
            print_corruption(out, preprocessed, kind);
        fprintf(out, " %s\n", corruptions[kind].name);
    }
}

static void print_misclassified(FILE *out, const struct evaluation *evaluation)
{
    fprintf(out, "\n%zu misclassified (index: label > prediction)\n",
            evaluation->misclassified_count);
    for (size_t i = 0; i < evaluation->misclassified_count; i++) {
        bool ends_line =
            (i + 1) % MISCLASSIFIED_PER_LINE == 0 || i + 1 == evaluation->misclassified_count;
        const struct misclassified *item = &evaluation->misclassified[i];
        fprintf(out, "%7zu: %u > %u%s", item->index, item->label, item->digit,
                ends_line ? "\n" : "");
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
    print_misclassified(out, evaluation);
}

static void print_group(FILE *out, const struct image_file_group *group)
{
    fprintf(out, "%7.2f %% (%zu of %zu)", 100.0 * (double)group->correct / (double)group->count,
            group->correct, group->count);
}

/* `naive` has the same groups; NULL: there is no second column. */
static void print_groups(FILE *out, const char *name, const struct image_file_groups *groups,
                         const struct image_file_groups *naive)
{
    if (groups->count == 0)
        return;
    fprintf(out, "\nAccuracy by %s, mean %.2f %%", name, 100.0 * groups->mean_accuracy);
    if (naive != NULL)
        fprintf(out, "; by the naive pipeline, mean %.2f %%", 100.0 * naive->mean_accuracy);
    fputc('\n', out);
    for (size_t i = 0; i < groups->count; i++) {
        print_group(out, &groups->items[i]);
        if (naive != NULL)
            print_group(out, &naive->items[i]);
        fprintf(out, " %s\n", groups->items[i].name);
    }
}

static void print_file_if_misclassified(FILE *out, const struct image_file *file)
{
    if (!file->is_predicted)
        fprintf(out, "%s: label %zu, cannot be read: %s\n", file->file, file->label,
                file->error.message);
    else if (!image_file_is_correct(file))
        fprintf(out, "%s: label %zu, predicted %zu (%.3f)\n", file->file, file->label,
                file->prediction.digit, (double)file->prediction.confidence);
}

/* `naive` has the same files; NULL: it is not compared with. */
static void print_image_files(FILE *out, const struct image_file_list *files,
                              const struct image_file_list *naive)
{
    print_accuracy(out, files->correct, files->count, files->loss);
    print_uncertain(out, files->uncertain, files->count - files->failed);
    if (naive != NULL) {
        fputs("By the naive pipeline: ", out);
        print_accuracy(out, naive->correct, naive->count, naive->loss);
    }
    print_groups(out, "kind", &files->kinds, naive == NULL ? NULL : &naive->kinds);
    print_groups(out, "source", &files->sources, naive == NULL ? NULL : &naive->sources);
    print_confusion(out, &files->confusion);
    print_classes(out, &files->confusion);
    fprintf(out, "\n%zu misclassified (%zu cannot be read)\n", files->count - files->correct,
            files->failed);
    for (size_t i = 0; i < files->count; i++)
        print_file_if_misclassified(out, &files->items[i]);
}

void evaluation_report_print(FILE *out, const struct evaluation_report *report)
{
    fprintf(out, "Model %s %s on %s%s%s\n", report->model->name, report->model->version,
            report->data, report->preprocessed ? ", preprocessed as by the server" : "",
            report->files != NULL && report->files->pipeline == IMAGE_FILE_PIPELINE_NAIVE
                ? ", by the naive pipeline"
                : "");
    if (report->evaluation != NULL)
        print_evaluation(out, report);
    else
        print_image_files(out, report->files, report->naive_files);
    if (report->corruptions != NULL)
        print_corruptions(out, report->corruptions, report->corruptions_preprocessed);
}
