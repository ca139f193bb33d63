#include <stdlib.h>
#include <string.h>

#include "core/image/exif.h"
#include "core/image/upright.h"

#include "tests/test.h"

/* More than one strip of columns, and neither side is a multiple of a strip. */
#define LARGE_WIDTH_PX  67
#define LARGE_HEIGHT_PX 41

/*
 * The figure of CIPA DC-008: the letters of an upright "ab/cd/ef" as each orientation stores them.
 * The comments name the sides of the upright picture that are row 0 and column 0.
 */
static const struct {
    const char *stored;
    size_t width_px;
    size_t height_px;
} stored_as[EXIF_ORIENTATION_LAST + 1] = {
    [1] = {"abcdef", 2, 3}, /* top, left */
    [2] = {"badcfe", 2, 3}, /* top, right */
    [3] = {"fedcba", 2, 3}, /* bottom, right */
    [4] = {"efcdab", 2, 3}, /* bottom, left */
    [5] = {"acebdf", 3, 2}, /* left, top */
    [6] = {"bdface", 3, 2}, /* right, top */
    [7] = {"fdbeca", 3, 2}, /* right, bottom */
    [8] = {"ecafdb", 3, 2}, /* left, bottom */
};

static struct raster raster_of(const void *luma, size_t width_px, size_t height_px)
{
    struct raster raster = {.width_px = width_px, .height_px = height_px};

    raster.luma = malloc(width_px * height_px);
    assert_non_null(raster.luma);
    memcpy(raster.luma, luma, width_px * height_px);
    return raster;
}

TEST(upright_brings_every_orientation_to_the_same_picture)
{
    for (unsigned orientation = 1; orientation <= EXIF_ORIENTATION_LAST; orientation++) {
        struct raster raster =
            raster_of(stored_as[orientation].stored, stored_as[orientation].width_px,
                      stored_as[orientation].height_px);

        assert_int_equal(upright_apply(&raster, upright_move_of(orientation), NULL), DIGIT_OK);
        assert_int_equal(raster.width_px, 2);
        assert_int_equal(raster.height_px, 3);
        assert_memory_equal(raster.luma, "abcdef", 6);
        free(raster.luma);
    }
}

/* Every move except a rotation by 90 or 270 degrees without mirroring is its own inverse. */
TEST(upright_undone_gives_back_a_large_picture)
{
    static const unsigned inverse[EXIF_ORIENTATION_LAST + 1] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    uint8_t luma[LARGE_WIDTH_PX * LARGE_HEIGHT_PX];

    for (size_t i = 0; i < sizeof luma; i++)
        luma[i] = (uint8_t)(i * 2654435761u >> 13);
    for (unsigned orientation = 1; orientation <= EXIF_ORIENTATION_LAST; orientation++) {
        struct raster raster = raster_of(luma, LARGE_WIDTH_PX, LARGE_HEIGHT_PX);

        assert_int_equal(upright_apply(&raster, upright_move_of(orientation), NULL), DIGIT_OK);
        assert_int_equal(upright_apply(&raster, upright_move_of(inverse[orientation]), NULL),
                         DIGIT_OK);
        assert_int_equal(raster.width_px, LARGE_WIDTH_PX);
        assert_memory_equal(raster.luma, luma, sizeof luma);
        free(raster.luma);
    }
}

TEST_MAIN(cmocka_unit_test(upright_brings_every_orientation_to_the_same_picture),
          cmocka_unit_test(upright_undone_gives_back_a_large_picture))
