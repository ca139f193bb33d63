#include "trainer/report/metrics.h"

#include <stdbool.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/build_info.h>

#include "trainer/base/json_members.h"
#include "trainer/report/evaluation_json.h"
#include "trainer/report/evaluation_report.h"
#include "trainer/report/markup.h"

/* Every function that returns bool returns false if memory ran out. */

static bool add_evaluation(cJSON *json, const struct report_contents *contents)
{
    const struct report_source *source = contents->source;
    const struct evaluation_report report = {.model = source->model,
                                             .data = source->data,
                                             .evaluation = source->evaluation,
                                             .calibration = &contents->calibration,
                                             .corruptions = source->corruptions};
    return evaluation_report_add_json(json, &report);
}

static bool add_calibration(cJSON *json, const struct calibration *calibration)
{
    cJSON *object = cJSON_AddObjectToObject(json, "calibration");
    if (object == NULL || !json_add_number(object, "ece", calibration->ece))
        return false;
    cJSON *bins = cJSON_AddArrayToObject(object, "bins");
    for (size_t i = 0; bins != NULL && i < calibration->bin_count; i++) {
        const struct calibration_bin *bin = &calibration->bins[i];
        cJSON *item = json_add_item(bins);
        if (item == NULL || !json_add_count(item, "count", bin->count) ||
            !json_add_count(item, "correct", bin->correct) ||
            !json_add_number(item, "confidence", bin->confidence) ||
            !json_add_number(item, "accuracy", calibration_bin_accuracy(bin)))
            return false;
    }
    return bins != NULL;
}

static bool add_pairs(cJSON *json, const struct report_contents *contents)
{
    cJSON *pairs = cJSON_AddArrayToObject(json, "confusions");
    for (size_t i = 0; pairs != NULL && i < contents->pair_count; i++) {
        const struct gallery_pair *pair = &contents->pairs[i];
        cJSON *item = json_add_item(pairs);
        if (item == NULL || !json_add_count(item, "label", pair->label) ||
            !json_add_count(item, "digit", pair->digit) ||
            !json_add_count(item, "count", pair->count))
            return false;
    }
    return pairs != NULL;
}

static bool add_errors(cJSON *json, const struct gallery *gallery)
{
    cJSON *errors = cJSON_AddArrayToObject(json, "errors");
    for (size_t i = 0; errors != NULL && i < gallery->count; i++) {
        const struct gallery_item *error = &gallery->items[i];
        cJSON *item = json_add_item(errors);
        if (item == NULL || !json_add_count(item, "index", error->index) ||
            !json_add_count(item, "label", error->label) ||
            !json_add_count(item, "digit", error->digit) ||
            !json_add_number(item, "confidence", (double)error->confidence) ||
            !json_add_number(item, "label_probability", (double)error->label_probability))
            return false;
    }
    return errors != NULL;
}

static bool add_epoch(cJSON *item, const struct fit_epoch *epoch)
{
    if (!json_add_count(item, "epoch", epoch->last.epoch) ||
        !json_add_number(item, "training_loss", epoch->last.loss) ||
        !json_add_number(item, "training_accuracy", epoch->last.accuracy) ||
        !json_add_number(item, "learning_rate", epoch->last.learning_rate) ||
        !json_add_number(item, "seconds", epoch->seconds) ||
        !json_add_number(item, "images_per_second", history_speed(epoch)))
        return false;
    return !epoch->validated ||
           (json_add_number(item, "validation_loss", epoch->validation_loss) &&
            json_add_number(item, "validation_accuracy", epoch->validation_accuracy) &&
            cJSON_AddBoolToObject(item, "best", epoch->best) != NULL);
}

static bool add_history(cJSON *json, const struct report_source *source)
{
    if (source->history == NULL)
        return true;
    cJSON *rows = cJSON_AddArrayToObject(json, "history");
    for (size_t i = 0; rows != NULL && i < source->history->count; i++) {
        cJSON *item = json_add_item(rows);
        if (item == NULL || !add_epoch(item, &source->history->epochs[i]))
            return false;
    }
    return rows != NULL &&
           (source->kept_epoch == 0 || json_add_count(json, "kept_epoch", source->kept_epoch));
}

static bool add_checksums(cJSON *json, const struct report_source *source)
{
    return json_add_text(json, "test_sha256", source->test->sha256) &&
           (source->train == NULL || json_add_text(json, "train_sha256", source->train->sha256));
}

static bool add_network(cJSON *json, const struct digit_model_info *model)
{
    return json_add_count(json, "parameters", model->parameter_count) &&
           json_add_count(json, "macs", model->mac_count);
}

static bool add_machine(cJSON *json, const struct report_contents *contents)
{
    const struct machine *machine = &contents->machine;
    cJSON *object = cJSON_AddObjectToObject(json, "machine");
    return object != NULL && json_add_text(object, "processor", machine->processor) &&
           json_add_text(object, "system", machine->system) &&
           json_add_count(object, "cpus", machine->cpus) &&
           json_add_count(object, "threads", contents->source->threads) &&
           json_add_text(object, "kernels", contents->source->model->kernels);
}

static bool add_program(cJSON *json, const struct report_source *source)
{
    cJSON *object = cJSON_AddObjectToObject(json, "program");
    return object != NULL && json_add_text(object, "name", source->program) &&
           json_add_text(object, "version", digit_build_version()) &&
           json_add_text(object, "revision", digit_build_revision()) &&
           json_add_text(object, "compiler", digit_build_compiler());
}

/* A training card that is not JSON is left out: the model file may come from anywhere. */
static bool add_training(cJSON *json, const char *training)
{
    cJSON *parsed = training != NULL ? cJSON_Parse(training) : NULL;
    if (parsed == NULL)
        return true;
    if (cJSON_AddItemToObject(json, "training", parsed))
        return true;
    cJSON_Delete(parsed);
    return false;
}

static bool add_metrics(cJSON *json, const struct report_contents *contents)
{
    const struct report_source *source = contents->source;
    return add_evaluation(json, contents) && add_checksums(json, source) &&
           add_network(json, source->model) && add_calibration(json, &contents->calibration) &&
           add_pairs(json, contents) && add_errors(json, &contents->gallery) &&
           add_history(json, source) && add_machine(json, contents) && add_program(json, source) &&
           add_training(json, source->file->training);
}

enum digit_status metrics_add(struct buffer *out, const struct report_contents *contents,
                              struct digit_error *error)
{
    char *text = NULL;
    cJSON *json = cJSON_CreateObject();
    if (json != NULL && add_metrics(json, contents))
        text = cJSON_Print(json);
    cJSON_Delete(json);
    if (text == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the metrics");
    markup_utf8(out, text);
    buffer_text(out, "\n");
    cJSON_free(text);
    return DIGIT_OK;
}
