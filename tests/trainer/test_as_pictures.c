#include "trainer/as_pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>

#include "tests/trainer/corruptions/drawings.h"

#define COUNT 7

enum digit_status __real_digit_image_preprocess(uint8_t out[DIGIT_PIXELS],
                                                const struct digit_image *image,
                                                struct digit_image_report *report,
                                                struct digit_error *error);
enum digit_status __wrap_digit_image_preprocess(uint8_t out[DIGIT_PIXELS],
                                                const struct digit_image *image,
                                                struct digit_image_report *report,
                                                struct digit_error *error);

/* Which pictures are refused is preprocessing's affair: here, those that begin with 99. */
enum digit_status __wrap_digit_image_preprocess(uint8_t out[DIGIT_PIXELS],
                                                const struct digit_image *image,
                                                struct digit_image_report *report,
                                                struct digit_error *error)
{
    if (image->luma[0] == 99)
        return digit_fail(error, DIGIT_INVALID, "it begins with 99");
    return __real_digit_image_preprocess(out, image, report, error);
}

/* Strokes on a black ground, as MNIST has them. */
static uint8_t *draw_sevens(void)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS);
    float seven[DIGIT_PIXELS];
    assert_non_null(images);
    drawing_seven(seven);
    for (size_t i = 0; i < (size_t)COUNT * DIGIT_PIXELS; i++)
        images[i] = (uint8_t)(255.0f * seven[i % DIGIT_PIXELS]);
    return images;
}

static struct team *team_of(size_t members)
{
    struct team *team;
    assert_int_equal(team_create(&team, members, NULL), DIGIT_OK);
    return team;
}

static void mnist_form_is_kept_by_any_number_of_threads(void **state)
{
    (void)state;
    uint8_t *images = draw_sevens();
    for (size_t members = 1; members <= 3; members += 2) {
        struct team *team = team_of(members);
        struct as_pictures pictures;
        assert_int_equal(as_pictures_make_all(&pictures, images, COUNT, team, NULL), DIGIT_OK);
        assert_int_equal(pictures.refused_count, 0);
        assert_memory_equal(pictures.images, images, (size_t)COUNT * DIGIT_PIXELS);
        as_pictures_release(&pictures);
        as_pictures_release(&pictures);
        team_destroy(team);
    }
    free(images);
}

static void dark_on_light_is_inverted(void **state)
{
    (void)state;
    uint8_t *images = draw_sevens();
    uint8_t expected[DIGIT_PIXELS];
    struct team *team = team_of(2);
    struct as_pictures pictures;
    memcpy(expected, images, sizeof expected);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        images[3 * DIGIT_PIXELS + i] = 255 - images[i];
    assert_int_equal(as_pictures_make(&pictures, images, COUNT, team, NULL), DIGIT_OK);
    assert_memory_equal(pictures.images + 3 * DIGIT_PIXELS, expected, sizeof expected);
    as_pictures_release(&pictures);
    team_destroy(team);
    free(images);
}

static void what_is_refused_is_noted_and_black(void **state)
{
    (void)state;
    static const uint8_t black[DIGIT_PIXELS];
    uint8_t *images = draw_sevens();
    struct team *team = team_of(2);
    struct as_pictures pictures;
    images[2 * DIGIT_PIXELS] = images[5 * DIGIT_PIXELS] = 99;
    assert_int_equal(as_pictures_make(&pictures, images, COUNT, team, NULL), DIGIT_OK);
    assert_int_equal(pictures.refused_count, 2);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(pictures.refused[i], i == 2 || i == 5);
    assert_memory_equal(pictures.images + 5 * DIGIT_PIXELS, black, sizeof black);
    as_pictures_release(&pictures);
    team_destroy(team);
    free(images);
}

static void where_all_are_needed_the_first_refused_is_named(void **state)
{
    (void)state;
    uint8_t *images = draw_sevens();
    struct team *team = team_of(2);
    struct as_pictures pictures;
    struct digit_error error;
    images[5 * DIGIT_PIXELS] = 99;
    assert_int_equal(as_pictures_make_all(&pictures, images, COUNT, team, &error), DIGIT_INVALID);
    assert_string_equal(error.message, "image 5 is refused as a picture: it begins with 99");
    assert_null(pictures.images);
    team_destroy(team);
    free(images);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mnist_form_is_kept_by_any_number_of_threads),
        cmocka_unit_test(what_is_refused_is_noted_and_black),
        cmocka_unit_test(where_all_are_needed_the_first_refused_is_named),
        cmocka_unit_test(dark_on_light_is_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
