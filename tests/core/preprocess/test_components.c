#include <stdbool.h>

#include "core/preprocess/components.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

/* Of random planes. */
#define SIDE_MAX_PX 30

static struct run runs[RUNS_MAX];
static struct components found = {.runs = runs};

static void find(const struct canvas *canvas)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&found, &plane);
}

TEST(pieces_have_their_box_mass_and_edges)
{
    struct canvas canvas = canvas_make(20, 10, 0);
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

TEST(corners_connect)
{
    struct canvas canvas = canvas_make(5, 5, 0);
    canvas_set(&canvas, 1, 1, 9);
    canvas_set(&canvas, 2, 2, 9);
    canvas_set(&canvas, 1, 3, 9);
    find(&canvas);
    assert_int_equal(found.count, 1);
    canvas_free(&canvas);
}

TEST(what_is_joined_late_is_one_piece)
{
    struct canvas canvas = canvas_make(40, 30, 0);
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

struct point {
    size_t x, y;
};

/* Erases the piece of foreground at (x, y), if there is one. */
static bool flood(struct canvas *canvas, size_t x, size_t y)
{
    static struct point stack[9 * SIDE_MAX_PX * SIDE_MAX_PX];
    size_t depth = 1;
    bool is_foreground = canvas_at(canvas, x, y) != 0;
    stack[0] = (struct point){x, y};
    while (depth > 0) {
        struct point at = stack[--depth];
        if (canvas_at(canvas, at.x, at.y) == 0)
            continue;
        canvas_set(canvas, at.x, at.y, 0);
        for (size_t j = at.y > 0 ? at.y - 1 : 0; j <= at.y + 1 && j < canvas->height_px; j++)
            for (size_t i = at.x > 0 ? at.x - 1 : 0; i <= at.x + 1 && i < canvas->width_px; i++)
                stack[depth++] = (struct point){i, j};
    }
    return is_foreground;
}

static size_t count_slowly(struct canvas *canvas)
{
    size_t count = 0;
    for (size_t y = 0; y < canvas->height_px; y++)
        for (size_t x = 0; x < canvas->width_px; x++)
            count += flood(canvas, x, y);
    return count;
}

TEST(random_planes_have_as_many_pieces_as_flooding_finds)
{
    uint64_t seed = 3;
    for (int round = 0; round < 200; round++) {
        struct canvas canvas = canvas_make(1 + drawing_random(&seed) % SIDE_MAX_PX,
                                           1 + drawing_random(&seed) % SIDE_MAX_PX, 0);
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

TEST(what_has_less_than_a_256th_of_the_foreground_is_none)
{
    struct canvas canvas = canvas_make(100, 40, 0);
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

TEST(there_can_be_256)
{
    struct canvas canvas = canvas_make(512, 3, 0);
    for (size_t x = 0; x < 512; x += 2)
        canvas_set(&canvas, x, 1, 7);
    find(&canvas);
    assert_int_equal(found.count, COMPONENTS_MAX);
    canvas_free(&canvas);
}

TEST(the_most_runs_fit)
{
    struct canvas canvas = canvas_make(512, 512, 0);
    for (size_t i = 0; i < PLANE_PIXELS_MAX; i += 2)
        canvas.luma[i] = 1;
    find(&canvas);
    assert_int_equal(found.run_count, RUNS_MAX);
    canvas_free(&canvas);
}

TEST(a_plane_without_foreground_has_none)
{
    struct canvas canvas = canvas_make(17, 1, 0);
    find(&canvas);
    assert_int_equal(found.count, 0);
    assert_int_equal(found.run_count, 0);
    assert_int_equal(found.mass, 0);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(pieces_have_their_box_mass_and_edges), cmocka_unit_test(corners_connect),
          cmocka_unit_test(what_is_joined_late_is_one_piece),
          cmocka_unit_test(random_planes_have_as_many_pieces_as_flooding_finds),
          cmocka_unit_test(what_has_less_than_a_256th_of_the_foreground_is_none),
          cmocka_unit_test(there_can_be_256), cmocka_unit_test(the_most_runs_fit),
          cmocka_unit_test(a_plane_without_foreground_has_none))
