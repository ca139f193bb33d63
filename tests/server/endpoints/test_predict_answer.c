#include "server/endpoints/predict_answer.h"

#include <string.h>

#include "tests/test.h"

static const struct digit_model_info model = {.name = "digits", .version = "0123456789ab"};

static float pixels[2 * DIGIT_PIXELS];
static uint8_t octets[2 * DIGIT_PIXELS];
static struct predict_source sources[2];
static struct digit_prediction predictions[2];
static struct predict_input input;
static struct predict_options options;

static int begin(void **state)
{
    (void)state;
    memset(pixels, 0, sizeof pixels);
    memset(octets, 0, sizeof octets);
    memset(sources, 0, sizeof sources);
    for (size_t i = 0; i < 2; i++) {
        predictions[i] = (struct digit_prediction){
            .digit = 3 + i, .confidence = 0.5f, .uncertainty = 0.5f, .uncertain = i == 1};
        predictions[i].probabilities[3 + i] = 0.5f;
        predictions[i].probabilities[8] = 0.5f;
    }
    input =
        (struct predict_input){.pixels = pixels, .octets = octets, .sources = sources, .count = 1};
    options = (struct predict_options){.top_k = 0};
    return 0;
}

static void assert_written(const char *expected)
{
    const struct predict_answer answer = {
        .options = &options, .input = &input, .predictions = predictions, .model = &model};
    struct text text;
    struct fault fault;
    text_init(&text, 1 << 16);
    assert_int_equal(predict_answer_write(&text, &answer, &fault), PROBLEM_NONE);
    assert_string_equal(text_chars(&text), expected);
    text_release(&text);
}

#define THREE                                                                                      \
    "\"digit\":3,\"confidence\":0.5,\"uncertainty\":0.5,\"uncertain\":false,\"probabilities\":["   \
    "0,0,0,0.5,0,0,0,0,0.5,0]"
#define FOUR                                                                                       \
    "\"digit\":4,\"confidence\":0.5,\"uncertainty\":0.5,\"uncertain\":true,\"probabilities\":["    \
    "0,0,0,0,0.5,0,0,0,0.5,0]"
#define MODEL ",\"model\":{\"name\":\"digits\",\"version\":\"0123456789ab\"}}\n"

static void predict_answer_is_one_object(void **state)
{
    (void)state;
    assert_written("{" THREE MODEL);
}

static void predict_answer_of_a_batch_lists_predictions(void **state)
{
    (void)state;
    input.batch = true;
    assert_written("{\"predictions\":[{" THREE "}]" MODEL);
    input.count = 2;
    assert_written("{\"predictions\":[{" THREE "},{" FOUR "}]" MODEL);
}

static void predict_answer_lists_the_likeliest_the_answer_first(void **state)
{
    (void)state;
    options.top_k = 3;
    predictions[0].digit = 8; /* of two equal probabilities, the predicted digit comes first */
    predictions[0].probabilities[0] = 0.25f;
    assert_written("{\"digit\":8,\"confidence\":0.5,\"uncertainty\":0.5,\"uncertain\":false,"
                   "\"probabilities\":[0.25,0,0,0.5,0,0,0,0,0.5,0],\"top_k\":[{\"digit\":8,"
                   "\"confidence\":0.5},{\"digit\":3,\"confidence\":0.5},{\"digit\":0,"
                   "\"confidence\":0.25}]" MODEL);
}

static void describe_picture(struct predict_source *source)
{
    *source = (struct predict_source){
        .is_picture = true,
        .format = DIGIT_IMAGE_JPEG,
        .width_px = 640,
        .height_px = 480,
        .rotation_deg = 270,
        .mirrored = true,
        .hypotheses = 7,
        .second = {.digit = 9, .confidence = 0.25f, .steps = DIGIT_STEP_OTSU | DIGIT_STEP_STRETCH},
        .receipt = {.steps = DIGIT_STEP_INVERT | DIGIT_STEP_BACKGROUND,
                    .inverted = true,
                    .stroke_changed = true,
                    .crop = {1, 2, 30, 40},
                    .stroke_px = 2.5f,
                    .warnings = DIGIT_WARNING_LOW_CONTRAST | DIGIT_WARNING_TOUCHES_EDGE},
    };
}

#define BOX "{\"left_px\":1,\"top_px\":2,\"width_px\":30,\"height_px\":40}"
#define RECEIPT                                                                                    \
    "\"input\":{\"format\":\"jpeg\",\"width_px\":640,\"height_px\":480,\"rotation_deg\":270,"      \
    "\"mirrored\":true,\"inverted\":true,\"untouched\":false,\"crop\":" BOX ",\"stroke_px\":2.5,"  \
    "\"stroke_changed\":true,\"hypothesis\":{\"steps\":[\"invert\",\"background\"],"               \
    "\"tried\":7,\"second\":{\"digit\":9,\"confidence\":0.25,\"steps\":[\"otsu\",\"stretch\"]}},"  \
    "\"warnings\":[\"low_contrast\",\"touches_edge\"]}"

