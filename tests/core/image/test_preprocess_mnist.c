/* MNIST's own digits, laid on a larger canvas, come back as they were. Needs MNIST_DIR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include <digit/image.h>

#define SKIPPED          77
#define IDX_HEADER_BYTES 16
#define DIGITS_COUNT     10000
#define WIDTH_PX         50
#define HEIGHT_PX        60

/*
 * The canvas tells no more than the ink, and the noise floor takes the faintest pixels of its edge,
 * so a box may be a pixel smaller than MNIST's. Measured: 0.56.
 */
#define MEAN_DIFFERENCE_MAX 0.7

static gzFile test_images;

static double difference_in_canvas(const uint8_t digit[DIGIT_PIXELS], size_t left, size_t top)
{
    uint8_t luma[WIDTH_PX * HEIGHT_PX] = {0};
    const struct digit_image image = {.luma = luma, .width_px = WIDTH_PX, .height_px = HEIGHT_PX};
    uint8_t out[DIGIT_PIXELS];
    double difference = 0;

    for (size_t y = 0; y < DIGIT_SIDE_PX; y++)
        memcpy(luma + (top + y) * WIDTH_PX + left, digit + y * DIGIT_SIDE_PX, DIGIT_SIDE_PX);
    assert_int_equal(digit_image_preprocess(out, &image, NULL, NULL), DIGIT_OK);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        difference += abs(out[i] - digit[i]);
    return difference / DIGIT_PIXELS;
}

static void preprocess_brings_mnist_digits_back_into_their_form(void **state)
{
    uint8_t digit[DIGIT_PIXELS];
    double difference = 0;

    (void)state;
    assert_int_equal(gzseek(test_images, IDX_HEADER_BYTES, SEEK_SET), IDX_HEADER_BYTES);
    for (size_t i = 0; i < DIGITS_COUNT; i++) {
        assert_int_equal(gzread(test_images, digit, DIGIT_PIXELS), DIGIT_PIXELS);
        difference += difference_in_canvas(digit, i % (WIDTH_PX - DIGIT_SIDE_PX),
                                           i % (HEIGHT_PX - DIGIT_SIDE_PX));
    }
    print_message("mean difference: %.3f of 255\n", difference / DIGITS_COUNT);
    assert_true(difference / DIGITS_COUNT < MEAN_DIFFERENCE_MAX);
}

int main(void)
{
    const char *folder = getenv("MNIST_DIR");
    char path[4096];

    if (folder == NULL) {
        printf("skipped: MNIST_DIR is not set\n");
        return SKIPPED;
    }
    snprintf(path, sizeof path, "%s/t10k-images-idx3-ubyte.gz", folder);
    test_images = gzopen(path, "rb");
    if (test_images == NULL) {
        fprintf(stderr, "%s cannot be opened\n", path);
        return 1;
    }

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preprocess_brings_mnist_digits_back_into_their_form),
    };
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);

    gzclose(test_images);
    return failures;
}
