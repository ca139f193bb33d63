/*
 * digitd-lattices: writes the features of all candidates and pieces of pictures of numbers, with which
 * research/fit-numbers fits core/number/weights.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"
#include "core/number/candidates.h"
#include "core/number/features.h"
#include "core/number/number_reader.h"
#include "core/number/number_reader_parts.h"
#include "core/preprocess/foreground.h"
#include "core/preprocess/preprocessor.h"

#define EXIT_USAGE 2

#define MAX_BYTES   ((size_t)32 << 20)
#define MAX_SIDE_PX 8192
#define MAX_PIXELS  ((size_t)50 << 20)
#define LINE_BYTES  4096

/* The first piece of a candidate that shares it with the digit before has this bit. */
#define SHARED_BIT 0x8000U

/* Steps that a plane may be made without or against; bits, in the order in which planes are tried. */
enum variant { OTHER_POLARITY = 1, WITH_BACKGROUND = 2, WITH_LINES = 4, VARIANTS = 8 };

struct lattices {
    struct digit_context *context;
    struct number_reader *reader;
    struct digit_preprocessor *preprocessor;
    FILE *out;
    struct digit_prediction predictions[NUMBER_CANDIDATES_DEFAULT];
    struct number_reading reading;
};

static void print_usage(FILE *out)
{
    fputs(
        "Usage: digitd-lattices MODEL LABELS.tsv LATTICES\n"
        "\n"
        "Cuts the pictures of numbers in LABELS.tsv (columns file and label first; a header) into\n"
        "pieces, lets MODEL read all candidates, and writes their features to LATTICES, for\n"
        "research/fit-numbers. Of several ways to find the foreground, the first with which the\n"
        "number is read right is taken, or the first of all. Exit codes: 2 usage error, 1 any "
        "other\n"
        "failure.\n"
        "\n"
        "  -h, --help                  print this help and exit\n",
        out);
}

/* Makes the plane and its components; false if the picture is blank. */
static bool make_plane(struct lattices *lattices, const struct digit_image *image, unsigned variant)
{
    struct digit_preprocessor *preprocessor = lattices->preprocessor;
    preprocessor_begin(preprocessor, image, NULL);
    bool other = (variant & OTHER_POLARITY) != 0;
    unsigned steps = preprocessor->picture.polarity.dark_on_light != other ? DIGIT_STEP_INVERT : 0;
    steps |= (variant & WITH_BACKGROUND) == 0 ? DIGIT_STEP_BACKGROUND : 0;
    steps |= (variant & WITH_LINES) == 0 ? DIGIT_STEP_LINES : 0;
    return preprocessor_extract(preprocessor, steps) &&
           preprocessor->foreground.contrast >= FOREGROUND_CONTRAST_MIN;
}

static bool is_right(const struct number_reading *reading, const char *label)
{
    if (reading->count != strlen(label))
        return false;
    for (size_t i = 0; i < reading->count; i++)
        if (label[i] != (char)('0' + reading->digits[i].digit))
            return false;
    return true;
}

/* Reads one plane of the picture; sets `*right`. */
static enum digit_status read_plane(struct lattices *lattices, const struct digit_image *image,
                                    const char *label, unsigned variant, bool *right,
                                    struct digit_error *error)
{
    struct digit_preprocessor *preprocessor = lattices->preprocessor;
    struct plane *plane = &preprocessor->plane;
    if (!make_plane(lattices, image, variant))
        memset(plane->pixels, 0, plane->width_px * plane->height_px);
    components_find(&preprocessor->components, plane);
    size_t count = number_reader_propose(lattices->reader, plane, &preprocessor->components);
    enum digit_status status =
        digit_context_predict_octets(lattices->context, lattices->predictions,
                                     number_reader_octets(lattices->reader), count, error);
    if (status != DIGIT_OK)
        return status;
    number_reader_read(lattices->reader, &lattices->reading, lattices->predictions, 0);
    *right = is_right(&lattices->reading, label);
    return DIGIT_OK;
}

static void write_floats(FILE *out, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float value = (float)values[i];
        fwrite(&value, sizeof value, 1, out);
    }
}

static void write_drops(struct lattices *lattices, const struct number_reader_parts *parts)
{
    const struct digit_prediction *alone[PIECES_MAX] = {NULL};
    double features[DROP_FEATURES];
    for (size_t i = 0; i < parts->candidates->count; i++) {
        const struct candidate *candidate = &parts->candidates->items[i];
        if (candidate->first + 1 == candidate->end)
            alone[candidate->first] = &lattices->predictions[i];
    }
    for (size_t i = 0; i < parts->context.pieces->count; i++) {
        features_of_drop(features, &parts->context, i, alone[i]);
        write_floats(lattices->out, features, DROP_FEATURES);
    }
}

static void write_arc(struct lattices *lattices, const struct number_reader_parts *parts,
                      size_t index, bool shared)
{
    const struct candidate *candidate = &parts->candidates->items[index];
    const struct digit_prediction *prediction = &lattices->predictions[index];
    const uint16_t ends[] = {(uint16_t)(candidate->first | (shared ? SHARED_BIT : 0)),
                             candidate->end};
    double features[CANDIDATE_FEATURES], of_class[CLASS_FEATURES];
    fwrite(ends, sizeof ends, 1, lattices->out);
    features_of_candidate(features, &parts->context, candidate, prediction, shared);
    write_floats(lattices->out, features, CANDIDATE_FEATURES);
    for (size_t i = 0; i < DIGIT_CLASSES; i++) {
        features_of_class(of_class, candidate, prediction, i);
        write_floats(lattices->out, of_class, CLASS_FEATURES);
    }
}

