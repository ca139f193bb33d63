#include "trainer/recipe_fields.h"

#include <string.h>

#include "trainer/recipe.h"

#define HELP_COLUMN 34

/* In the order of enum schedule_kind. */
static const char *const SCHEDULES[] = {"constant", "one-cycle", NULL};

#define AT(member) offsetof(struct recipe, member)

const struct recipe_field recipe_fields[] = {
    {.path = "name",
     .type = RECIPE_TEXT,
     .offset = AT(name),
     .fallback = "unnamed",
     .help = "what reports call it"},
    {.path = "architecture",
     .type = RECIPE_FILE,
     .offset = AT(architecture),
     .help = "network to train; relative to the recipe's folder, with --set to the working one"},
    {.path = "labels",
     .type = RECIPE_LABELS,
     .offset = AT(labels),
     .is_optional = true,
     .fallback = "null",
     .help = "what the ten classes are called; null: the digits"},
    {.path = "seed",
     .type = RECIPE_COUNT,
     .offset = AT(seed),
     .max = 4294967295.0,
     .fallback = "1",
     .help = "start of all random numbers"},
    {.path = "epochs",
     .type = RECIPE_COUNT,
     .offset = AT(epochs),
     .min = 1,
     .max = 10000,
     .fallback = "30",
     .help = "passes over the training images"},
    {.path = "batch_size",
     .type = RECIPE_COUNT,
     .offset = AT(batch_size),
     .min = 2,
     .max = 4096,
     .fallback = "128",
     .help = "most images of a step"},
    {.path = "validation",
     .type = RECIPE_COUNT,
     .offset = AT(validation),
     .max = DATASET_MAX_IMAGES,
     .fallback = "5000",
     .help = "training images held out for validation"},
    {.path = "patience",
     .type = RECIPE_COUNT,
     .offset = AT(patience),
     .max = 10000,
     .fallback = "0",
     .help = "epochs without a better validation loss, then the best weights are restored; 0: off"},
    {.path = "gentle_epochs",
     .type = RECIPE_COUNT,
     .offset = AT(gentle_epochs),
     .max = 10000,
     .fallback = "4",
     .help = "last epochs, warped half as much and distorted half as often"},
    {.path = "recompute_statistics",
     .type = RECIPE_COUNT,
     .offset = AT(recompute_statistics),
     .max = DATASET_MAX_IMAGES,
     .fallback = "0",
     .help = "training images for the averaged weights' own batch statistics at the end; 0: off"},
    {.path = "learning_rate",
     .type = RECIPE_DOUBLE,
     .offset = AT(learning_rate),
     .min = 1e-8,
     .max = 10,
     .fallback = "0.003",
     .help = "peak of the schedule"},
    {.path = "schedule",
     .type = RECIPE_CHOICE,
     .offset = AT(schedule),
     .choices = SCHEDULES,
     .fallback = "one-cycle",
     .help = "how the learning rate moves"},
    {.path = "weight_decay",
     .type = RECIPE_DOUBLE,
     .offset = AT(optimiser.weight_decay),
     .max = 1,
     .fallback = "0.01",
     .help = "AdamW's decay of weights"},
    {.path = "ema_decay",
     .type = RECIPE_DOUBLE,
     .offset = AT(ema_decay),
     .max = 0.999999,
     .fallback = "0.998",
     .help = "decay of the moving average of the weights; 0: off"},
    {.path = "label_smoothing",
     .type = RECIPE_FLOAT,
     .offset = AT(label_smoothing),
     .max = 0.9,
     .fallback = "0.02",
     .help = "share of the target spread over all classes"},
    {.path = "dropout",
     .type = RECIPE_FLOAT,
     .offset = AT(dropout),
     .max = 0.9,
     .is_optional = true,
     .fallback = "null",
     .help = "of every dropout layer; 0: off, null: as the architecture says"},
    {.path = "optimiser.beta1",
     .type = RECIPE_DOUBLE,
     .offset = AT(optimiser.beta1),
     .max = 0.999999,
     .fallback = "0.9",
     .help = "AdamW's decay of the gradients' mean"},
    {.path = "optimiser.beta2",
     .type = RECIPE_DOUBLE,
     .offset = AT(optimiser.beta2),
     .max = 0.999999,
     .fallback = "0.999",
     .help = "AdamW's decay of the gradients' squares"},
    {.path = "optimiser.epsilon",
     .type = RECIPE_DOUBLE,
     .offset = AT(optimiser.epsilon),
     .min = 1e-12,
     .max = 1,
     .fallback = "1e-08",
     .help = "added to the squares' root"},
    {.path = "augment.seed",
     .type = RECIPE_COUNT,
     .offset = AT(augment_seed),
     .max = 4294967295.0,
     .fallback = "0",
     .help = "start of augmentation's random numbers; 0: the seed"},
    {.path = "augment.rotation_deviation_deg",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.rotation_deviation_deg),
     .max = 90,
     .fallback = "7",
     .help = "deviation of the angle"},
    {.path = "augment.rotation_limit_deg",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.rotation_limit_deg),
     .max = 180,
     .fallback = "15",
     .help = "largest angle, either way"},
    {.path = "augment.scale",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.scale),
     .max = 0.9,
     .fallback = "0.15",
     .help = "width and height each by 1 - this to 1 + this"},
    {.path = "augment.shear",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.shear),
     .max = 1,
     .fallback = "0.15",
     .help = "columns move by up to this share of their height"},
    {.path = "augment.shift_px",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.shift_px),
     .max = DIGIT_SIDE_PX,
     .fallback = "2",
     .help = "longest shift, each way on each axis"},
    {.path = "augment.elastic_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.elastic_probability),
     .max = 1,
     .fallback = "0.5",
     .help = "that an image is bent"},
    {.path = "augment.elastic_px",
     .type = RECIPE_FLOAT,
     .offset = AT(augment.elastic_px),
     .max = DIGIT_SIDE_PX,
     .fallback = "0.9",
     .help = "deviation of the points that bend it"},
    {.path = "distort.probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.probability),
     .max = 1,
     .fallback = "0",
     .help = "that an image is distorted at all; 0: none is, whatever follows says"},
    {.path = "distort.stroke_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.stroke_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of another stroke width, as the following of an image that is distorted"},
    {.path = "distort.stroke_px",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.stroke_px),
     .max = 2,
     .fallback = "2",
     .help = "most px that strokes become thicker; thinner by up to half of it"},
    {.path = "distort.outline_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.outline_probability),
     .max = 1,
     .fallback = "0.08",
     .help = "of outlines instead of strokes"},
    {.path = "distort.box_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.box_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of a rectangle that covers a part"},
    {.path = "distort.box_px",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.box_px),
     .min = 1,
     .max = DIGIT_SIDE_PX,
     .fallback = "9",
     .help = "longest side of that rectangle"},
    {.path = "distort.blobs_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.blobs_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of round blots"},
    {.path = "distort.blob_count",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.blob_count),
     .min = 1,
     .max = 100,
     .fallback = "10",
     .help = "most blots"},
    {.path = "distort.lines_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.lines_probability),
     .max = 1,
     .fallback = "0.12",
     .help = "of straight, wavy or dashed lines"},
    {.path = "distort.line_count",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.line_count),
     .min = 1,
     .max = 20,
     .fallback = "2",
     .help = "most of those lines"},
    {.path = "distort.ruled_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.ruled_probability),
     .max = 1,
     .fallback = "0.06",
     .help = "of ruled paper"},
    {.path = "distort.shuffle_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.shuffle_probability),
     .max = 1,
     .fallback = "0.08",
     .help = "of pixels taken from near by"},
    {.path = "distort.shuffle_px",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.shuffle_px),
     .min = 1,
     .max = 3,
     .fallback = "1",
     .help = "furthest that they are taken from, in whole px"},
    {.path = "distort.motion_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.motion_probability),
     .max = 1,
     .fallback = "0.08",
     .help = "of a trail"},
    {.path = "distort.motion_px",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.motion_px),
     .min = 1,
     .max = DIGIT_SIDE_PX,
     .fallback = "7",
     .help = "longest trail"},
    {.path = "distort.blur_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.blur_probability),
     .max = 1,
     .fallback = "0.08",
     .help = "of a blur"},
    {.path = "distort.blur_px",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.blur_px),
     .max = 3,
     .fallback = "1.2",
     .help = "largest deviation of the blur"},
    {.path = "distort.contrast_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.contrast_probability),
     .max = 1,
     .fallback = "0.12",
     .help = "of less contrast, on any ground"},
    {.path = "distort.contrast_least",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.contrast_least),
     .max = 1,
     .fallback = "0.25",
     .help = "smallest contrast that is left"},
    {.path = "distort.fog_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.fog_probability),
     .max = 1,
     .fallback = "0.12",
     .help = "of clouds"},
    {.path = "distort.fog_depth",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.fog_depth),
     .max = 1,
     .fallback = "0.8",
     .help = "most of the image that clouds hide"},
    {.path = "distort.inverted_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.inverted_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of an inverted band, margins or frame"},
    {.path = "distort.impulse_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.impulse_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of black and white pixels"},
    {.path = "distort.impulse_share",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.impulse_share),
     .max = 1,
     .fallback = "0.25",
     .help = "most pixels that turn black or white"},
    {.path = "distort.grain_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.grain_probability),
     .max = 1,
     .fallback = "0.08",
     .help = "of noise that grows with the brightness"},
    {.path = "distort.grain_deviation",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.grain_deviation),
     .max = 2,
     .fallback = "0.6",
     .help = "its largest deviation, on white"},
    {.path = "distort.noise_probability",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.noise_probability),
     .max = 1,
     .fallback = "0.1",
     .help = "of noise that is the same everywhere"},
    {.path = "distort.noise_deviation",
     .type = RECIPE_FLOAT,
     .offset = AT(distort.noise_deviation),
     .max = 2,
     .fallback = "0.35",
     .help = "its largest deviation"},
    {.path = "distill.teachers",
     .type = RECIPE_FILE,
     .offset = AT(teachers),
     .is_optional = true,
     .fallback = "null",
     .help = "folder of models to learn from beside the labels"},
    {.path = "distill.share",
     .type = RECIPE_FLOAT,
     .offset = AT(teacher_share),
     .max = 1,
     .fallback = "0.9",
     .help = "share of the loss that the teachers' answers have"},
    {.path = "distill.temperature",
     .type = RECIPE_FLOAT,
     .offset = AT(temperature),
     .min = 0.1,
     .max = 100,
     .fallback = "2",
     .help = "that softens the teachers' answers and the network's"},
};

