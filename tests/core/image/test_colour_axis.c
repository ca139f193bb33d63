#include "core/image/colour_axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define SIDE_PX 200
#define PIXELS  (SIDE_PX * SIDE_PX)

static uint16_t samples[3][PIXELS];
static struct colour_axis_scratch scratch;

static struct colour_planes planes_of_side(size_t side_px)
{
    return (struct colour_planes){{samples[0], samples[1], samples[2]}, side_px, side_px};
}

/* Every pixel has the colour `paper`, 0 to 255. */
static void fill(const double paper[3])
{
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < PIXELS; i++)
            samples[c][i] = (uint16_t)(paper[c] * 257);
}

/* An upright stroke of `thick_px`. */
static void draw(const double ink[3], size_t thick_px)
{
    for (size_t c = 0; c < 3; c++)
        for (size_t y = 40; y < 160; y++)
            for (size_t x = 90; x < 90 + thick_px; x++)
                samples[c][y * SIDE_PX + x] = (uint16_t)(ink[c] * 257);
}

/* Makes everything darker, by nothing at the left to `share` at the right. */
static void darken(double share)
{
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < PIXELS; i++)
            samples[c][i] =
                (uint16_t)(samples[c][i] * (1 - share * (double)(i % SIDE_PX) / SIDE_PX));
}

/* Adds -levels to levels, evenly, to the channels; the same to each channel if `grey`. */
static void add_noise(const double levels[3], bool grey)
{
    uint32_t state = 1;

    for (size_t i = 0; i < PIXELS; i++)
        for (size_t c = 0; c < 3; c++) {
            state = grey && c > 0 ? state : state * 1664525u + 1013904223u;

            const double noise = levels[c] * ((double)(state >> 8) / (1 << 23) - 1) * 257;
            const double sum = samples[c][i] + noise;

            samples[c][i] = (uint16_t)(sum < 0 ? 0 : sum > 65535 ? 65535 : sum);
        }
}

/* What `axis` makes of a difference of colours, in levels of 8 bits. */
static double along(const struct colour_axis *axis, const double a[3], const double b[3])
{
    double sum = 0;

    for (size_t c = 0; c < 3; c++)
        sum += axis->weights[c] * (a[c] - b[c]) / COLOUR_AXIS_ONE;
    return sum;
}

static const double green[3] = {0, 130, 0};
static const double red[3] = {255, 0, 0};
static const double grey[3] = {150, 150, 150};
static const double orange[3] = {205, 141, 50};

static struct colour_axis find_axis(void)
{
    const struct colour_planes planes = planes_of_side(SIDE_PX);
    struct colour_axis axis;

    assert_true(colour_axis_find(&axis, &planes, &scratch));

    double length = 0;

    for (size_t c = 0; c < 3; c++)
        length += (double)axis.weights[c] * axis.weights[c];
    assert_true(fabs(sqrt(length) - COLOUR_AXIS_ONE) < 2);
    return axis;
}

TEST(without_noise_the_axis_points_from_background_to_ink)
{
    fill(green);
    draw(red, 12);

    const struct colour_axis axis = find_axis();
    const double apart = sqrt(255 * 255 + 130 * 130);

    assert_true(fabs(fabs(along(&axis, red, green)) - apart) < 0.01 * apart);
    assert_true(fabs((double)axis.contrast / COLOUR_AXIS_ONE / 257 - apart) < 0.01 * apart);
}

/* Blue differs most, but it is the channel with the noise. */
TEST(the_axis_avoids_the_noise)
{
    fill(grey);
    draw((const double[]){190, 150, 90}, 12);
    add_noise((const double[]){2, 2, 40}, false);

    const struct colour_axis axis = find_axis();

    assert_true(abs(axis.weights[0]) > 5 * abs(axis.weights[2]));
}

TEST(the_axis_avoids_uneven_light)
{
    fill(grey);
    draw(orange, 12);
    darken(0.5);
    add_noise((const double[]){3, 3, 3}, false);

    const struct colour_axis axis = find_axis();
    const double black[3] = {0, 0, 0};

    /* Half of the light is missing at the right. */
    assert_true(fabs(along(&axis, grey, black)) / 2 < 0.1 * fabs(along(&axis, orange, grey)));
}

TEST(thin_strokes_and_thick_ones_are_found)
{
    for (size_t thick_px = 2; thick_px <= 60; thick_px += 29) {
        fill(grey);
        draw(orange, thick_px);
        add_noise((const double[]){3, 3, 3}, false);

        const struct colour_axis axis = find_axis();

        assert_true(fabs(along(&axis, orange, grey)) > 80);
    }
}

TEST(nothing_stands_out_of_paper)
{
    const struct colour_planes planes = planes_of_side(SIDE_PX);
    struct colour_axis axis;

    fill(orange);
    assert_false(colour_axis_find(&axis, &planes, &scratch));
    darken(0.5);
    assert_false(colour_axis_find(&axis, &planes, &scratch));
    add_noise((const double[]){12, 12, 12}, false);
    assert_false(colour_axis_find(&axis, &planes, &scratch));
    fill(grey);
    add_noise((const double[]){40, 40, 40}, true);
    assert_false(colour_axis_find(&axis, &planes, &scratch));
}

/* Sixteen levels count, fifteen do not. */
TEST(faint_ink_does_not_stand_out)
{
    const struct colour_planes planes = planes_of_side(SIDE_PX);
    struct colour_axis axis;

    fill(grey);
    draw((const double[]){150, 150, 165}, 12);
    assert_false(colour_axis_find(&axis, &planes, &scratch));
    draw((const double[]){150, 150, 166.5}, 12);
    assert_true(colour_axis_find(&axis, &planes, &scratch));
}

/* Largest differences, and pictures in which there are few pairs, or none. */
TEST(every_size_is_taken)
{
    struct colour_axis axis;

    for (size_t i = 0; i < PIXELS; i++)
        for (size_t c = 0; c < 3; c++)
            samples[c][i] = i / 7 % 2 == 0 ? 65535 : 0;
    for (size_t side = 1; side <= SIDE_PX; side++) {
        const struct colour_planes planes = planes_of_side(side);

        if (colour_axis_find(&axis, &planes, &scratch))
            assert_true(axis.contrast <= (int64_t)2 * 65535 * COLOUR_AXIS_ONE);
    }
}

/* The axis to the last digit: no machine may find another. */
TEST(every_machine_finds_the_same_axis)
{
    fill(grey);
    draw(orange, 12);
    darken(0.3);
    add_noise((const double[]){5, 5, 5}, false);

    const struct colour_axis axis = find_axis();

    assert_int_equal(axis.weights[0], -2590);
    assert_int_equal(axis.weights[1], -149);
    assert_int_equal(axis.weights[2], 3170);
    assert_int_equal(axis.contrast, 101074298);
}

TEST_MAIN(cmocka_unit_test(without_noise_the_axis_points_from_background_to_ink),
          cmocka_unit_test(the_axis_avoids_the_noise),
          cmocka_unit_test(the_axis_avoids_uneven_light),
          cmocka_unit_test(thin_strokes_and_thick_ones_are_found),
          cmocka_unit_test(nothing_stands_out_of_paper),
          cmocka_unit_test(faint_ink_does_not_stand_out), cmocka_unit_test(every_size_is_taken),
          cmocka_unit_test(every_machine_finds_the_same_axis))
