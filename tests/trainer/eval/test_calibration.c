#include "trainer/eval/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define COUNT 47

/* Image i is predicted as 1 with confidence 0.5 + (i * 7 % COUNT) / 100, which is unsorted. Its
 * label is 1 unless i is a multiple of three. */
static struct evaluation make_evaluation(uint8_t labels[COUNT])
{
    static uint8_t digits[COUNT];
    static float probabilities[COUNT * DIGIT_CLASSES];
    for (size_t i = 0; i < COUNT; i++) {
        digits[i] = 1;
        labels[i] = i % 3 == 0 ? 0 : 1;
        probabilities[i * DIGIT_CLASSES + 1] = 0.5f + (float)(i * 7 % COUNT) / 100.0f;
    }
    return (struct evaluation){.count = COUNT, .digits = digits, .probabilities = probabilities};
}

TEST(bins_are_equally_large_and_ascending)
{
    uint8_t labels[COUNT];
    const struct evaluation evaluation = make_evaluation(labels);
    struct calibration calibration;
    assert_int_equal(calibration_make(&calibration, &evaluation, labels, NULL), DIGIT_OK);
    assert_int_equal(calibration.bin_count, CALIBRATION_BINS);
    size_t count = 0, correct = 0;
    double ece = 0.0;
    for (size_t i = 0; i < CALIBRATION_BINS; i++) {
        const struct calibration_bin *bin = &calibration.bins[i];
        assert_in_range(bin->count, COUNT / CALIBRATION_BINS, COUNT / CALIBRATION_BINS + 1);
        assert_true(i == 0 || bin->confidence > bin[-1].confidence);
        count += bin->count;
        correct += bin->correct;
        ece += fabs((double)bin->correct - (double)bin->count * bin->confidence) / COUNT;
    }
    assert_int_equal(count, COUNT);
    assert_int_equal(correct, 31);
    assert_true(fabs(calibration.ece - ece) < 1e-12);
}

TEST(fewer_images_than_bins_get_a_bin_each)
{
    uint8_t labels[COUNT];
    struct evaluation evaluation = make_evaluation(labels);
    evaluation.count = 2; /* 0.50, misclassified, and 0.57, correct */
    struct calibration calibration;
    assert_int_equal(calibration_make(&calibration, &evaluation, labels, NULL), DIGIT_OK);
    assert_int_equal(calibration.bin_count, 2);
    assert_true(fabs(calibration.ece - (0.5 + 0.43) / 2.0) < 1e-6);
    assert_true(calibration_bin_accuracy(&calibration.bins[0]) == 0.0);
    assert_true(calibration_bin_accuracy(&calibration.bins[1]) == 1.0);
}

/* 0 of 10 gives 0 to 0.2775 (Agresti and Coull 1998), 81 of 263 gives 0.2553 to 0.3662 (Newcombe
 * 1998, table I). */
TEST(wilson_intervals_match_published_values)
{
    struct interval none = wilson_interval(0, 10), all = wilson_interval(10, 10),
                    some = wilson_interval(81, 263);
    assert_true(none.low == 0.0 && fabs(none.high - 0.2775) < 5e-5);
    assert_true(fabs(all.low - 0.7225) < 5e-5 && all.high > 1.0 - 1e-12);
    assert_true(fabs(some.low - 0.2553) < 5e-5 && fabs(some.high - 0.3662) < 5e-5);
}

TEST_MAIN(cmocka_unit_test(bins_are_equally_large_and_ascending),
          cmocka_unit_test(fewer_images_than_bins_get_a_bin_each),
          cmocka_unit_test(wilson_intervals_match_published_values))
