#include <string.h>

#include "core/number/pieces.h"
#include "tests/core/preprocess/drawings.h"

#include "tests/test.h"

static struct run runs[RUNS_MAX];
static struct components components = {.runs = runs};
static struct text_lines lines;
static uint16_t labels[PLANE_PIXELS_MAX];
static struct pieces pieces = {.labels = labels};
static struct pieces_scratch scratch;

static void cut(const struct canvas *canvas, uint32_t ink_max)
{
    struct plane plane = canvas_plane(canvas);
    components_find(&components, &plane);
    text_lines_find(&lines, &components, &plane, NUMBER_LINES_MAX);
    pieces_find_seams(&pieces, &plane, &components, &lines, &scratch);
    memset(labels, 7, sizeof labels);
    pieces_cut(&pieces, &plane, &components, &lines, ink_max, &scratch);
}

/* Every pixel of the foreground belongs to the piece that its label names, and nothing else has a label. */
static void assert_labels(const struct canvas *canvas)
{
    static struct piece sums[PIECES_MAX];
    memset(sums, 0, sizeof sums);
    for (size_t y = 0; y < canvas->height_px; y++)
        for (size_t x = 0; x < canvas->width_px; x++) {
            uint16_t label = labels[y * canvas->width_px + x];
            assert_int_equal(label == PIECE_NONE, canvas_at(canvas, x, y) == 0);
            if (label == PIECE_NONE)
                continue;
            assert_true(label < pieces.count);
            const struct box *box = &pieces.items[label].box;
            assert_true(x >= box->left && x <= box->right && y >= box->top && y <= box->bottom);
            sums[label].mass += canvas_at(canvas, x, y);
            sums[label].moment_x += canvas_at(canvas, x, y) * x;
        }
    for (size_t i = 0; i < pieces.count; i++) {
        assert_true(sums[i].mass > 0);
        assert_int_equal(sums[i].mass, pieces.items[i].mass);
        assert_int_equal(sums[i].moment_x, pieces.items[i].moment_x);
    }
}

/* Two rings of 60 px that touch, with strokes of 8 px, and a bar to their right. */
static struct canvas draw_rings_and_bar(void)
{
    struct canvas canvas = canvas_make(220, 100, 0);
    canvas_frame(&canvas, 20, 20, 60, 60, 8, 255);
    canvas_frame(&canvas, 84, 20, 60, 60, 8, 255);
    canvas_box(&canvas, 80, 46, 4, 8, 255);
    canvas_box(&canvas, 180, 20, 8, 60, 255);
    return canvas;
}

TEST(without_cuts_the_pieces_are_the_components)
{
    struct canvas canvas = draw_rings_and_bar();
    cut(&canvas, 0);
    assert_int_equal(pieces.count, 2);
    assert_labels(&canvas);
    assert_int_equal(pieces.items[0].box.left, 20);
    assert_int_equal(pieces.items[0].left, PIECE_NONE);
    assert_int_equal(pieces.items[0].right, PIECE_NONE);
    assert_int_equal(pieces.items[1].box.left, 180);
    assert_int_equal(pieces.items[1].area, 8 * 60);
    assert_int_equal(pieces.items[1].outline, 2 * (8 + 60));
    assert_int_equal(pieces.first_of_line[0], 0);
    assert_int_equal(pieces.first_of_line[1], 2);
    canvas_free(&canvas);
}

TEST(a_cut_parts_what_touches)
{
    struct canvas canvas = draw_rings_and_bar();
    cut(&canvas, 110);
    assert_int_equal(pieces.count, 3);
    assert_labels(&canvas);
    assert_int_equal(pieces.items[0].right, 1);
    assert_int_equal(pieces.items[1].left, 0);
    assert_int_equal(pieces.items[0].ink_right, pieces.items[1].ink_left);
    assert_int_equal(pieces.items[0].crossings_right, 1);
    assert_int_equal(pieces.items[1].crossings_left, 1);
    assert_int_equal(pieces.items[1].right, PIECE_NONE);
    assert_int_equal(pieces.items[2].left, PIECE_NONE);
    /* The cut is no outline: both rings and the link have as much together as uncut. */
    uint32_t rings = 2 * (4 * 60 + 4 * 44), link = 2 * 4 - 2 * 8;
    assert_int_equal(pieces.items[0].outline + pieces.items[1].outline, rings + link);
    canvas_free(&canvas);
}

