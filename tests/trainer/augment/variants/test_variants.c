#include "trainer/augment/variants/variants.h"

#include <string.h>

#include "tests/test.h"
#include "tests/trainer/augment/variants/variant_drawings.h"

#define IMAGES 400

/* An upright stroke is a one and the stem of a seven. */
TEST(digits_that_have_no_variant_stay)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    draw_one(one, 0.0f);
    for (uint8_t label = 0; label < 10; label++)
        assert_int_equal(draw_variant(out, one, label, 0), label == 1 || label == 7);
}

TEST(with_probability_zero_no_random_number_is_drawn)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    struct variant_settings none = all_variants;
    struct rng rng = rng_make(5, RNG_VARIANT, 0), before = rng;
    none.flag_probability = 0.0f;
    draw_one(one, 0.0f);
    assert_false(variant_image(out, one, 1, &none, 1.0f, &rng));
    assert_false(variant_image(out, one, 1, &all_variants, 0.0f, &rng));
    assert_true(rng.state == before.state);
}

TEST(strength_scales_the_probabilities)
{
    uint8_t one[DIGIT_PIXELS], out[DIGIT_PIXELS];
    const struct variant_settings settings = {.flag_probability = 0.6f, .flag_length = 0.8f};
    size_t changed = 0;
    draw_one(one, 2.0f);
    for (uint64_t index = 0; index < IMAGES; index++) {
        struct rng rng = rng_make(6, RNG_VARIANT, index);
        changed += variant_image(out, one, 1, &settings, 0.5f, &rng);
    }
    assert_in_range(changed, 120 - 37, 120 + 37); /* four deviations of 9.2 */
}

TEST_MAIN(cmocka_unit_test(digits_that_have_no_variant_stay),
          cmocka_unit_test(with_probability_zero_no_random_number_is_drawn),
          cmocka_unit_test(strength_scales_the_probabilities))
