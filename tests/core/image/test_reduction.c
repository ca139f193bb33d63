#include "core/image/reduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/image/arena.h"
#include "core/image/exif.h"

#include "tests/test.h"

/* A picture of one byte a pixel. */
struct grey {
    size_t width_px;
    size_t height_px;
    uint8_t *pixels;
};

static struct grey make_grey(size_t width_px, size_t height_px)
{
    struct grey grey = {width_px, height_px, malloc(width_px * height_px)};
    uint32_t state = (uint32_t)(width_px * 7919 + height_px);

    assert_non_null(grey.pixels);
    for (size_t i = 0; i < width_px * height_px; i++) {
        state = state * 1664525u + 1013904223u;
        grey.pixels[i] = (uint8_t)(state >> 24);
    }
    return grey;
}

/* The sum of cells of d x d pixels that lie in block (x, y) of n x n, by pixels, and their mean. */
static unsigned mean_of_block(const struct grey *grey, size_t width_px, size_t height_px, size_t x,
                              size_t y, size_t n, size_t d)
{
    double sum = 0;
    double count = 0;

    for (size_t j = y * n; j < (y + 1) * n && j < height_px; j++)
        for (size_t i = x * n; i < (x + 1) * n && i < width_px; i++) {
            sum += grey->pixels[j / d * grey->width_px + i / d];
            count++;
        }
    return (unsigned)floor(sum / count + 0.5);
}

/* Adds all rows of `grey`, whose pixels are cells of d x d pixels of the picture. */
static void add_rows(struct reduction *reduction, const struct grey *grey, size_t d)
{
    uint8_t *luma = malloc(grey->width_px);

    assert_non_null(luma);
    for (size_t y = 0; y < grey->height_px; y++) {
        memcpy(luma, grey->pixels + y * grey->width_px, grey->width_px);
        reduction_add_row(reduction, &(struct reduction_row){.y_px = y * d,
                                                             .step_px = d,
                                                             .cell_px = d,
                                                             .count = grey->width_px,
                                                             .samples = {{.octets = luma}}});
    }
    free(luma);
}

static struct raster finish(struct reduction *reduction)
{
    reduction_end(reduction);
    assert_false(reduction_make_luma(reduction));

    const struct raster raster = reduction_take(reduction);

    reduction_release(reduction);
    return raster;
}

static struct raster reduce(const struct grey *grey, size_t width_px, size_t height_px, size_t d,
                            unsigned orientation)
{
    struct reduction reduction = {.move = upright_move_of(orientation)};

    assert_int_equal(reduction_begin(&reduction, width_px, height_px, false, NULL), DIGIT_OK);
    add_rows(&reduction, grey, d);

    struct raster raster = finish(&reduction);

    assert_int_equal(upright_apply(&raster, reduction.move, NULL), DIGIT_OK);
    return raster;
}

static void assert_means(size_t width_px, size_t height_px, size_t n, size_t d)
{
    struct grey cells = make_grey((width_px + d - 1) / d, (height_px + d - 1) / d);
    struct raster raster = reduce(&cells, width_px, height_px, d, EXIF_UPRIGHT);

    assert_int_equal(reduction_block_px(REDUCTION_LUMA, width_px, height_px), n);
    assert_int_equal(raster.width_px, (width_px + n - 1) / n);
    assert_int_equal(raster.height_px, (height_px + n - 1) / n);
    for (size_t y = 0; y < raster.height_px; y++)
        for (size_t x = 0; x < raster.width_px; x++)
            assert_int_equal(raster.luma[y * raster.width_px + x],
                             mean_of_block(&cells, width_px, height_px, x, y, n, d));
    free(raster.luma);
    free(cells.pixels);
}

TEST(pictures_of_up_to_2560_px_keep_their_pixels)
{
    assert_means(1, 1, 1, 1);
    assert_means(28, 28, 1, 1);
    assert_means(2560, 3, 1, 1);
    assert_means(2560, 2560, 1, 1);
}