/* What research/fit-numbers reads: four sizes as uint16 (label, kind, pieces, arcs), label, features of each
 * piece, and each arc. */
static void write_lattice(struct lattices *lattices, const char *label)
{
    const struct number_reader_parts parts = number_reader_parts_of(lattices->reader);
    const struct candidates *candidates = parts.candidates;
    size_t arcs = candidates->count;
    for (size_t i = 0; i < candidates->count; i++)
        arcs += candidate_may_share(&candidates->items[i], parts.context.pieces);
    const uint16_t sizes[] = {(uint16_t)strlen(label), 0, (uint16_t)parts.context.pieces->count,
                              (uint16_t)arcs};
    fwrite(sizes, sizeof sizes, 1, lattices->out);
    fwrite(label, 1, strlen(label), lattices->out);
    write_drops(lattices, &parts);
    for (size_t i = 0; i < candidates->count; i++) {
        write_arc(lattices, &parts, i, false);
        if (candidate_may_share(&candidates->items[i], parts.context.pieces))
            write_arc(lattices, &parts, i, true);
    }
}

static enum digit_status read_picture(struct lattices *lattices, const char *path,
                                      const char *label, struct digit_error *error)
{
    static const struct digit_image_limits limits = {MAX_SIDE_PX, MAX_PIXELS, UINT64_MAX,
                                                     UINT64_MAX};
    struct digit_image image = {0};
    uint8_t *bytes;
    size_t size_bytes;
    bool right = false;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    status = digit_image_decode(&image, bytes, size_bytes, &limits, NULL, error);
    free(bytes);
    for (unsigned i = 0; status == DIGIT_OK && i < VARIANTS && !right; i++)
        status = read_plane(lattices, &image, label, i, &right, error);
    if (status == DIGIT_OK && !right)
        status = read_plane(lattices, &image, label, 0, &right, error);
    digit_image_release(&image);
    if (status == DIGIT_OK)
        write_lattice(lattices, label);
    return status;
}

/* `path` up to and with its last slash, and `file` behind it. */
static void join_path(char out[LINE_BYTES * 2], const char *path, const char *file)
{
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
    snprintf(out, LINE_BYTES * 2, "%.*s%.*s", folder > LINE_BYTES ? LINE_BYTES : folder, path,
             LINE_BYTES - 1, file);
}

static enum digit_status read_pictures(struct lattices *lattices, FILE *labels, const char *path,
                                       struct digit_error *error)
{
    const int32_t sizes[] = {CANDIDATE_FEATURES, CLASS_FEATURES, DROP_FEATURES, 0};
    char line[LINE_BYTES], file[LINE_BYTES * 2];
    enum digit_status status = DIGIT_OK;
    fwrite(sizes, sizeof sizes, 1, lattices->out);
    bool header = true;
    while (status == DIGIT_OK && fgets(line, sizeof line, labels) != NULL) {
        char *label = strchr(line, '\t');
        if (!header && label != NULL) {
            *label++ = '\0';
            label[strcspn(label, "\t\n")] = '\0';
            join_path(file, path, line);
            status = read_picture(lattices, file, label, error);
        }
        header = false;
    }
    return status;
}

static enum digit_status run(struct lattices *lattices, char *const *paths,
                             struct digit_error *error)
{
    static const struct number_limits limits = {NUMBER_LINES_DEFAULT, NUMBER_CANDIDATES_DEFAULT,
                                                NUMBER_DIGITS_DEFAULT};
    struct digit_model *model = NULL;
    FILE *labels = fopen(paths[1], "r");
    lattices->out = fopen(paths[2], "wb");
    enum digit_status status = DIGIT_OK;
    if (labels == NULL || lattices->out == NULL)
        status = digit_fail(error, DIGIT_IO, "cannot open %s", paths[labels == NULL ? 1 : 2]);
    if (status == DIGIT_OK)
        status = digit_model_load(&model, paths[0], NULL, error);
    if (status == DIGIT_OK)
        status = digit_context_create(&lattices->context, model, error);
    if (status == DIGIT_OK)
        status = number_reader_create(&lattices->reader, &limits, error);
    if (status == DIGIT_OK)
        status = digit_preprocessor_create(&lattices->preprocessor, error);
    if (status == DIGIT_OK)
        status = read_pictures(lattices, labels, paths[1], error);
    if (lattices->out != NULL && fclose(lattices->out) != 0 && status == DIGIT_OK)
        status = digit_fail(error, DIGIT_IO, "cannot write %s", paths[2]);
    if (labels != NULL)
        fclose(labels);
    digit_preprocessor_destroy(lattices->preprocessor);
    number_reader_destroy(lattices->reader);
    digit_context_destroy(lattices->context);
    digit_model_destroy(model);
    return status;
}

int main(int argc, char **argv)
{
    struct digit_error error;
    if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    if (argc != 4) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    struct lattices *lattices = calloc(1, sizeof *lattices);
    if (lattices == NULL)
        return EXIT_FAILURE;
    enum digit_status status = run(lattices, argv + 1, &error);
    if (status != DIGIT_OK)
        fprintf(stderr, "digitd-lattices: %s\n", error.message);
    free(lattices);
    return status == DIGIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
