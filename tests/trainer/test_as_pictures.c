#include "trainer/as_pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>

#define COUNT 7

/* Bars in MNIST's form: 20 px high, their centre of mass at 14. */
static uint8_t *draw_bars(void)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS);
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t y = 4; y < 24; y++)
            memset(images + i * DIGIT_PIXELS + y * DIGIT_SIDE_PX + 12, 200 + (int)i, 4);
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
    uint8_t *images = draw_bars();
    for (size_t members = 1; members <= 3; members += 2) {
        struct team *team = team_of(members);
        uint8_t *pictures;
        assert_int_equal(as_pictures_make(&pictures, images, COUNT, team, NULL), DIGIT_OK);
        assert_memory_equal(pictures, images, (size_t)COUNT * DIGIT_PIXELS);
        free(pictures);
        team_destroy(team);
    }
    free(images);
}

static void dark_on_light_is_inverted(void **state)
{
    (void)state;
    uint8_t *images = draw_bars();
    uint8_t expected[DIGIT_PIXELS];
    struct team *team = team_of(2);
    uint8_t *pictures;
    memcpy(expected, images + 3 * DIGIT_PIXELS, sizeof expected);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        images[3 * DIGIT_PIXELS + i] = 255 - expected[i];
    assert_int_equal(as_pictures_make(&pictures, images, COUNT, team, NULL), DIGIT_OK);
    assert_memory_equal(pictures + 3 * DIGIT_PIXELS, expected, sizeof expected);
    free(pictures);
    team_destroy(team);
    free(images);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mnist_form_is_kept_by_any_number_of_threads),
        cmocka_unit_test(dark_on_light_is_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
