/* MNIST's own digits: as they are, and laid on a larger canvas. Needs MNIST_DIR. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "core/preprocess/mnist_normalisation.h"
#include "core/preprocess/preprocessor.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

#define IDX_HEADER_BYTES 16
#define TEST_COUNT       10000
#define TRAINING_COUNT   60000
#define WIDTH_PX         50
#define HEIGHT_PX        60

/*
 * On a canvas, the first quarter of the way from background to foreground becomes 0, so that soft edges are
 * lost and a box may be a pixel smaller than MNIST's. Then all strokes are made equally thick, so that those
 * that differ from MNIST's median change. Measured: 4.52 without the stroke step, 10.84 with it.
 */
#define DIFFERENCE_MAX        5.0
#define STROKE_DIFFERENCE_MAX 11.5

static struct digit_preprocessor *preprocessor;

static gzFile open_images(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte.gz", getenv("MNIST_DIR"), name);
    gzFile file = gzopen(path, "rb");
    if (file == NULL)
        fail_msg("%s cannot be opened", path);
    assert_int_equal(gzseek(file, IDX_HEADER_BYTES, SEEK_SET), IDX_HEADER_BYTES);
    return file;
}

static void assert_untouched(struct canvas *canvas, const uint8_t digit[DIGIT_PIXELS],
                             bool inverted)
{
    uint8_t out[DIGIT_PIXELS];
    struct digit_receipt receipt;
    struct digit_image image = canvas_image(canvas);
    digit_preprocess(preprocessor, out, &receipt, &image);
    assert_memory_equal(out, digit, DIGIT_PIXELS);
    assert_true(receipt.untouched);
    assert_int_equal(receipt.inverted, inverted);
    assert_int_equal(receipt.warnings, 0);
}

static void assert_all_untouched(const char *name, size_t count)
{
    gzFile file = open_images(name);
    for (size_t i = 0; i < count; i++) {
        uint8_t digit[DIGIT_PIXELS];
        assert_int_equal(gzread(file, digit, DIGIT_PIXELS), DIGIT_PIXELS);
        struct canvas canvas = canvas_of_digit(digit);
        struct plane plane = canvas_plane(&canvas);
        assert_int_equal(mnist_normalisation_of(&plane), MNIST_NORMALISATION_EXACT);
        assert_untouched(&canvas, digit, false);
        canvas_invert(&canvas);
        assert_untouched(&canvas, digit, true);
        canvas_free(&canvas);
    }
    gzclose(file);
}

TEST(every_test_image_is_untouched_inverted_or_not)
{
    assert_all_untouched("t10k", TEST_COUNT);
}

TEST(every_training_image_is_untouched_inverted_or_not)
{
    assert_all_untouched("train", TRAINING_COUNT);
}

static double difference_in_canvas(const uint8_t digit[DIGIT_PIXELS], size_t left, size_t top,
                                   unsigned steps)
{
    struct canvas canvas = canvas_make(WIDTH_PX, HEIGHT_PX, 0);
    struct digit_image image = canvas_image(&canvas);
    struct digit_receipt receipt;
    uint8_t out[DIGIT_PIXELS];
    double difference = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        canvas_set(&canvas, left + i % DIGIT_SIDE_PX, top + i / DIGIT_SIDE_PX, digit[i]);
    preprocessor_begin(preprocessor, &image, NULL);
    assert_true(preprocessor_extract(preprocessor, steps));
    assert_true(preprocessor_group(preprocessor, steps));
    preprocessor_crop(preprocessor, preprocessor->groups.main);
    preprocessor_finish(preprocessor, out, &receipt, steps);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        difference += abs(out[i] - digit[i]);
    canvas_free(&canvas);
    return difference / DIGIT_PIXELS;
}

/* The mean over training images of how far they come back from a larger canvas from what they were. */
static double mean_difference(unsigned steps)
{
    gzFile file = open_images("train");
    double difference = 0;
    for (size_t i = 0; i < TEST_COUNT; i++) {
        uint8_t digit[DIGIT_PIXELS];
        assert_int_equal(gzread(file, digit, DIGIT_PIXELS), DIGIT_PIXELS);
        difference += difference_in_canvas(digit, i % (WIDTH_PX - DIGIT_SIDE_PX),
                                           i % (HEIGHT_PX - DIGIT_SIDE_PX), steps);
    }
    gzclose(file);
    print_message("mean difference: %.3f of 255\n", difference / TEST_COUNT);
    return difference / TEST_COUNT;
}

TEST(digits_in_a_larger_canvas_are_normalised_again)
{
    const unsigned steps = DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES | DIGIT_STEP_COMPONENTS;
    assert_true(mean_difference(steps) < DIFFERENCE_MAX);
    assert_true(mean_difference(steps | DIGIT_STEP_STROKE) < STROKE_DIFFERENCE_MAX);
}

TEST_FILE_MAIN
{
    struct digit_error error;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_test_image_is_untouched_inverted_or_not),
        cmocka_unit_test(every_training_image_is_untouched_inverted_or_not),
        cmocka_unit_test(digits_in_a_larger_canvas_are_normalised_again),
    };

    if (getenv("MNIST_DIR") == NULL) {
        puts("skipped: MNIST_DIR is not set");
        return TEST_SKIPPED;
    }
    if (digit_preprocessor_create(&preprocessor, &error) != DIGIT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    digit_preprocessor_destroy(preprocessor);
    return failures != 0;
}
