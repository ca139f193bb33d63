/*
 * digitd-hypotheses: writes the features of all hypotheses about pictures and what a model reads under each, with
 * which research/priors fits core/read/hypotheses.c and choice.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"
#include "core/preprocess/preprocessor.h"
#include "core/read/hypotheses.h"

#define EXIT_USAGE 2

#define MAX_BYTES   ((size_t)32 << 20)
#define MAX_SIDE_PX 12288
#define MAX_PIXELS  ((size_t)50 << 20)
#define PATH_BYTES  4096

struct reading {
    struct digit_context *context;
    struct digit_preprocessor *preprocessor;
    struct hypotheses hypotheses;
    struct digit_prediction predictions[HYPOTHESES_MAX];
};

static void print_usage(FILE *out)
{
    fputs(
        "Usage: digitd-hypotheses MODEL < PATHS > ROWS\n"
        "\n"
        "Reads paths of pictures from standard input, one on each line, and prints a line for "
        "each\n"
        "hypothesis about them, for research/priors: the number of the picture, from 0 on, the\n"
        "features of the hypothesis in the order of core/read/hypotheses.h, and the probabilities\n"
        "that MODEL gives the ten digits. A blank picture has none. Exit codes: 2 usage error, 1\n"
        "any other failure.\n"
        "\n"
        "  -h, --help                  print this help and exit\n",
        out);
}

/* Proposes hypotheses about a picture file and predicts them. */
static enum digit_status read_picture(struct reading *reading, const char *path,
                                      struct digit_error *error)
{
    static const struct digit_image_limits limits = {MAX_SIDE_PX, MAX_PIXELS, UINT64_MAX,
                                                     UINT64_MAX};
    static const struct hypotheses_settings settings = {.limit = HYPOTHESES_MAX};
    struct hypotheses *hypotheses = &reading->hypotheses;
    struct digit_image image = {0};
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    status = digit_image_decode(&image, bytes, size_bytes, &limits, NULL, error);
    free(bytes);
    if (status != DIGIT_OK)
        return status;
    hypotheses_propose(hypotheses, reading->preprocessor, &image, &settings);
    digit_image_release(&image);
    return digit_context_predict_octets(reading->context, reading->predictions,
                                        hypotheses->octets[0], hypotheses->count, error);
}

static void print_rows(const struct reading *reading, size_t picture)
{
    for (size_t i = 0; i < reading->hypotheses.count; i++) {
        const struct hypothesis *hypothesis = &reading->hypotheses.items[i];
        if ((hypothesis->receipt.warnings & DIGIT_WARNING_BLANK) != 0)
            continue;
        printf("%zu", picture);
        for (size_t j = 0; j < FEATURES_COUNT; j++)
            printf("\t%.9g", (double)hypothesis->features[j]);
        for (size_t j = 0; j < DIGIT_CLASSES; j++)
            printf("\t%.9g", (double)reading->predictions[i].probabilities[j]);
        putchar('\n');
    }
}

static enum digit_status read_pictures(struct reading *reading, struct digit_error *error)
{
    char path[PATH_BYTES];
    enum digit_status status = DIGIT_OK;
    for (size_t picture = 0; status == DIGIT_OK && fgets(path, sizeof path, stdin) != NULL;
         picture++) {
        path[strcspn(path, "\n")] = '\0';
        status = read_picture(reading, path, error);
        if (status == DIGIT_OK)
            print_rows(reading, picture);
        else
            fprintf(stderr, "digitd-hypotheses: %s\n", path);
    }
    return status;
}

static enum digit_status run(struct reading *reading, const char *model_path,
                             struct digit_error *error)
{
    struct digit_model *model = NULL;
    enum digit_status status = digit_model_load(&model, model_path, NULL, error);
    if (status == DIGIT_OK)
        status = digit_context_create(&reading->context, model, error);
    if (status == DIGIT_OK)
        status = digit_preprocessor_create(&reading->preprocessor, error);
    if (status == DIGIT_OK)
        status = read_pictures(reading, error);
    if (status == DIGIT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = digit_fail(error, DIGIT_IO, "standard output cannot be written");
    digit_preprocessor_destroy(reading->preprocessor);
    digit_context_destroy(reading->context);
    digit_model_destroy(model);
    return status;
}

int main(int argc, char **argv)
{
    static struct reading reading;
    struct digit_error error;
    if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    if (argc != 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (run(&reading, argv[1], &error) != DIGIT_OK) {
        fprintf(stderr, "digitd-hypotheses: %s\n", error.message);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
