#include "trainer/recipe/recipe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/network/architecture_read.h"

enum digit_status recipe_locate(char **out, const struct recipe *recipe,
                                const struct recipe_file *file, struct digit_error *error)
{
    bool is_joined = file->is_beside && file->name[0] != '/' && strcmp(recipe->folder, ".") != 0;
    size_t size_bytes = strlen(recipe->folder) + strlen(file->name) + 2;
    *out = malloc(size_bytes);
    if (*out == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%.120s: no memory for the path", file->name);
    if (is_joined)
        snprintf(*out, size_bytes, "%s/%s", recipe->folder, file->name);
    else
        snprintf(*out, size_bytes, "%s", file->name);
    return DIGIT_OK;
}

static void override_dropout(struct architecture *architecture, float probability)
{
    for (size_t i = 0; i < architecture->layer_count; i++)
        if (architecture->layers[i].type == LAYER_DROPOUT)
            architecture->layers[i].probability = probability;
}

enum digit_status recipe_load_architecture(struct architecture *out, const struct recipe *recipe,
                                           struct digit_error *error)
{
    if (recipe->architecture.name[0] == '\0')
        return digit_fail(error, DIGIT_INVALID, "recipe \"%s\": key \"architecture\" is missing",
                          recipe->name);
    char *path;
    enum digit_status status = recipe_locate(&path, recipe, &recipe->architecture, error);
    if (status == DIGIT_OK)
        status = architecture_load(out, path, error);
    if (status == DIGIT_OK && !isnan(recipe->dropout))
        override_dropout(out, recipe->dropout);
    free(path);
    return status;
}

void recipe_class_labels(const char *out[DIGIT_CLASSES], const struct recipe *recipe)
{
    static const char *const digits[DIGIT_CLASSES] = {"0", "1", "2", "3", "4",
                                                      "5", "6", "7", "8", "9"};
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        const char *name = recipe->labels.names[i];
        out[i] = name[0] != '\0' ? name : digits[i];
    }
}
