#include "core/preprocess/mnist_normalisation.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

/* How the canvas is normalised; frees it. */
static enum mnist_normalisation normalisation_of(struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    enum mnist_normalisation normalisation = mnist_normalisation_of(&plane);
    canvas_free(canvas);
    return normalisation;
}

static enum mnist_normalisation normalisation_of_box(size_t left, size_t top, size_t width_px,
                                                     size_t height_px)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_box(&canvas, left, top, width_px, height_px, 200);
    return normalisation_of(&canvas);
}

TEST(a_box_of_19_or_20_px_in_the_middle_is_exact)
{
    assert_int_equal(normalisation_of_box(4, 4, 20, 20),
                     MNIST_NORMALISATION_EXACT); /* the centre is 14 */
    assert_int_equal(normalisation_of_box(5, 5, 19, 19), MNIST_NORMALISATION_EXACT);
    assert_int_equal(normalisation_of_box(13, 4, 3, 20), MNIST_NORMALISATION_EXACT);
    assert_int_equal(normalisation_of_box(4, 13, 20, 3), MNIST_NORMALISATION_EXACT);
}

TEST(a_little_off_is_near)
{
    assert_int_equal(normalisation_of_box(4, 4, 18, 18), MNIST_NORMALISATION_NEAR);
    assert_int_equal(normalisation_of_box(4, 4, 21, 20), MNIST_NORMALISATION_NEAR);
    assert_int_equal(normalisation_of_box(3, 4, 20, 20), MNIST_NORMALISATION_NEAR); /* 13 */
    assert_int_equal(normalisation_of_box(6, 4, 20, 20), MNIST_NORMALISATION_NEAR); /* 16 */
    assert_int_equal(normalisation_of_box(4, 6, 20, 20), MNIST_NORMALISATION_NEAR);
    assert_int_equal(normalisation_of_box(2, 2, 24, 24), MNIST_NORMALISATION_NEAR);
}

TEST(a_faint_background_is_near)
{
    struct canvas canvas = canvas_make(28, 28, 8);
    canvas_box(&canvas, 4, 4, 20, 20, 200);
    assert_int_equal(normalisation_of(&canvas), MNIST_NORMALISATION_NEAR);
}

TEST(too_small_too_large_or_off_the_middle_is_far)
{
    assert_int_equal(normalisation_of_box(6, 6, 15, 15), MNIST_NORMALISATION_FAR);
    assert_int_equal(normalisation_of_box(1, 1, 25, 25), MNIST_NORMALISATION_FAR);
    assert_int_equal(normalisation_of_box(1, 6, 16, 16), MNIST_NORMALISATION_FAR); /* 9 */
    assert_int_equal(normalisation_of_box(20, 4, 3, 20), MNIST_NORMALISATION_FAR); /* 21.5 */
    assert_int_equal(normalisation_of_box(4, 20, 20, 3), MNIST_NORMALISATION_FAR);
}

TEST(foreground_on_the_edge_is_near_whatever_its_size)
{
    assert_int_equal(normalisation_of_box(0, 0, 5, 5), MNIST_NORMALISATION_NEAR);
    assert_int_equal(normalisation_of_box(0, 0, 28, 28), MNIST_NORMALISATION_NEAR);
}

TEST(a_plane_without_foreground_is_far)
{
    assert_int_equal(normalisation_of_box(0, 0, 0, 0), MNIST_NORMALISATION_FAR);
}

TEST(another_size_is_none)
{
    for (size_t i = 0; i < 2; i++) {
        struct canvas canvas = canvas_make(28 + i, 29 - i, 0);
        canvas_box(&canvas, 4, 4, 20, 20, 200);
        assert_int_equal(normalisation_of(&canvas), MNIST_NORMALISATION_NONE);
    }
}

TEST_MAIN(cmocka_unit_test(a_box_of_19_or_20_px_in_the_middle_is_exact),
          cmocka_unit_test(a_little_off_is_near), cmocka_unit_test(a_faint_background_is_near),
          cmocka_unit_test(too_small_too_large_or_off_the_middle_is_far),
          cmocka_unit_test(foreground_on_the_edge_is_near_whatever_its_size),
          cmocka_unit_test(a_plane_without_foreground_is_far),
          cmocka_unit_test(another_size_is_none))