TEST(more_cuts_make_more_pieces_of_the_same_ink)
{
    struct canvas canvas = draw_rings_and_bar();
    cut(&canvas, 110);
    size_t before = pieces.count;
    cut(&canvas, SEAM_INK_MAX);
    assert_true(pieces.count > before);
    assert_labels(&canvas);
    for (size_t i = 0; i < pieces.count; i++) {
        if (pieces.items[i].right != PIECE_NONE)
            assert_int_equal(pieces.items[pieces.items[i].right].left, i);
        if (i > 0)
            assert_true(pieces.items[i - 1].moment_x * pieces.items[i].mass <=
                        pieces.items[i].moment_x * pieces.items[i - 1].mass);
    }
    canvas_free(&canvas);
}

TEST(the_width_of_strokes_is_measured_by_line)
{
    struct canvas canvas = canvas_make(220, 250, 0);
    canvas_box(&canvas, 20, 20, 8, 60, 255);
    canvas_box(&canvas, 60, 20, 8, 60, 255);
    canvas_box(&canvas, 20, 150, 4, 60, 255);
    cut(&canvas, 0);
    assert_int_equal(lines.count, 2);
    /* 2 * area / (pi / 4 * sides) */
    assert_int_equal(pieces.stroke_px[0], 100 * 2 * 8 * 60 * 4 * 113 / (355 * 2 * (8 + 60)));
    assert_int_equal(pieces.stroke_px[1], 100 * 2 * 4 * 60 * 4 * 113 / (355 * 2 * (4 + 60)));
    assert_int_equal(pieces.items[2].line, 1);
    assert_int_equal(pieces.first_of_line[1], 2);
    assert_int_equal(pieces.first_of_line[2], 3);
    canvas_free(&canvas);
}

TEST(what_is_in_no_line_is_in_no_piece)
{
    struct canvas canvas = canvas_make(300, 100, 0);
    canvas_frame(&canvas, 5, 5, 290, 90, 2, 255);
    canvas_box(&canvas, 60, 20, 8, 60, 255);
    canvas_box(&canvas, 100, 20, 8, 60, 255);
    cut(&canvas, SEAM_INK_MAX);
    assert_int_equal(pieces.count, 2);
    assert_int_equal(labels[5 * 300 + 5], PIECE_NONE);
    assert_int_equal(labels[50 * 300 + 60], 0);
    canvas_free(&canvas);
}

/* 256 components, and as many cuts as are kept. */
TEST(the_most_pieces_have_room)
{
    struct canvas canvas = canvas_make(512, 512, 0);
    for (size_t i = 0; i < COMPONENTS_MAX; i++) {
        size_t left = i % 16 * 32, top = i / 16 * 32;
        canvas_box(&canvas, left, top, 28, 3, 255);
        canvas_box(&canvas, left, top + 3, 3, 25, 255);
        canvas_box(&canvas, left + 25, top + 3, 3, 25, 255);
    }
    cut(&canvas, SEAM_INK_MAX);
    assert_int_equal(components.count, COMPONENTS_MAX);
    assert_int_equal(scratch.kept_count, COMPONENTS_MAX);
    assert_true(pieces.count > COMPONENTS_MAX && pieces.count <= PIECES_MAX);
    assert_labels(&canvas);
    canvas_free(&canvas);
}

TEST(noise_is_cut_without_harm)
{
    struct canvas canvas = canvas_make(200, 150, 0);
    canvas_noise(&canvas, 90, 3);
    cut(&canvas, SEAM_INK_MAX);
    size_t labelled = 0;
    for (size_t i = 0; i < 200 * 150; i++)
        labelled += labels[i] != PIECE_NONE;
    uint64_t mass = 0;
    for (size_t i = 0; i < pieces.count; i++)
        mass += pieces.items[i].mass;
    assert_true(labelled == 0 || mass > 0);
    cut(&(struct canvas){canvas.luma, 1, 1}, SEAM_INK_MAX);
    canvas_free(&canvas);
}

TEST_MAIN(cmocka_unit_test(without_cuts_the_pieces_are_the_components),
          cmocka_unit_test(a_cut_parts_what_touches),
          cmocka_unit_test(more_cuts_make_more_pieces_of_the_same_ink),
          cmocka_unit_test(the_width_of_strokes_is_measured_by_line),
          cmocka_unit_test(what_is_in_no_line_is_in_no_piece),
          cmocka_unit_test(the_most_pieces_have_room), cmocka_unit_test(noise_is_cut_without_harm))