TEST(larger_pictures_become_means_of_blocks)
{
    assert_means(2561, 512, 2, 1);
    assert_means(1, 2561, 2, 1);
    assert_means(5120, 700, 2, 1);
    assert_means(5121, 40, 3, 1);
    assert_means(7681, 40, 4, 1);
    assert_means(10241, 40, 5, 1);
    assert_means(65535, 1, 26, 1);
    assert_means(3, 65535, 26, 1);
    assert_means(65535, 200, 26, 1);
}

/* As a decoder delivers a picture that it has scaled down: the cells lie across the blocks' borders. */
TEST(cells_count_by_the_area_that_they_have_in_a_block)
{
    assert_means(4000, 700, 2, 2);
    assert_means(4032, 3024, 2, 2);
    assert_means(6130, 1021, 3, 2);
    assert_means(6133, 1019, 3, 2);
    assert_means(7680, 33, 3, 2);
    assert_means(8155, 801, 4, 4);
    assert_means(12155, 101, 5, 4);
    assert_means(17001, 2001, 7, 4);
    assert_means(20001, 301, 8, 8);
    assert_means(23001, 3001, 9, 8);
    assert_means(40192, 6145, 16, 8);
}

/* The upright picture itself, at its full size. */
static struct grey turn(const struct grey *grey, unsigned orientation)
{
    struct raster raster = {grey->width_px, grey->height_px,
                            malloc(grey->width_px * grey->height_px), NULL};

    assert_non_null(raster.luma);
    memcpy(raster.luma, grey->pixels, grey->width_px * grey->height_px);
    assert_int_equal(upright_apply(&raster, upright_move_of(orientation), NULL), DIGIT_OK);
    return (struct grey){raster.width_px, raster.height_px, raster.luma};
}

TEST(blocks_begin_where_the_upright_picture_begins)
{
    struct grey stored = make_grey(2579, 1040);

    for (unsigned orientation = 1; orientation <= EXIF_ORIENTATION_LAST; orientation++) {
        struct grey upright = turn(&stored, orientation);
        struct raster expected =
            reduce(&upright, upright.width_px, upright.height_px, 1, EXIF_UPRIGHT);
        struct raster raster = reduce(&stored, stored.width_px, stored.height_px, 1, orientation);

        assert_int_equal(raster.width_px, expected.width_px);
        assert_int_equal(raster.height_px, expected.height_px);
        assert_memory_equal(raster.luma, expected.luma, raster.width_px * raster.height_px);
        free(raster.luma);
        free(expected.luma);
        free(upright.pixels);
    }
    free(stored.pixels);
}

/* Every third pixel of every second row, then the rest. */
TEST(samples_may_come_in_any_order)
{
    struct grey grey = make_grey(2700, 600);
    struct raster expected = reduce(&grey, 2700, 600, 1, 3);
    struct reduction reduction = {.move = upright_move_of(3), .any_order = true};
    uint8_t luma[2700];

    assert_int_equal(reduction_begin(&reduction, 2700, 600, false, NULL), DIGIT_OK);
    for (size_t first_y = 2; first_y-- > 0;)
        for (size_t first_x = 3; first_x-- > 0;)
            for (size_t y = first_y; y < 600; y += 2) {
                struct reduction_row row = {.x_px = first_x,
                                            .y_px = y,
                                            .step_px = 3,
                                            .cell_px = 1,
                                            .samples = {{.octets = luma}}};

                for (size_t x = first_x; x < 2700; x += 3)
                    luma[row.count++] = grey.pixels[y * 2700 + x];
                reduction_add_row(&reduction, &row);
            }

    struct raster raster = finish(&reduction);

    assert_int_equal(upright_apply(&raster, reduction.move, NULL), DIGIT_OK);
    assert_memory_equal(raster.luma, expected.luma, 1350 * 300);
    free(raster.luma);
    free(expected.luma);
    free(grey.pixels);
}