const size_t recipe_field_count = sizeof recipe_fields / sizeof recipe_fields[0];

const struct recipe_field *recipe_field_find(const char *path)
{
    for (size_t i = 0; i < recipe_field_count; i++)
        if (strcmp(recipe_fields[i].path, path) == 0)
            return &recipe_fields[i];
    return NULL;
}

bool recipe_group_exists(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < recipe_field_count; i++)
        if (strncmp(recipe_fields[i].path, path, length) == 0 &&
            recipe_fields[i].path[length] == '.')
            return true;
    return false;
}

static void describe_choices(char *text, size_t size_bytes, const char *const *choices)
{
    int used = snprintf(text, size_bytes, "one of ");
    for (size_t i = 0; choices[i] != NULL && used >= 0 && (size_t)used < size_bytes; i++)
        used +=
            snprintf(text + used, size_bytes - (size_t)used, "%s%s", i > 0 ? ", " : "", choices[i]);
}

void recipe_field_describe(char *text, size_t size_bytes, const struct recipe_field *field)
{
    switch (field->type) {
    case RECIPE_TEXT:
        snprintf(text, size_bytes, "text of 1 to %d bytes", RECIPE_NAME_BYTES - 1);
        break;
    case RECIPE_FILE:
        snprintf(text, size_bytes, "%sa file's name of 1 to %d bytes",
                 field->is_optional ? "null or " : "", RECIPE_FILE_BYTES - 1);
        break;
    case RECIPE_COUNT:
        snprintf(text, size_bytes, "a whole number from %.15g to %.15g", field->min, field->max);
        break;
    case RECIPE_DOUBLE:
    case RECIPE_FLOAT:
        snprintf(text, size_bytes, "%sa number from %.15g to %.15g",
                 field->is_optional ? "null or " : "", field->min, field->max);
        break;
    case RECIPE_LABELS:
        snprintf(text, size_bytes, "null or an array of %d texts of 1 to %d bytes", DIGIT_CLASSES,
                 MODEL_LABEL_MAX_LENGTH);
        break;
    case RECIPE_CHOICE:
        describe_choices(text, size_bytes, field->choices);
        break;
    }
}

/* "1 to 10000; ", "constant, one-cycle; ", or nothing. */
static void print_range(FILE *out, const struct recipe_field *field)
{
    if (field->type == RECIPE_CHOICE)
        for (size_t i = 0; field->choices[i] != NULL; i++)
            fprintf(out, "%s%s", field->choices[i], field->choices[i + 1] != NULL ? ", " : "; ");
    else if (field->type == RECIPE_COUNT || field->type == RECIPE_DOUBLE ||
             field->type == RECIPE_FLOAT)
        fprintf(out, "%.15g to %.15g; ", field->min, field->max);
}

void recipe_fields_print(FILE *out)
{
    for (size_t i = 0; i < recipe_field_count; i++) {
        const struct recipe_field *field = &recipe_fields[i];
        int used = fprintf(out, "  %s ", field->path);
        fprintf(out, "%*s%s (", used < HELP_COLUMN ? HELP_COLUMN - used : 0, "", field->help);
        print_range(out, field);
        fprintf(out, "%s%s)\n", field->fallback != NULL ? "default " : "needed",
                field->fallback != NULL ? field->fallback : "");
    }
}
