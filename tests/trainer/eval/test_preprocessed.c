#include "trainer/eval/preprocessed.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>

#include "tests/test.h"

#define COUNT 7

/* MNIST-normalised bars: 20 px high, with their centre of mass at 14. */
static uint8_t *draw_bars(void)
{
    uint8_t *images = calloc(COUNT, DIGIT_PIXELS);
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t y = 4; y < 24; y++)
            memset(images + i * DIGIT_PIXELS + y * DIGIT_SIDE_PX + 12, 200 + (int)i, 4);
    return images;
}

static struct thread_pool *pool_of(size_t thread_count)
{
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, thread_count, NULL), DIGIT_OK);
    return pool;
}

TEST(mnist_normalised_images_are_unchanged_with_any_number_of_threads)
{
    uint8_t *images = draw_bars();
    for (size_t thread_count = 1; thread_count <= 3; thread_count += 2) {
        struct thread_pool *pool = pool_of(thread_count);
        uint8_t *preprocessed;
        assert_int_equal(preprocessed_make(&preprocessed, images, COUNT, pool, NULL), DIGIT_OK);
        assert_memory_equal(preprocessed, images, (size_t)COUNT * DIGIT_PIXELS);
        free(preprocessed);
        thread_pool_destroy(pool);
    }
    free(images);
}

TEST(dark_on_light_is_inverted)
{
    uint8_t *images = draw_bars();
    uint8_t expected[DIGIT_PIXELS];
    struct thread_pool *pool = pool_of(2);
    uint8_t *preprocessed;
    memcpy(expected, images + 3 * DIGIT_PIXELS, sizeof expected);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        images[3 * DIGIT_PIXELS + i] = 255 - expected[i];
    assert_int_equal(preprocessed_make(&preprocessed, images, COUNT, pool, NULL), DIGIT_OK);
    assert_memory_equal(preprocessed + 3 * DIGIT_PIXELS, expected, sizeof expected);
    free(preprocessed);
    thread_pool_destroy(pool);
    free(images);
}

TEST_MAIN(cmocka_unit_test(mnist_normalised_images_are_unchanged_with_any_number_of_threads),
          cmocka_unit_test(dark_on_light_is_inverted))
