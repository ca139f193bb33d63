#include "trainer/tuition.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/sha256.h"

/* Of a recipe. Whether an epoch is gentle, too, is in the name of its notes. */
static const char *const LESSON_FIELDS[] = {"augment", "mix", "gentle", "repeat", "validation"};

/* What decides which images the teachers are shown, and how: two students may share notes if it is
 * equal, however long they train. NULL without memory; the caller frees it. */
static char *format_lessons(const struct recipe *recipe, struct digit_error *error)
{
    struct recipe lessons;
    char *whole;
    recipe_init(&lessons);
    lessons.augment = recipe->augment;
    lessons.mix = recipe->mix;
    lessons.gentle.mix = recipe->gentle.mix;
    lessons.repeat = recipe->repeat;
    lessons.augment_seed = recipe->augment_seed != 0 ? recipe->augment_seed : recipe->seed;
    lessons.validation = recipe->validation;
    if (recipe_format(&whole, &lessons, error) != DIGIT_OK)
        return NULL;
    cJSON *json = cJSON_Parse(whole), *parts = cJSON_CreateObject();
    bool complete = true;
    for (size_t i = 0; i < sizeof LESSON_FIELDS / sizeof *LESSON_FIELDS && complete; i++) {
        cJSON *field = cJSON_DetachItemFromObjectCaseSensitive(json, LESSON_FIELDS[i]);
        complete = cJSON_AddItemToObject(parts, LESSON_FIELDS[i], field);
        if (!complete)
            cJSON_Delete(field);
    }
    char *text = complete ? cJSON_PrintUnformatted(parts) : NULL;
    cJSON_Delete(parts);
    cJSON_Delete(json);
    free(whole);
    return text;
}

/* Digest of teachers, images and lessons. */
static enum digit_status make_key(char key[SHA256_HEX_BYTES], const struct teachers *teachers,
                                  const struct recipe *recipe, const struct dataset *data,
                                  struct digit_error *error)
{
    struct sha256_part parts[TEACHERS_MAX + 2];
    char *text = format_lessons(recipe, error);
    if (text == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the teachers' lessons");
    size_t count = teachers_count(teachers);
    for (size_t i = 0; i < count; i++) {
        const char *sha256 = teachers_info(teachers, i)->sha256;
        parts[i] = (struct sha256_part){sha256, strlen(sha256)};
    }
    parts[count] = (struct sha256_part){data->sha256, strlen(data->sha256)};
    parts[count + 1] = (struct sha256_part){text, strlen(text)};
    sha256_hex(key, parts, count + 2);
    free(text);
    return DIGIT_OK;
}

static enum digit_status open_teachers(struct tuition *out, const struct recipe *recipe,
                                       size_t members, struct digit_error *error)
{
    char *folder;
    enum digit_status status = recipe_locate(&folder, recipe, &recipe->teachers, error);
    if (status != DIGIT_OK)
        return status;
    status = teachers_open_folder(&out->teachers, folder, members, error);
    free(folder);
    return status;
}

enum digit_status tuition_open(struct tuition *out, const struct recipe *recipe,
                               const struct dataset *data, const char *notes_folder, size_t members,
                               struct digit_error *error)
{
    *out = (struct tuition){NULL, NULL};
    bool has_teachers = recipe->teachers.name[0] != '\0';
    if (!has_teachers && notes_folder != NULL)
        return digit_fail(error, DIGIT_INVALID,
                          "--teacher-notes %s: the recipe has no distill.teachers", notes_folder);
    if (!has_teachers)
        return DIGIT_OK;
    char key[SHA256_HEX_BYTES];
    enum digit_status status = open_teachers(out, recipe, members, error);
    if (status == DIGIT_OK && notes_folder != NULL)
        status = make_key(key, out->teachers, recipe, data, error);
    if (status == DIGIT_OK && notes_folder != NULL)
        status = teacher_notes_create(&out->notes, notes_folder, key,
                                      data->count + repeats_total(&recipe->repeat), error);
    if (status != DIGIT_OK)
        tuition_close(out);
    return status;
}

void tuition_apply(const struct tuition *tuition, struct fit_settings *settings)
{
    settings->teachers = tuition->teachers;
    settings->notes = tuition->notes;
}

void tuition_close(struct tuition *tuition)
{
    teacher_notes_destroy(tuition->notes);
    teachers_destroy(tuition->teachers);
    *tuition = (struct tuition){NULL, NULL};
}