/* Reduces one row with alpha. */
static void assert_blended(const uint8_t *luma, const uint8_t *alpha, const uint8_t *expected,
                           size_t count)
{
    struct reduction reduction = {.move = upright_move_of(EXIF_UPRIGHT)};
    uint8_t luma_copy[8];
    uint8_t alpha_copy[8];

    memcpy(luma_copy, luma, count);
    memcpy(alpha_copy, alpha, count);
    assert_int_equal(reduction_begin(&reduction, count, 1, true, NULL), DIGIT_OK);
    reduction_add_row(&reduction, &(struct reduction_row){.step_px = 1,
                                                          .cell_px = 1,
                                                          .count = count,
                                                          .samples = {{.octets = luma_copy}},
                                                          .alpha = {.octets = alpha_copy}});

    const struct raster raster = finish(&reduction);

    assert_memory_equal(raster.luma, expected, count);
    free(raster.luma);
}

TEST(dark_strokes_lie_on_white)
{
    assert_blended((const uint8_t[]){127, 99, 127, 50}, (const uint8_t[]){255, 0, 255, 0},
                   (const uint8_t[]){127, 255, 127, 255}, 4);
}

TEST(light_strokes_lie_on_black)
{
    assert_blended((const uint8_t[]){128, 0}, (const uint8_t[]){255, 0}, (const uint8_t[]){128, 0},
                   2);
}

TEST(half_transparent_pixels_are_mixed)
{
    assert_blended((const uint8_t[]){100, 0}, (const uint8_t[]){51, 0}, (const uint8_t[]){224, 255},
                   2); /* 100 * 0.2 + 255 * 0.8 */
}

TEST(a_picture_without_an_opaque_pixel_is_black)
{
    assert_blended((const uint8_t[]){255, 7}, (const uint8_t[]){0, 0}, (const uint8_t[]){0, 0}, 2);
}

/* Reduces rows with alpha, as whole rows from top to bottom or in any order, and compares with blended pixels. */
static void assert_reduced_with_alpha(bool any_order, unsigned darkness)
{
    struct grey luma = make_grey(2571, 5);
    struct grey alpha = make_grey(2571, 5);
    struct reduction reduction = {.move = upright_move_of(EXIF_UPRIGHT), .any_order = any_order};
    const unsigned background = darkness > 1 ? 255 : 0;

    for (size_t i = 0; i < 2571 * 5; i++) {
        luma.pixels[i] = (uint8_t)(luma.pixels[i] / darkness);
        alpha.pixels[i] = (uint8_t)(alpha.pixels[i] * 7);
    }
    assert_int_equal(reduction_begin(&reduction, 2571, 5, true, NULL), DIGIT_OK);
    for (size_t y = 0; y < 5; y++) {
        uint8_t samples[2571];
        uint8_t alphas[2571];

        memcpy(samples, luma.pixels + y * 2571, 2571);
        memcpy(alphas, alpha.pixels + y * 2571, 2571);
        reduction_add_row(&reduction, &(struct reduction_row){.y_px = y,
                                                              .step_px = 1,
                                                              .cell_px = 1,
                                                              .count = 2571,
                                                              .samples = {{.octets = samples}},
                                                              .alpha = {.octets = alphas}});
    }
    for (size_t i = 0; i < 2571 * 5; i++)
        luma.pixels[i] = (uint8_t)((luma.pixels[i] * alpha.pixels[i] +
                                    background * (255u - alpha.pixels[i]) + 127) /
                                   255);

    const struct raster raster = finish(&reduction);

    for (size_t i = 0; i < raster.width_px * raster.height_px; i++)
        assert_int_equal(raster.luma[i], mean_of_block(&luma, 2571, 5, i % raster.width_px,
                                                       i / raster.width_px, 2, 1));
    free(raster.luma);
    free(alpha.pixels);
    free(luma.pixels);
}

TEST(blended_pixels_become_means_of_blocks)
{
    assert_reduced_with_alpha(false, 3);
    assert_reduced_with_alpha(true, 3);
    assert_reduced_with_alpha(false, 1);
    assert_reduced_with_alpha(true, 1);
}

