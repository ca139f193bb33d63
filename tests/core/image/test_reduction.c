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
        reduction_add_row(
            reduction,
            &(struct reduction_row){
                .y_px = y * d, .step_px = d, .cell_px = d, .count = grey->width_px, .luma = luma});
    }
    free(luma);
}

static struct raster reduce(const struct grey *grey, size_t width_px, size_t height_px, size_t d,
                            unsigned orientation)
{
    struct reduction reduction = {.move = upright_move_of(orientation)};
    struct raster raster;

    assert_int_equal(reduction_begin(&reduction, width_px, height_px, false, NULL), DIGIT_OK);
    add_rows(&reduction, grey, d);
    assert_int_equal(reduction_finish(&reduction, &raster, NULL), DIGIT_OK);
    reduction_release(&reduction);
    assert_int_equal(upright_apply(&raster, reduction.move, NULL), DIGIT_OK);
    return raster;
}

static void assert_means(size_t width_px, size_t height_px, size_t n, size_t d)
{
    struct grey cells = make_grey((width_px + d - 1) / d, (height_px + d - 1) / d);
    struct raster raster = reduce(&cells, width_px, height_px, d, EXIF_UPRIGHT);

    assert_int_equal(reduction_block_px(width_px, height_px), n);
    assert_int_equal(raster.width_px, (width_px + n - 1) / n);
    assert_int_equal(raster.height_px, (height_px + n - 1) / n);
    for (size_t y = 0; y < raster.height_px; y++)
        for (size_t x = 0; x < raster.width_px; x++)
            assert_int_equal(raster.luma[y * raster.width_px + x],
                             mean_of_block(&cells, width_px, height_px, x, y, n, d));
    free(raster.luma);
    free(cells.pixels);
}

TEST(pictures_of_up_to_512_px_keep_their_pixels)
{
    assert_means(1, 1, 1, 1);
    assert_means(28, 28, 1, 1);
    assert_means(512, 3, 1, 1);
    assert_means(512, 512, 1, 1);
}

TEST(larger_pictures_become_means_of_blocks)
{
    assert_means(513, 512, 2, 1);
    assert_means(1, 513, 2, 1);
    assert_means(1024, 700, 2, 1);
    assert_means(1025, 40, 3, 1);
    assert_means(65535, 1, 128, 1);
    assert_means(3, 65535, 128, 1);
    assert_means(65535, 200, 128, 1);
}

/* As a decoder delivers a picture that it has scaled down: the cells lie across the blocks' borders. */
TEST(cells_count_by_the_area_that_they_have_in_a_block)
{
    assert_means(1000, 700, 2, 2);
    assert_means(1530, 1021, 3, 2);
    assert_means(2555, 101, 5, 4);
    assert_means(3577, 2001, 7, 4);
    assert_means(4032, 3024, 8, 8);
    assert_means(4601, 3001, 9, 8);
    assert_means(8192, 6145, 16, 8);
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
    struct grey stored = make_grey(1030, 520);

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
    struct grey grey = make_grey(700, 600);
    struct raster expected = reduce(&grey, 700, 600, 1, 3);
    struct reduction reduction = {.move = upright_move_of(3)};
    struct raster raster;
    uint8_t luma[700];

    assert_int_equal(reduction_begin(&reduction, 700, 600, false, NULL), DIGIT_OK);
    for (size_t first_y = 2; first_y-- > 0;)
        for (size_t first_x = 3; first_x-- > 0;)
            for (size_t y = first_y; y < 600; y += 2) {
                struct reduction_row row = {
                    .x_px = first_x, .y_px = y, .step_px = 3, .cell_px = 1, .luma = luma};

                for (size_t x = first_x; x < 700; x += 3)
                    luma[row.count++] = grey.pixels[y * 700 + x];
                reduction_add_row(&reduction, &row);
            }
    assert_int_equal(reduction_finish(&reduction, &raster, NULL), DIGIT_OK);
    reduction_release(&reduction);
    assert_int_equal(upright_apply(&raster, reduction.move, NULL), DIGIT_OK);
    assert_memory_equal(raster.luma, expected.luma, 350 * 300);
    free(raster.luma);
    free(expected.luma);
    free(grey.pixels);
}

