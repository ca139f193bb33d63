#include "core/preprocess/preprocessor_observer.h"

#include <string.h>

#include "core/preprocess/preprocessor.h"
#include "tests/core/preprocess/drawings.h"
#include "tests/test.h"

/* The stages that were shown, in order, and what the last one was. */
struct sight {
    enum preprocessor_stage stages[STAGES_COUNT];
    size_t count;
    uint8_t normalised[DIGIT_PIXELS];
};

static void record_stage(void *data, enum preprocessor_stage stage,
                         const struct preprocessor_view *view)
{
    struct sight *sight = data;
    assert_true(sight->count < STAGES_COUNT);
    sight->stages[sight->count++] = stage;
    assert_int_equal(view->groups != NULL, stage >= STAGE_COMPONENTS);
    assert_int_equal(view->components != NULL, stage >= STAGE_COMPONENTS);
    if (stage == STAGE_NORMALISED)
        memcpy(sight->normalised, view->plane->pixels, DIGIT_PIXELS);
}

/* Frees the canvas. */
static struct sight observe(struct canvas *canvas)
{
    struct sight sight = {.count = 0};
    const struct preprocessor_observer observer = {.see_stage = record_stage, .data = &sight};
    struct digit_preprocessor *preprocessor;
    struct digit_receipt plain_receipt, receipt;
    uint8_t plain[DIGIT_PIXELS], out[DIGIT_PIXELS];
    struct digit_image image = canvas_image(canvas);
    assert_int_equal(digit_preprocessor_create(&preprocessor, NULL), DIGIT_OK);
    digit_preprocess_observed(preprocessor, out, &receipt, &image, &observer);
    size_t seen = sight.count;
    digit_preprocess(preprocessor, plain, &plain_receipt, &image);
    assert_int_equal(sight.count, seen); /* nobody looks any more */
    assert_memory_equal(out, plain, DIGIT_PIXELS);
    assert_memory_equal(sight.normalised, plain, DIGIT_PIXELS);
    assert_int_equal(receipt.warnings, plain_receipt.warnings);
    digit_preprocessor_destroy(preprocessor);
    canvas_free(canvas);
    return sight;
}

TEST(a_digit_comes_to_all_stages_in_order)
{
    struct canvas canvas = canvas_make(200, 200, 230);
    canvas_seven(&canvas, 60, 40, 120, 16, 30);
    struct sight sight = observe(&canvas);
    assert_int_equal(sight.count, STAGES_COUNT);
    for (size_t i = 0; i < STAGES_COUNT; i++)
        assert_int_equal(sight.stages[i], i);
}

TEST(a_blank_picture_comes_to_none_behind_its_background_but_the_last)
{
    static const enum preprocessor_stage stages[] = {STAGE_LUMA, STAGE_POLARITY, STAGE_BACKGROUND,
                                                     STAGE_NORMALISED};
    struct canvas canvas = canvas_make(200, 200, 230);
    struct sight sight = observe(&canvas);
    assert_int_equal(sight.count, sizeof stages / sizeof *stages);
    assert_memory_equal(sight.stages, stages, sizeof stages);
}

TEST_MAIN(cmocka_unit_test(a_digit_comes_to_all_stages_in_order),
          cmocka_unit_test(a_blank_picture_comes_to_none_behind_its_background_but_the_last))
