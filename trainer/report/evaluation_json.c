#include "trainer/report/evaluation_json.h"

#include <stdbool.h>

#include "trainer/base/json_members.h"
#include "trainer/report/evaluation_report.h"

/* Every function that returns bool returns false if memory ran out. */

static bool add_model(cJSON *json, const struct digit_model_info *info)
{
    cJSON *model = cJSON_AddObjectToObject(json, "model");
    return model != NULL && json_add_text(model, "name", info->name) &&
           json_add_text(model, "version", info->version) &&
           json_add_text(model, "sha256", info->sha256);
}

/* The loss is the mean negative log-likelihood; it is given under both names. */
static bool add_accuracy(cJSON *json, size_t correct, size_t count, double loss, size_t uncertain)
{
    return json_add_count(json, "count", count) && json_add_count(json, "correct", correct) &&
           json_add_number(json, "accuracy", (double)correct / (double)count) &&
           json_add_number(json, "loss", loss) && json_add_number(json, "nll", loss) &&
           json_add_count(json, "uncertain", uncertain);
}

static bool add_confusion(cJSON *json, const struct confusion *confusion)
{
    cJSON *rows = cJSON_AddArrayToObject(json, "confusion");
    for (size_t i = 0; rows != NULL && i < DIGIT_CLASSES; i++) {
        double counts[DIGIT_CLASSES];
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            counts[j] = (double)confusion->images[i][j];
        cJSON *row = cJSON_CreateDoubleArray(counts, DIGIT_CLASSES);
        if (row == NULL || !cJSON_AddItemToArray(rows, row)) {
            cJSON_Delete(row);
            return false;
        }
    }
    return rows != NULL;
}

static bool add_classes(cJSON *json, const struct evaluation_report *report,
                        const struct confusion *confusion)
{
    cJSON *classes = cJSON_AddArrayToObject(json, "classes");
    for (size_t i = 0; classes != NULL && i < DIGIT_CLASSES; i++) {
        struct class_score score = class_score_make(confusion, i);
        cJSON *item = json_add_item(classes);
        if (item == NULL || !json_add_text(item, "label", report->model->labels[i]) ||
            !json_add_number(item, "precision", score.precision) ||
            !json_add_number(item, "recall", score.recall) ||
            !json_add_number(item, "f1", score.f1) ||
            !json_add_count(item, "support", score.support))
            return false;
    }
    return classes != NULL;
}

static bool add_corruptions(cJSON *json, const char *name, const struct corruption_scores *scores)
{
    if (scores == NULL)
        return true;
    cJSON *object = cJSON_AddObjectToObject(json, name);
    if (object == NULL || !json_add_count(object, "count", scores->count) ||
        !json_add_number(object, "mean_accuracy", corruptions_mean_accuracy(scores)) ||
        !json_add_text(object, "worst", corruptions[corruptions_worst(scores)].name))
        return false;
    cJSON *kinds = cJSON_AddArrayToObject(object, "kinds");
    for (size_t i = 0; kinds != NULL && i < CORRUPTIONS_COUNT; i++) {
        cJSON *item = json_add_item(kinds);
        if (item == NULL || !json_add_text(item, "name", corruptions[i].name) ||
            !json_add_count(item, "correct", scores->correct[i]) ||
            !json_add_number(item, "accuracy", corruption_accuracy(scores, i)))
            return false;
    }
    return kinds != NULL;
}

