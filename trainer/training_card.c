#include "trainer/training_card.h"

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <digit/build_info.h>

static bool add_settings(cJSON *card, const struct train_options *options)
{
    cJSON *settings = cJSON_AddObjectToObject(card, "settings");
    const char *augment = train_options_augment_name(options);
    const char *schedule = train_options_schedule_name(options);
    return settings != NULL &&
           cJSON_AddNumberToObject(settings, "epochs", (double)options->epochs) &&
           cJSON_AddNumberToObject(settings, "batch_size", (double)options->batch_size) &&
           cJSON_AddNumberToObject(settings, "learning_rate", options->learning_rate) &&
           cJSON_AddStringToObject(settings, "schedule", schedule) &&
           cJSON_AddNumberToObject(settings, "weight_decay", options->weight_decay) &&
           cJSON_AddNumberToObject(settings, "patience", (double)options->patience) &&
           cJSON_AddStringToObject(settings, "augment", augment) &&
           cJSON_AddNumberToObject(settings, "gentle_epochs", (double)options->gentle_epochs) &&
           cJSON_AddNumberToObject(settings, "ema_decay", options->ema_decay) &&
           cJSON_AddNumberToObject(settings, "label_smoothing", options->label_smoothing);
}

static bool add_data(cJSON *card, const struct training_card *from)
{
    cJSON *data = cJSON_AddObjectToObject(card, "data");
    return data != NULL && cJSON_AddStringToObject(data, "train_sha256", from->train->sha256) &&
           cJSON_AddStringToObject(data, "test_sha256", from->test->sha256) &&
           cJSON_AddNumberToObject(data, "training_images", (double)from->fit->training_count);
}

static bool add_figures(cJSON *card, const char *name, size_t images, double accuracy, double loss)
{
    cJSON *figures = cJSON_AddObjectToObject(card, name);
    return figures != NULL && cJSON_AddNumberToObject(figures, "images", (double)images) &&
           cJSON_AddNumberToObject(figures, "accuracy", accuracy) &&
           cJSON_AddNumberToObject(figures, "loss", loss);
}

static bool add_validation(cJSON *card, const struct training_card *from)
{
    const struct fit_epoch *kept = &from->fit->kept;
    return !kept->validated || add_figures(card, "validation", from->options->validation,
                                           kept->validation_accuracy, kept->validation_loss);
}

static bool fill_card(cJSON *card, const struct training_card *from)
{
    const struct evaluation *test = from->test_figures;
    return cJSON_AddStringToObject(card, "program", "digitd-train") &&
           cJSON_AddStringToObject(card, "version", digit_build_version()) &&
           cJSON_AddStringToObject(card, "revision", digit_build_revision()) &&
           cJSON_AddStringToObject(card, "compiler", digit_build_compiler()) &&
           cJSON_AddNumberToObject(card, "seed", (double)from->options->seed) &&
           add_settings(card, from->options) && add_data(card, from) &&
           cJSON_AddNumberToObject(card, "epochs_run", (double)from->fit->epochs_run) &&
           cJSON_AddNumberToObject(card, "kept_epoch", (double)from->fit->kept.last.epoch) &&
           add_validation(card, from) &&
           add_figures(card, "test", test->count, evaluation_accuracy(test), test->loss);
}

enum digit_status training_card_format(char **out, const struct training_card *card,
                                       struct digit_error *error)
{
    *out = NULL;
    cJSON *json = cJSON_CreateObject();
    if (json != NULL && fill_card(json, card))
        *out = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the training card");
    return DIGIT_OK;
}