static void predict_answer_to_a_picture_has_a_receipt(void **state)
{
    (void)state;
    describe_picture(&sources[0]);
    assert_written("{" THREE "," RECEIPT MODEL);
}

static void predict_answer_to_a_picture_without_a_second_digit(void **state)
{
    (void)state;
    describe_picture(&sources[0]);
    sources[0].second.digit = DIGIT_CLASSES;
    sources[0].hypotheses = 1;
    sources[0].receipt.warnings = DIGIT_WARNING_COLOUR_CONTRAST;
    sources[0].colour_axis[0] = 0.5f;
    sources[0].colour_axis[1] = -1;
    assert_written("{" THREE ",\"input\":{\"format\":\"jpeg\",\"width_px\":640,\"height_px\":480,"
                   "\"rotation_deg\":270,\"mirrored\":true,\"inverted\":true,\"untouched\":false,"
                   "\"crop\":" BOX ",\"stroke_px\":2.5,\"stroke_changed\":true,\"hypothesis\":{"
                   "\"steps\":[\"invert\",\"background\"],\"tried\":1},\"colour_axis\":[0.5,-1,0],"
                   "\"warnings\":[\"colour_contrast\"]}" MODEL);
}

static void predict_answer_to_pixels_has_their_warnings(void **state)
{
    (void)state;
    sources[0].receipt.warnings = DIGIT_WARNING_MAX_PIXEL_IS_1;
    assert_written("{" THREE ",\"input\":{\"warnings\":[\"max_pixel_is_1\"]}" MODEL);
}

static void predict_answer_of_many_has_boxes_and_the_digits(void **state)
{
    (void)state;
    input.many = true;
    input.count = 2;
    describe_picture(&sources[0]);
    describe_picture(&sources[1]);
    sources[1].line = 1;
    input.number = (struct digit_number){.confidence = 0.75f, .uncertain = true};
    assert_written(
        "{\"digits\":\"34\",\"confidence\":0.75,\"uncertain\":true,\"predictions\":[{" THREE
        ",\"box\":" BOX ",\"line\":0," RECEIPT "},{" FOUR ",\"box\":" BOX ",\"line\":1," RECEIPT
        "}]" MODEL);
}

static void predict_answer_of_many_has_the_second_string(void **state)
{
    (void)state;
    input.many = true;
    sources[0].second.digit = DIGIT_CLASSES;
    input.number = (struct digit_number){
        .confidence = 0.75f, .second = {7, 0, 9}, .second_count = 3, .second_confidence = 0.125f};
    assert_written(
        "{\"digits\":\"3\",\"confidence\":0.75,\"uncertain\":false,\"second\":{\"digits\":"
        "\"709\",\"confidence\":0.125},\"predictions\":[{" THREE
        ",\"box\":{\"left_px\":0,\"top_px\":0,\"width_px\":0,\"height_px\":0},\"line\":0}]" MODEL);
}

static void predict_answer_of_many_in_a_blank_picture_has_its_receipt(void **state)
{
    (void)state;
    input.many = true;
    input.count = 0;
    describe_picture(&sources[0]);
    input.number.uncertain = true;
    assert_written("{\"digits\":\"\",\"confidence\":0,\"uncertain\":true," RECEIPT
                   ",\"predictions\":[]" MODEL);
}

static void predict_answer_previews_pixels_that_were_no_picture(void **state)
{
    (void)state;
    const struct predict_answer answer = {
        .options = &options, .input = &input, .predictions = predictions, .model = &model};
    struct text text;
    struct fault fault;
    options.preview = true;
    text_init(&text, 1 << 16);
    assert_int_equal(predict_answer_write(&text, &answer, &fault), PROBLEM_NONE);
    assert_non_null(strstr(text_chars(&text), ",\"input\":{\"preview\":\"iVBORw0KGgo"));
    text_release(&text);
}

#define CASE(name) cmocka_unit_test_setup(name, begin)

TEST_MAIN(CASE(predict_answer_is_one_object), CASE(predict_answer_of_a_batch_lists_predictions),
          CASE(predict_answer_lists_the_likeliest_the_answer_first),
          CASE(predict_answer_to_a_picture_has_a_receipt),
          CASE(predict_answer_to_a_picture_without_a_second_digit),
          CASE(predict_answer_to_pixels_has_their_warnings),
          CASE(predict_answer_of_many_has_the_second_string),
          CASE(predict_answer_of_many_has_boxes_and_the_digits),
          CASE(predict_answer_of_many_in_a_blank_picture_has_its_receipt),
          CASE(predict_answer_previews_pixels_that_were_no_picture))
