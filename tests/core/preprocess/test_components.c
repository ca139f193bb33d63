#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/preprocess/components.h"
#include "tests/core/preprocess/drawings.h"

static struct run runs[RUNS_MAX];
static struct components found = {.runs = runs};

static void find(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&found, &plane);
}

static void pieces_have_their_box_mass_and_edges(void **state)
{
    struct canvas canvas = canvas_make(20, 10, 0);
    (void)state;
    canvas_box(&canvas, 3, 2, 4, 5, 100);
    canvas_box(&canvas, 15, 6, 5, 4, 255);
    find(&canvas);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.mass, 20 * 100 + 20 * 255);
    const struct component *first = &found.items[0], *second = &found.items[1];
    assert_int_equal(first->box.left, 3);
    assert_int_equal(first->box.right, 6);
    assert_int_equal(first->box.top, 2);
    assert_int_equal(first->box.bottom, 6);
    assert_int_equal(first->mass, 2000);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(first->along[i], 0);
    assert_int_equal(second->mass, 20 * 255);
    assert_int_equal(second->along[0], 0);
    assert_int_equal(second->along[1], 4);
    assert_int_equal(second->along[2], 0);
    assert_int_equal(second->along[3], 5);
    canvas_free(&canvas);
}

static void corners_connect(void **state)
{
    struct canvas canvas = canvas_make(5, 5, 0);
    (void)state;
    canvas_set(&canvas, 1, 1, 9);
    canvas_set(&canvas, 2, 2, 9);
    canvas_set(&canvas, 1, 3, 9);
    find(&canvas);
    assert_int_equal(found.count, 1);
    canvas_free(&canvas);
}

static void what_is_joined_late_is_one_piece(void **state)
{
    struct canvas canvas = canvas_make(40, 30, 0);
    (void)state;
    for (size_t x = 0; x < 40; x += 4)
        canvas_box(&canvas, x, x % 8, 1, 20, 255);
    canvas_box(&canvas, 0, 25, 40, 1, 255);
    for (size_t x = 36;; x -= 4) { /* from right to left, from teeth to the comb */
        canvas_box(&canvas, x, 20, 1, 5, 255);
        find(&canvas);
        assert_int_equal(found.count, 1 + x / 4);
        if (x == 0)
            break;
    }
    canvas_free(&canvas);
}

/* Label by label, by flooding. */
static size_t count_slowly(struct canvas *canvas)
{
    size_t count = 0, width = canvas->width_px, pixels = width * canvas->height_px;
    size_t *stack = malloc(9 * pixels * sizeof *stack);
    assert_non_null(stack);
    for (size_t i = 0; i < pixels; i++) {
        size_t depth = 0;
        count += canvas->luma[i] != 0;
        stack[depth++] = i;
        while (depth > 0) {
            size_t at = stack[--depth];
            if (canvas->luma[at] == 0)
                continue;
            canvas->luma[at] = 0;
            for (size_t y = at / width > 0 ? at / width - 1 : 0;
                 y <= at / width + 1 && y < canvas->height_px; y++)
                for (size_t x = at % width > 0 ? at % width - 1 : 0;
                     x <= at % width + 1 && x < width; x++)
                    stack[depth++] = y * width + x;
        }
    }
    free(stack);
    return count;
}

static void random_planes_have_as_many_pieces_as_flooding_finds(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct canvas canvas =
            canvas_make(1 + drawing_random(&seed) % 30, 1 + drawing_random(&seed) % 30, 0);
        size_t pixels = canvas.width_px * canvas.height_px;
        for (size_t i = 0; i < pixels; i++)
            canvas.luma[i] = drawing_random(&seed) % 3 == 0 ? 200 : 0;
        find(&canvas);
        size_t roots = 0;
        for (size_t i = 0; i < found.run_count; i++)
            roots += runs[i].parent == i;
        /* At most a third of 900 pixels, so that none is too small for a component but by bad luck.
         * */
        assert_true(found.count <= roots);
        assert_int_equal(roots, count_slowly(&canvas));
        canvas_free(&canvas);
    }
}

static void what_has_less_than_a_256th_of_the_ink_is_none(void **state)
{
    struct canvas canvas = canvas_make(100, 40, 0);
    (void)state;
    canvas_box(&canvas, 10, 10, 15, 17, 255);
    canvas_set(&canvas, 50, 5, 255); /* 1 of 256 */
    find(&canvas);
    assert_int_equal(found.count, 2);
    canvas_set(&canvas, 50, 5, 254);
    find(&canvas);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.mass, 255 * 255 + 254);
    assert_int_equal(runs[0].component, COMPONENT_NONE);
    canvas_free(&canvas);
}

static void there_can_be_256(void **state)
{
    struct canvas canvas = canvas_make(512, 3, 0);
    (void)state;
    for (size_t x = 0; x < 512; x += 2)
        canvas_set(&canvas, x, 1, 7);
    find(&canvas);
    assert_int_equal(found.count, COMPONENTS_MAX);
    canvas_free(&canvas);
}

static void the_most_runs_fit(void **state)
{
    struct canvas canvas = canvas_make(512, 512, 0);
    (void)state;
    for (size_t i = 0; i < PLANE_PIXELS_MAX; i += 2)
        canvas.luma[i] = 1;
    find(&canvas);
    assert_int_equal(found.run_count, RUNS_MAX);
    canvas_free(&canvas);
}

static void a_plane_without_ink_has_none(void **state)
{
    struct canvas canvas = canvas_make(17, 1, 0);
    (void)state;
    find(&canvas);
    assert_int_equal(found.count, 0);
    assert_int_equal(found.run_count, 0);
    assert_int_equal(found.mass, 0);
    canvas_free(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_have_their_box_mass_and_edges),
        cmocka_unit_test(corners_connect),
        cmocka_unit_test(what_is_joined_late_is_one_piece),
        cmocka_unit_test(random_planes_have_as_many_pieces_as_flooding_finds),
        cmocka_unit_test(what_has_less_than_a_256th_of_the_ink_is_none),
        cmocka_unit_test(there_can_be_256),
        cmocka_unit_test(the_most_runs_fit),
        cmocka_unit_test(a_plane_without_ink_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