/* The longest row of the largest values, which the sums must hold. */
static void assert_largest_sums_fit(enum reduction_kind kind, bool any_order, size_t rows)
{
    struct reduction reduction = {
        .kind = kind, .move = upright_move_of(EXIF_UPRIGHT), .any_order = any_order};
    uint16_t *samples[4];

    for (size_t i = 0; i < 4; i++) {
        samples[i] = malloc(DIGIT_IMAGE_SIDE_MAX_PX * sizeof *samples[i]);
        assert_non_null(samples[i]);
    }
    assert_int_equal(reduction_begin(&reduction, DIGIT_IMAGE_SIDE_MAX_PX, rows, true, NULL),
                     DIGIT_OK);
    for (size_t y = 0; y < rows; y++) {
        for (size_t i = 0; i < 4; i++)
            memset(samples[i], 0xff, DIGIT_IMAGE_SIDE_MAX_PX * sizeof *samples[i]);
        reduction_add_row(&reduction, &(struct reduction_row){.y_px = y,
                                                              .step_px = 1,
                                                              .cell_px = 1,
                                                              .count = DIGIT_IMAGE_SIDE_MAX_PX,
                                                              .samples = {{.deep = samples[0]},
                                                                          {.deep = samples[1]},
                                                                          {.deep = samples[2]}},
                                                              .alpha = {.deep = samples[3]}});
    }

    const uint64_t white = kind == REDUCTION_LUMA ? 255 : 65535;

    assert_true(reduction.weight == (uint64_t)rows * DIGIT_IMAGE_SIDE_MAX_PX * white);
    assert_true(reduction.weighted[0] == reduction.weight * white);

    const struct raster raster = finish(&reduction);

    for (size_t x = 0; x < raster.width_px; x++)
        assert_int_equal(raster.luma[x], 255);
    free(raster.luma);
    for (size_t i = 0; i < 4; i++)
        free(samples[i]);
}

TEST(the_largest_sums_fit)
{
    assert_largest_sums_fit(REDUCTION_LUMA, false, 26);
    assert_largest_sums_fit(REDUCTION_LUMA, true, 26);
    assert_largest_sums_fit(REDUCTION_DEEP_LUMA, false, 26);
    assert_largest_sums_fit(REDUCTION_COLOUR, false, 128);
    assert_largest_sums_fit(REDUCTION_COLOUR, true, 128);
}

/* Makes luma of 8 bits of a row of 16 bits. */
static void assert_shortened(const uint16_t *deep, const uint8_t *expected, size_t count,
                             bool stretched)
{
    struct reduction reduction = {.kind = REDUCTION_DEEP_LUMA,
                                  .move = upright_move_of(EXIF_UPRIGHT)};
    uint16_t samples[8];

    memcpy(samples, deep, count * sizeof *samples);
    assert_int_equal(reduction_begin(&reduction, count, 1, false, NULL), DIGIT_OK);
    reduction_add_row(&reduction, &(struct reduction_row){.step_px = 1,
                                                          .cell_px = 1,
                                                          .count = count,
                                                          .samples = {{.deep = samples}}});
    reduction_end(&reduction);
    assert_int_equal(reduction_make_luma(&reduction), stretched);

    const struct raster raster = reduction_take(&reduction);

    assert_memory_equal(raster.luma, expected, count);
    reduction_release(&reduction);
    free(raster.luma);
}

TEST(sixteen_bits_become_eight_by_rounding)
{
    assert_shortened((const uint16_t[]){0, 128, 129, 65407, 65406, 65535},
                     (const uint8_t[]){0, 0, 1, 255, 254, 255}, 6, false);
}

/* 48 levels of 8 bits are 12,336 of 16. */
TEST(sixteen_bits_of_which_few_are_used_are_stretched)
{
    assert_shortened((const uint16_t[]){1000, 1001, 1255}, (const uint8_t[]){0, 1, 255}, 3, true);
    assert_shortened((const uint16_t[]){7, 12342}, (const uint8_t[]){0, 255}, 2, true);
    assert_shortened((const uint16_t[]){0, 12336}, (const uint8_t[]){0, 48}, 2, false);
    assert_shortened((const uint16_t[]){514, 514}, (const uint8_t[]){2, 2}, 2, false);
}

