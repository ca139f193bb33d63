/*
 * digitd-steps: writes one PNG that shows a picture after each step of preprocessing, side by side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "core/base/file.h"
#include "tools/stages.h"
#include "tools/strip.h"

#define EXIT_USAGE 2

/* The server's default limits. */
#define MAX_BYTES   ((size_t)8 << 20)
#define MAX_SIDE_PX 4096
#define MAX_PIXELS  ((size_t)12 << 20)

static void print_usage(FILE *out)
{
    fputs(
        "Usage: digitd-steps PICTURE STRIP.png\n"
        "\n"
        "Reads a PNG, JPEG or BMP, preprocesses it as the server does, and writes the result of "
        "each\n"
        "step from left to right: luma; polarity (light ink on a dark background); background\n"
        "subtracted; contrast stretched; ruled lines removed; components of the digit; crop; "
        "stroke\n"
        "width normalised; 28x28. The panel of a step that did not run is transparent. Prints the\n"
        "receipt to standard output. Exit codes: 2 usage error, 1 any other failure.\n"
        "\n"
        "  -h, --help                  print this help and exit\n",
        out);
}

static enum digit_status read_image(struct digit_image *out, const char *path,
                                    struct digit_error *error)
{
    static const struct digit_image_limits limits = {MAX_SIDE_PX, MAX_PIXELS, UINT64_MAX,
                                                     UINT64_MAX};
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    status = digit_image_decode(out, bytes, size_bytes, &limits, NULL, error);
    free(bytes);
    return status;
}

static void print_receipt(const struct digit_receipt *receipt)
{
    printf("inverted: %s\nuntouched: %s\n", receipt->inverted ? "yes" : "no",
           receipt->untouched ? "yes" : "no");
    printf("crop: %zux%zu px at %zu, %zu\n", receipt->crop.width_px, receipt->crop.height_px,
           receipt->crop.left_px, receipt->crop.top_px);
    printf("stroke: %.2f px%s\n", (double)receipt->stroke_px,
           receipt->stroke_changed ? ", changed" : "");
    printf("warnings:%s", receipt->warnings == 0 ? " none" : "");
    for (size_t i = 0; i < DIGIT_WARNINGS_COUNT; i++)
        if ((receipt->warnings & 1u << i) != 0)
            printf(" %s", digit_warning_name(i));
    putchar('\n');
}

static enum digit_status write_steps(const char *picture, const char *strip,
                                     struct digit_error *error)
{
    struct digit_image image = {0};
    struct stages stages = {0};
    enum digit_status status = read_image(&image, picture, error);
    if (status == DIGIT_OK)
        status = stages_take(&stages, &image, error);
    if (status == DIGIT_OK)
        status = strip_write(strip, stages.pictures, STAGES_COUNT, error);
    if (status == DIGIT_OK)
        print_receipt(&stages.receipt);
    stages_release(&stages);
    digit_image_release(&image);
    return status;
}

int main(int argc, char **argv)
{
    struct digit_error error;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    if (argc != 3) {
        fputs("digitd-steps: give a picture and the file to write\n", stderr);
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (write_steps(argv[1], argv[2], &error) != DIGIT_OK) {
        fprintf(stderr, "digitd-steps: %s\n", error.message);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