/* Reduces one row with alpha. */
static void assert_blended(const uint8_t *luma, const uint8_t *alpha, const uint8_t *expected,
                           size_t count)
{
    struct reduction reduction = {.move = upright_move_of(EXIF_UPRIGHT)};
    struct raster raster;
    uint8_t luma_copy[8];
    uint8_t alpha_copy[8];

    memcpy(luma_copy, luma, count);
    memcpy(alpha_copy, alpha, count);
    assert_int_equal(reduction_begin(&reduction, count, 1, true, NULL), DIGIT_OK);
    reduction_add_row(
        &reduction,
        &(struct reduction_row){
            .step_px = 1, .cell_px = 1, .count = count, .luma = luma_copy, .alpha = alpha_copy});
    assert_int_equal(reduction_finish(&reduction, &raster, NULL), DIGIT_OK);
    reduction_release(&reduction);
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

/* The longest row of the largest values, which the sums must hold. */
TEST(the_largest_sums_fit)
{
    struct reduction reduction = {.move = upright_move_of(EXIF_UPRIGHT)};
    struct raster raster;
    uint8_t *luma = malloc(DIGIT_IMAGE_SIDE_MAX_PX);
    uint8_t *alpha = malloc(DIGIT_IMAGE_SIDE_MAX_PX);

    assert_non_null(luma);
    assert_non_null(alpha);
    assert_int_equal(reduction_begin(&reduction, DIGIT_IMAGE_SIDE_MAX_PX, 128, true, NULL),
                     DIGIT_OK);
    for (size_t y = 0; y < 128; y++) {
        memset(luma, 255, DIGIT_IMAGE_SIDE_MAX_PX);
        memset(alpha, 255, DIGIT_IMAGE_SIDE_MAX_PX);
        reduction_add_row(&reduction, &(struct reduction_row){.y_px = y,
                                                              .step_px = 1,
                                                              .cell_px = 1,
                                                              .count = DIGIT_IMAGE_SIDE_MAX_PX,
                                                              .luma = luma,
                                                              .alpha = alpha});
    }
    assert_true(reduction.weight == (uint64_t)128 * DIGIT_IMAGE_SIDE_MAX_PX * 255);
    assert_true(reduction.weighted_luma == reduction.weight * 255);
    assert_int_equal(reduction_finish(&reduction, &raster, NULL), DIGIT_OK);
    for (size_t x = 0; x < raster.width_px; x++)
        assert_int_equal(raster.luma[x], 255);
    reduction_release(&reduction);
    free(raster.luma);
    free(alpha);
    free(luma);
}

TEST(the_memory_is_that_of_the_luma_and_its_sums)
{
    assert_int_equal(reduction_bytes(28, 28, false), 28 * 28 * 5);
    assert_int_equal(reduction_bytes(28, 28, true), 28 * 28 * 9);
    assert_int_equal(reduction_bytes(8192, 6144, false), 512 * 384 * 5);
}

TEST_MAIN(cmocka_unit_test(pictures_of_up_to_512_px_keep_their_pixels),
          cmocka_unit_test(larger_pictures_become_means_of_blocks),
          cmocka_unit_test(cells_count_by_the_area_that_they_have_in_a_block),
          cmocka_unit_test(blocks_begin_where_the_upright_picture_begins),
          cmocka_unit_test(samples_may_come_in_any_order),
          cmocka_unit_test(dark_strokes_lie_on_white), cmocka_unit_test(light_strokes_lie_on_black),
          cmocka_unit_test(half_transparent_pixels_are_mixed),
          cmocka_unit_test(a_picture_without_an_opaque_pixel_is_black),
          cmocka_unit_test(the_largest_sums_fit),
          cmocka_unit_test(the_memory_is_that_of_the_luma_and_its_sums))