TEST(colours_become_luma)
{
    struct reduction reduction = {.kind = REDUCTION_COLOUR, .move = upright_move_of(EXIF_UPRIGHT)};
    uint16_t rgb[3][1] = {{10 * 257}, {200 * 257}, {77 * 257}};

    assert_int_equal(reduction_begin(&reduction, 1, 1, false, NULL), DIGIT_OK);
    reduction_add_row(
        &reduction,
        &(struct reduction_row){.step_px = 1,
                                .cell_px = 1,
                                .count = 1,
                                .samples = {{.deep = rgb[0]}, {.deep = rgb[1]}, {.deep = rgb[2]}}});

    const struct raster raster = finish(&reduction);

    assert_int_equal(raster.luma[0], 129); /* 129.168 */
    free(raster.luma);
}

TEST(pictures_by_colour_have_at_most_512_px)
{
    assert_int_equal(reduction_block_px(REDUCTION_COLOUR, 512, 512), 1);
    assert_int_equal(reduction_block_px(REDUCTION_COLOUR, 513, 1), 2);
    assert_int_equal(reduction_block_px(REDUCTION_DEEP_LUMA, 2560, 513), 1);
    assert_int_equal(reduction_pixels(REDUCTION_COLOUR, 4032, 3024), 504 * 378);
    assert_int_equal(reduction_pixels(REDUCTION_LUMA, 4032, 3024), 2016 * 1512);
}

/* Two rows of sums, or all. */
TEST(the_memory_is_that_of_the_luma_and_its_sums)
{
    assert_int_equal(reduction_bytes(REDUCTION_LUMA, 28, 28, false, false), 28 * 28);
    assert_int_equal(reduction_bytes(REDUCTION_LUMA, 28, 28, true, true), 28 * 28 * 2);
    assert_int_equal(reduction_bytes(REDUCTION_DEEP_LUMA, 28, 28, true, false), 28 * 28 * 4);
    assert_int_equal(reduction_bytes(REDUCTION_LUMA, 8192, 6144, false, false),
                     2048 * 1536 + 2 * 2048 * 4);
    assert_int_equal(reduction_bytes(REDUCTION_LUMA, 8192, 6144, true, true),
                     2048 * 1536 * 2 + 1536 * 2048 * 4 * 2);
    assert_int_equal(reduction_bytes(REDUCTION_COLOUR, 8192, 6144, true, false),
                     512 * 384 * 3 * 2 * 2 + 2 * 512 * 4 * 4);
}

TEST_MAIN(cmocka_unit_test(pictures_of_up_to_2560_px_keep_their_pixels),
          cmocka_unit_test(larger_pictures_become_means_of_blocks),
          cmocka_unit_test(cells_count_by_the_area_that_they_have_in_a_block),
          cmocka_unit_test(blocks_begin_where_the_upright_picture_begins),
          cmocka_unit_test(samples_may_come_in_any_order),
          cmocka_unit_test(dark_strokes_lie_on_white), cmocka_unit_test(light_strokes_lie_on_black),
          cmocka_unit_test(half_transparent_pixels_are_mixed),
          cmocka_unit_test(a_picture_without_an_opaque_pixel_is_black),
          cmocka_unit_test(blended_pixels_become_means_of_blocks),
          cmocka_unit_test(the_largest_sums_fit),
          cmocka_unit_test(sixteen_bits_become_eight_by_rounding),
          cmocka_unit_test(sixteen_bits_of_which_few_are_used_are_stretched),
          cmocka_unit_test(colours_become_luma),
          cmocka_unit_test(pictures_by_colour_have_at_most_512_px),
          cmocka_unit_test(the_memory_is_that_of_the_luma_and_its_sums))
