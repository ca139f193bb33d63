#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/preprocess/mnist_form.h"
#include "tests/core/preprocess/drawings.h"

/* The form of a box of ink in 28x28; frees the canvas. */
static enum mnist_form form_of(struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    enum mnist_form form = mnist_form_of(&plane);
    canvas_free(canvas);
    return form;
}

static enum mnist_form form_of_box(size_t left, size_t top, size_t width_px, size_t height_px)
{
    struct canvas canvas = canvas_make(28, 28, 0);
    canvas_box(&canvas, left, top, width_px, height_px, 200);
    return form_of(&canvas);
}

static void a_box_of_19_or_20_px_in_the_middle_is_exact(void **state)
{
    (void)state;
    assert_int_equal(form_of_box(4, 4, 20, 20), MNIST_FORM_EXACT); /* the centre is 14 */
    assert_int_equal(form_of_box(5, 5, 19, 19), MNIST_FORM_EXACT);
    assert_int_equal(form_of_box(13, 4, 3, 20), MNIST_FORM_EXACT);
    assert_int_equal(form_of_box(4, 13, 20, 3), MNIST_FORM_EXACT);
}

static void a_little_off_is_near(void **state)
{
    (void)state;
    assert_int_equal(form_of_box(4, 4, 18, 18), MNIST_FORM_NEAR);
    assert_int_equal(form_of_box(4, 4, 21, 20), MNIST_FORM_NEAR);
    assert_int_equal(form_of_box(3, 4, 20, 20), MNIST_FORM_NEAR); /* 13 */
    assert_int_equal(form_of_box(6, 4, 20, 20), MNIST_FORM_NEAR); /* 16 */
    assert_int_equal(form_of_box(4, 6, 20, 20), MNIST_FORM_NEAR);
    assert_int_equal(form_of_box(2, 2, 24, 24), MNIST_FORM_NEAR);
}

static void a_faint_ground_is_near(void **state)
{
    struct canvas canvas = canvas_make(28, 28, 8);
    (void)state;
    canvas_box(&canvas, 4, 4, 20, 20, 200);
    assert_int_equal(form_of(&canvas), MNIST_FORM_NEAR);
}

static void too_small_too_large_or_off_the_middle_is_far(void **state)
{
    (void)state;
    assert_int_equal(form_of_box(6, 6, 15, 15), MNIST_FORM_FAR);
    assert_int_equal(form_of_box(1, 1, 25, 25), MNIST_FORM_FAR);
    assert_int_equal(form_of_box(1, 6, 16, 16), MNIST_FORM_FAR); /* 9 */
    assert_int_equal(form_of_box(20, 4, 3, 20), MNIST_FORM_FAR); /* 21.5 */
    assert_int_equal(form_of_box(4, 20, 20, 3), MNIST_FORM_FAR);
}

static void ink_on_the_edge_is_near_whatever_its_size(void **state)
{
    (void)state;
    assert_int_equal(form_of_box(0, 0, 5, 5), MNIST_FORM_NEAR);
    assert_int_equal(form_of_box(0, 0, 28, 28), MNIST_FORM_NEAR);
}

static void a_plane_without_ink_is_far(void **state)
{
    (void)state;
    assert_int_equal(form_of_box(0, 0, 0, 0), MNIST_FORM_FAR);
}

static void another_size_has_no_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct canvas canvas = canvas_make(28 + i, 29 - i, 0);
        canvas_box(&canvas, 4, 4, 20, 20, 200);
        assert_int_equal(form_of(&canvas), MNIST_FORM_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_of_19_or_20_px_in_the_middle_is_exact),
        cmocka_unit_test(a_little_off_is_near),
        cmocka_unit_test(a_faint_ground_is_near),
        cmocka_unit_test(too_small_too_large_or_off_the_middle_is_far),
        cmocka_unit_test(ink_on_the_edge_is_near_whatever_its_size),
        cmocka_unit_test(a_plane_without_ink_is_far),
        cmocka_unit_test(another_size_has_no_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