static bool add_evaluation(cJSON *json, const struct evaluation_report *report)
{
    const struct evaluation *evaluation = report->evaluation;
    if (!add_accuracy(json, evaluation->correct, evaluation->count, evaluation->loss,
                      evaluation->uncertain) ||
        !json_add_number(json, "ece", report->calibration->ece) ||
        !add_confusion(json, &evaluation->confusion) ||
        !add_classes(json, report, &evaluation->confusion) ||
        !add_corruptions(json, "corruptions", report->corruptions) ||
        !add_corruptions(json, "corruptions_preprocessed", report->corruptions_preprocessed) ||
        cJSON_AddBoolToObject(json, "preprocessed", report->preprocessed) == NULL)
        return false;
    cJSON *wrong = cJSON_AddArrayToObject(json, "wrong");
    for (size_t i = 0; wrong != NULL && i < evaluation->misclassified_count; i++) {
        const struct misclassified *misclassified = &evaluation->misclassified[i];
        cJSON *item = json_add_item(wrong);
        if (item == NULL || !json_add_count(item, "index", misclassified->index) ||
            !json_add_count(item, "label", misclassified->label) ||
            !json_add_count(item, "digit", misclassified->digit))
            return false;
    }
    return wrong != NULL;
}

static bool add_groups(cJSON *json, const char *name, const struct image_file_groups *groups)
{
    if (groups->count == 0)
        return true;
    cJSON *object = cJSON_AddObjectToObject(json, name);
    if (object == NULL || !json_add_number(object, "mean_accuracy", groups->mean_accuracy))
        return false;
    cJSON *items = cJSON_AddArrayToObject(object, "groups");
    for (size_t i = 0; items != NULL && i < groups->count; i++) {
        const struct image_file_group *group = &groups->items[i];
        cJSON *item = json_add_item(items);
        if (item == NULL || !json_add_text(item, "name", group->name) ||
            !json_add_count(item, "count", group->count) ||
            !json_add_count(item, "correct", group->correct) ||
            !json_add_number(item, "accuracy", (double)group->correct / (double)group->count))
            return false;
    }
    return items != NULL;
}

static bool add_misclassified_file(cJSON *wrong, const struct image_file *file)
{
    cJSON *item = json_add_item(wrong);
    if (item == NULL || !json_add_text(item, "file", file->file) ||
        !json_add_count(item, "label", file->label))
        return false;
    if (!file->is_predicted)
        return json_add_text(item, "reason", file->error.message);
    return json_add_count(item, "digit", file->prediction.digit) &&
           json_add_number(item, "confidence", (double)file->prediction.confidence);
}

static bool add_image_files(cJSON *json, const struct evaluation_report *report,
                            const struct image_file_list *files)
{
    bool naive = files->pipeline == IMAGE_FILE_PIPELINE_NAIVE;
    if (!json_add_text(json, "pipeline", naive ? "naive" : "service") ||
        !add_accuracy(json, files->correct, files->count, files->loss, files->uncertain) ||
        !json_add_count(json, "failed", files->failed) ||
        !add_groups(json, "kinds", &files->kinds) ||
        !add_groups(json, "sources", &files->sources) || !add_confusion(json, &files->confusion) ||
        !add_classes(json, report, &files->confusion))
        return false;
    cJSON *wrong = cJSON_AddArrayToObject(json, "wrong");
    for (size_t i = 0; wrong != NULL && i < files->count; i++)
        if (!image_file_is_correct(&files->items[i]) &&
            !add_misclassified_file(wrong, &files->items[i]))
            return false;
    return wrong != NULL;
}

/* The files by one pipeline; if they are compared, those by the naive one as the same members of "naive". */
static bool add_all_image_files(cJSON *json, const struct evaluation_report *report)
{
    return add_image_files(json, report, report->files) &&
           (report->naive_files == NULL ||
            add_image_files(cJSON_AddObjectToObject(json, "naive"), report, report->naive_files));
}

bool evaluation_report_add_json(cJSON *json, const struct evaluation_report *report)
{
    return add_model(json, report->model) && json_add_text(json, "data", report->data) &&
           (report->evaluation != NULL ? add_evaluation(json, report)
                                       : add_all_image_files(json, report));
}

enum digit_status evaluation_report_format_json(char **out, const struct evaluation_report *report,
                                                struct digit_error *error)
{
    *out = NULL;
    cJSON *json = cJSON_CreateObject();
    if (json != NULL && evaluation_report_add_json(json, report))
        *out = cJSON_Print(json);
    cJSON_Delete(json);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the report");
    return DIGIT_OK;
}
