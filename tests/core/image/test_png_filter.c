#include "core/image/png_filter.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define PIXELS    37
#define ROW_BYTES (PIXELS * 8)

static const size_t pixel_sizes[] = {1, 2, 3, 4, 6, 8};

/* The standard's definition, with bytes left of the row and above the picture 0. */
static int predictor(unsigned type, int left, int above, int upper_left)
{
    const int estimate = left + above - upper_left;

    switch (type) {
    case 1:
        return left;
    case 2:
        return above;
    case 3:
        return (left + above) / 2;
    case 4:
        if (abs(estimate - left) <= abs(estimate - above) &&
            abs(estimate - left) <= abs(estimate - upper_left))
            return left;
        return abs(estimate - above) <= abs(estimate - upper_left) ? above : upper_left;
    default:
        return 0;
    }
}

static void fill(uint8_t *row, size_t size_bytes, uint32_t seed)
{
    for (size_t i = 0; i < size_bytes; i++) {
        seed = seed * 1664525u + 1013904223u;
        row[i] = (uint8_t)(seed >> 24);
    }
}

static void assert_undone(unsigned type, size_t pixel_bytes, size_t size_bytes)
{
    uint8_t row[ROW_BYTES];
    uint8_t above[ROW_BYTES];
    uint8_t filtered[ROW_BYTES];

    fill(row, size_bytes, type);
    fill(above, size_bytes, 99);
    for (size_t i = 0; i < size_bytes; i++) {
        const int left = i < pixel_bytes ? 0 : row[i - pixel_bytes];
        const int upper_left = i < pixel_bytes ? 0 : above[i - pixel_bytes];

        filtered[i] = (uint8_t)(row[i] - predictor(type, left, above[i], upper_left));
    }
    assert_true(png_unfilter(type, filtered, above, size_bytes, pixel_bytes));
    assert_memory_equal(filtered, row, size_bytes);
}

TEST(every_filter_is_undone_for_every_size_of_a_pixel)
{
    for (unsigned type = 0; type <= 4; type++)
        for (size_t i = 0; i < sizeof pixel_sizes / sizeof pixel_sizes[0]; i++) {
            assert_undone(type, pixel_sizes[i], pixel_sizes[i] * PIXELS);
            assert_undone(type, pixel_sizes[i], pixel_sizes[i]);
        }
}

TEST(other_filters_are_refused)
{
    uint8_t row[1] = {0};
    const uint8_t above[1] = {0};

    assert_false(png_unfilter(5, row, above, 1, 1));
    assert_false(png_unfilter(255, row, above, 1, 1));
}

TEST_MAIN(cmocka_unit_test(every_filter_is_undone_for_every_size_of_a_pixel),
          cmocka_unit_test(other_filters_are_refused))
