#include "trainer/export/training_card.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include <digit/build_info.h>

#include "core/base/json.h"
#include "trainer/recipe/recipe_format.h"

#define WHERE_BYTES 192

static bool add_recipe(cJSON *card, const struct recipe *recipe)
{
    char *text;
    if (recipe_format(&text, recipe, NULL) != DIGIT_OK)
        return false;
    bool added = cJSON_AddRawToObject(card, "recipe", text) != NULL;
    free(text);
    return added;
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
    return !kept->validated || add_figures(card, "validation", from->recipe->fit.validation_count,
                                           kept->validation_accuracy, kept->validation_loss);
}

static bool fill_card(cJSON *card, const struct training_card *from)
{
    const struct evaluation *test = from->test_figures;
    const struct fit_figures *training = &from->fit->training;
    return cJSON_AddStringToObject(card, "program", "digitd-train") &&
           cJSON_AddStringToObject(card, "version", digit_build_version()) &&
           cJSON_AddStringToObject(card, "revision", digit_build_revision()) &&
           cJSON_AddStringToObject(card, "compiler", digit_build_compiler()) &&
           add_recipe(card, from->recipe) && add_data(card, from) &&
           cJSON_AddNumberToObject(card, "epochs_run", (double)from->fit->epochs_run) &&
           cJSON_AddNumberToObject(card, "kept_epoch", (double)from->fit->kept.last.epoch) &&
           add_figures(card, "training", from->fit->training_count, training->accuracy,
                       training->loss) &&
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

/* Fails if the model was trained on other images. */
static enum digit_status check_images(const cJSON *card, const struct dataset *train,
                                      const char *where, struct digit_error *error)
{
    const char *sha256;
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(card, "data");
    enum digit_status status = json_get_string(&sha256, data, "train_sha256", where, error);
    if (status == DIGIT_OK && strcmp(sha256, train->sha256) != 0)
        status =
            digit_fail(error, DIGIT_INVALID,
                       "%s: trained on different images: SHA-256 is %.12s, that of these is %.12s",
                       where, sha256, train->sha256);
    return status;
}

static enum digit_status read_validation_count(size_t *out, const cJSON *card,
                                               const struct dataset *train, const char *where,
                                               struct digit_error *error)
{
    const cJSON *recipe = cJSON_GetObjectItemCaseSensitive(card, "recipe");
    enum digit_status status = check_images(card, train, where, error);
    if (status == DIGIT_OK)
        status = json_get_size(out, recipe, "validation", 0, train->count - 1, where, error);
    if (status == DIGIT_OK && *out == 0)
        status = digit_fail(error, DIGIT_INVALID,
                            "%s: \"validation\" is 0: there are no validation images", where);
    return status;
}

enum digit_status training_card_validation_count(size_t *out, const char *text,
                                                 const struct dataset *train, const char *where,
                                                 struct digit_error *error)
{
    if (text == NULL)
        return digit_fail(error, DIGIT_INVALID, "%s: metadata \"training\" is missing", where);
    char name[WHERE_BYTES];
    snprintf(name, sizeof name, "%.160s: training", where);
    cJSON *card;
    enum digit_status status = json_parse(&card, text, strlen(text), name, error);
    if (status != DIGIT_OK)
        return status;
    status = read_validation_count(out, card, train, name, error);
    cJSON_Delete(card);
    return status;
}
