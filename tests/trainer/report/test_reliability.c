#include "trainer/report/reliability.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static char *draw(const struct calibration *calibration)
{
    struct buffer buffer = {0};
    reliability_add(&buffer, calibration);
    assert_false(buffer.failed);
    assert_null(strstr(buffer.bytes, "nan"));
    assert_null(strstr(buffer.bytes, "inf"));
    return buffer.bytes;
}

TEST(a_bin_has_a_tooltip_with_its_figures)
{
    const struct calibration calibration = {.bins = {{100, 90, 0.95}}, .bin_count = 1};
    char *svg = draw(&calibration);
    assert_non_null(strstr(svg, "<title>100 images, confidence 95.00 %, accuracy 90.00 %"));
    free(svg);
}

TEST(a_bin_without_errors_is_drawn_above_the_axis)
{
    const struct calibration calibration = {.bins = {{100, 100, 1.0}}, .bin_count = 1};
    char *svg = draw(&calibration);
    assert_non_null(strstr(svg, "cy=\"16.0\"><title>100 images, confidence 100.00 %"));
    free(svg);
}

TEST(a_model_that_is_always_wrong_can_be_drawn)
{
    const struct calibration calibration = {.bins = {{1, 0, 0.1}, {1, 0, 0.999999}},
                                            .bin_count = 2};
    free(draw(&calibration));
}

TEST_MAIN(cmocka_unit_test(a_bin_has_a_tooltip_with_its_figures),
          cmocka_unit_test(a_bin_without_errors_is_drawn_above_the_axis),
          cmocka_unit_test(a_model_that_is_always_wrong_can_be_drawn))
