#include "trainer/eval/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/network/model.h"
#include "tests/support/model.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/net/network.h"

/* Three full blocks and a part of one. */
#define COUNT 200

/* Softmax is computed in float32. */
#define TOLERANCE 1e-6

struct images {
    uint8_t pixels[COUNT * DIGIT_PIXELS];
    uint8_t labels[COUNT];
};

/* Image i is predicted as i % 10. That is its label, too, except for every twentieth, whose label
 * is 0. */
static struct images *make_images(void)
{
    struct images *images = calloc(1, sizeof *images);
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++) {
        pixel_image(images->pixels + i * DIGIT_PIXELS, i % 10);
        images->labels[i] = (uint8_t)(i % 20 == 19 ? 0 : i % 10);
    }
    return images;
}

static void evaluate(struct evaluation *out, const struct images *images, size_t count,
                     size_t threads)
{
    struct digit_model *model = pixel_model();
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, threads, NULL), DIGIT_OK);
    assert_int_equal(evaluate_model(out, model, images->pixels, images->labels, count, pool, NULL),
                     DIGIT_OK);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
}

TEST(figures_match_those_calculated_by_hand)
{
    struct images *images = make_images();
    struct evaluation evaluation;
    evaluate(&evaluation, images, COUNT, 2);
    assert_int_equal(evaluation.count, COUNT);
    assert_int_equal(evaluation.correct, 190);
    assert_float_equal(evaluation_accuracy(&evaluation), 0.95, 0);
    assert_int_equal(evaluation.uncertain, 0); /* uncertainties are 1/4, the threshold is 1/2 */
    /* The label has probability 3/4 in 190 images and 1/36 in ten. */
    double loss = (190.0 * log(4.0 / 3.0) + 10.0 * log(36.0)) / 200.0;
    assert_true(fabs(evaluation.loss - loss) < TOLERANCE);
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        for (size_t j = 0; j < DIGIT_CLASSES; j++) {
            size_t expected = i != j ? 0 : i == 9 ? 10 : 20;
            assert_int_equal(evaluation.confusion.images[i][j], i == 0 && j == 9 ? 10 : expected);
        }
    evaluation_release(&evaluation);
    free(images);
}

TEST(uncertain_images_are_counted)
{
    static const struct model_calibration strict = {1.0f, 0.2f};
    struct images *images = make_images();
    struct digit_model *model = pixel_model();
    struct evaluation evaluation;
    struct thread_pool *pool;
    images->pixels[5] = 255; /* image 0 is predicted as 0 and 5 with equal probability */
    model_calibrate(model, &strict);
    assert_int_equal(thread_pool_create(&pool, 2, NULL), DIGIT_OK);
    assert_int_equal(
        evaluate_model(&evaluation, model, images->pixels, images->labels, COUNT, pool, NULL),
        DIGIT_OK);
    assert_int_equal(evaluation.uncertain, COUNT);
    evaluation_release(&evaluation);
    model_calibrate(model, &(struct model_calibration){1.0f, 0.4f});
    assert_int_equal(
        evaluate_model(&evaluation, model, images->pixels, images->labels, COUNT, pool, NULL),
        DIGIT_OK);
    assert_int_equal(evaluation.uncertain, 1);
    evaluation_release(&evaluation);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
    free(images);
}

TEST(misclassified_images_are_listed_in_order)
{
    struct images *images = make_images();
    struct evaluation evaluation;
    evaluate(&evaluation, images, COUNT, 3);
    assert_int_equal(evaluation.misclassified_count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(evaluation.misclassified[i].index, 20 * i + 19);
        assert_int_equal(evaluation.misclassified[i].label, 0);
        assert_int_equal(evaluation.misclassified[i].digit, 9);
    }
    evaluation_release(&evaluation);
    free(images);
}

TEST(predictions_are_kept_in_the_order_of_the_images)
{
    struct images *images = make_images();
    struct evaluation evaluation;
    evaluate(&evaluation, images, COUNT, 3);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(evaluation.digits[i], i % 10);
        for (size_t j = 0; j < DIGIT_CLASSES; j++) {
            double expected = j == i % 10 ? 3.0 / 4.0 : 1.0 / 36.0;
            double probability = (double)evaluation.probabilities[i * DIGIT_CLASSES + j];
            assert_true(fabs(probability - expected) < TOLERANCE);
        }
    }
    evaluation_release(&evaluation);
    free(images);
}

TEST(any_number_of_threads_gives_the_same_bits)
{
    struct images *images = make_images();
    struct evaluation one, many;
    evaluate(&one, images, COUNT, 1);
    for (size_t threads = 2; threads <= 5; threads++) {
        evaluate(&many, images, COUNT, threads);
        assert_memory_equal(&one.loss, &many.loss, sizeof one.loss);
        assert_memory_equal(&one.confusion, &many.confusion, sizeof one.confusion);
        evaluation_release(&many);
    }
    evaluation_release(&one);
    free(images);
}

TEST(one_image_is_enough)
{
    struct images *images = make_images();
    struct evaluation evaluation;
    evaluate(&evaluation, images, 1, 2);
    assert_int_equal(evaluation.count, 1);
    assert_int_equal(evaluation.correct, 1);
    assert_int_equal(evaluation.misclassified_count, 0);
    evaluation_release(&evaluation);
    free(images);
}

/* MNIST-normalised bars whose thickness depends on the label. */
static struct images *make_normalised_images(void)
{
    struct images *images = calloc(1, sizeof *images);
    assert_non_null(images);
    for (size_t i = 0; i < COUNT; i++) {
        size_t label = i % 10, first = 13 - label, end = 15 + label;
        uint8_t *image = images->pixels + i * DIGIT_PIXELS;
        for (size_t y = first; y < end; y++)
            memset(image + y * DIGIT_SIDE_PX + 4, 200 + (int)(i / 10), 20);
        images->labels[i] = (uint8_t)label;
    }
    return images;
}

typedef enum digit_status evaluation_function(struct evaluation *, const struct digit_model *,
                                              const uint8_t *, const uint8_t *, size_t,
                                              struct thread_pool *, struct digit_error *);

/* By a network with made-up weights, which tells the bars apart. */
static void evaluate_by(struct evaluation *out, evaluation_function *function,
                        const struct images *images, size_t threads)
{
    struct digit_model *model = make_model(TINY_JSON);
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, threads, NULL), DIGIT_OK);
    assert_int_equal(function(out, model, images->pixels, images->labels, COUNT, pool, NULL),
                     DIGIT_OK);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
}

static void assert_same_evaluation(const struct evaluation *a, const struct evaluation *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->correct, b->correct);
    assert_int_equal(a->uncertain, b->uncertain);
    assert_memory_equal(&a->loss, &b->loss, sizeof a->loss);
    assert_memory_equal(&a->confusion, &b->confusion, sizeof a->confusion);
    assert_memory_equal(a->probabilities, b->probabilities,
                        COUNT * DIGIT_CLASSES * sizeof *a->probabilities);
}

TEST(mnist_normalised_pictures_are_read_as_images)
{
    struct images *images = make_normalised_images();
    struct evaluation as_images, as_pictures;
    evaluate_by(&as_images, evaluate_model, images, 2);
    evaluate_by(&as_pictures, evaluate_pictures, images, 2);
    assert_same_evaluation(&as_pictures, &as_images);
    evaluation_release(&as_pictures);
    for (size_t i = 0; i < sizeof images->pixels; i++)
        images->pixels[i] = (uint8_t)(255 - images->pixels[i]);
    evaluate_by(&as_pictures, evaluate_pictures, images, 2);
    assert_same_evaluation(&as_pictures, &as_images);
    evaluation_release(&as_images);
    evaluate_by(&as_images, evaluate_model, images, 2); /* dark on light, as they are */
    assert_memory_not_equal(as_pictures.probabilities, as_images.probabilities,
                            COUNT * DIGIT_CLASSES * sizeof *as_images.probabilities);
    evaluation_release(&as_pictures);
    evaluation_release(&as_images);
    free(images);
}

/* The model is sure of everything, but a blank picture has no digit. */
TEST(warnings_of_pictures_count)
{
    struct images *images = make_normalised_images();
    struct digit_model *model = stubborn_model(3);
    struct evaluation evaluation;
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, 2, NULL), DIGIT_OK);
    for (size_t blank = 0; blank <= 5; blank += 5) {
        for (size_t i = 0; i < blank; i++)
            memset(images->pixels + i * DIGIT_PIXELS, 90, DIGIT_PIXELS);
        assert_int_equal(evaluate_pictures(&evaluation, model, images->pixels, images->labels,
                                           COUNT, pool, NULL),
                         DIGIT_OK);
        assert_int_equal(evaluation.uncertain, blank);
        assert_int_equal(evaluation.correct, COUNT / 10);
        evaluation_release(&evaluation);
    }
    thread_pool_destroy(pool);
    digit_model_destroy(model);
    free(images);
}

TEST(pictures_are_read_the_same_by_any_number_of_threads)
{
    struct images *images = make_normalised_images();
    struct evaluation one, many;
    for (size_t i = 0; i < sizeof images->pixels;
         i++) /* noise, so that there are several hypotheses */
        images->pixels[i] = (uint8_t)(images->pixels[i] / 2 + i * 7919 % 61);
    evaluate_by(&one, evaluate_pictures, images, 1);
    for (size_t threads = 2; threads <= 5; threads += 3) {
        evaluate_by(&many, evaluate_pictures, images, threads);
        assert_same_evaluation(&many, &one);
        evaluation_release(&many);
    }
    evaluation_release(&one);
    free(images);
}

TEST(class_scores_match_those_calculated_by_hand)
{
    struct confusion confusion = {0};
    confusion.images[3][3] = 6;
    confusion.images[3][5] = 2;
    confusion.images[5][3] = 4;
    confusion.images[5][5] = 1;
    struct class_score three = class_score_make(&confusion, 3);
    assert_int_equal(three.support, 8);
    assert_float_equal(three.precision, 6.0 / 10.0, 1e-12);
    assert_float_equal(three.recall, 6.0 / 8.0, 1e-12);
    assert_float_equal(three.f1, 2.0 * 0.6 * 0.75 / (0.6 + 0.75), 1e-12);
    struct class_score none = class_score_make(&confusion, 0);
    assert_int_equal(none.support, 0);
    assert_float_equal(none.precision, 0.0, 0);
    assert_float_equal(none.recall, 0.0, 0);
    assert_float_equal(none.f1, 0.0, 0);
}

TEST(an_impossible_label_has_a_finite_loss)
{
    struct digit_prediction prediction = {.probabilities = {1.0f}};
    assert_true(fabs(evaluate_loss(&prediction, 1) - 87.3365) < 1e-3);
    assert_true(evaluate_loss(&prediction, 0) == 0.0);
}

/* Weights near the largest float make logits infinite. */
TEST(the_error_of_a_thread_is_returned)
{
    struct architecture architecture;
    dense_architecture(&architecture);
    static float parameters[DIGIT_CLASSES * DIGIT_PIXELS + DIGIT_CLASSES];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        parameters[i] = 3e38f;
    struct images *images = make_images();
    struct digit_model *model;
    struct thread_pool *pool;
    struct evaluation evaluation;
    struct digit_error error;
    assert_int_equal(
        model_create(&model, &architecture, parameters, &train_preprocessing, NULL, NULL, NULL),
        DIGIT_OK);
    assert_int_equal(thread_pool_create(&pool, 2, NULL), DIGIT_OK);
    assert_int_equal(
        evaluate_model(&evaluation, model, images->pixels, images->labels, COUNT, pool, &error),
        DIGIT_INVALID);
    assert_int_equal(error.status, DIGIT_INVALID);
    assert_true(error.message[0] != '\0');
    assert_null(evaluation.misclassified);
    error.message[0] = '\0';
    memset(images->pixels, 255, DIGIT_PIXELS / 2); /* a picture that is not blank */
    assert_int_equal(
        evaluate_pictures(&evaluation, model, images->pixels, images->labels, COUNT, pool, &error),
        DIGIT_INVALID);
    assert_true(error.message[0] != '\0');
    assert_null(evaluation.misclassified);
    thread_pool_destroy(pool);
    digit_model_destroy(model);
    free(images);
}

TEST_MAIN(cmocka_unit_test(figures_match_those_calculated_by_hand),
          cmocka_unit_test(uncertain_images_are_counted),
          cmocka_unit_test(misclassified_images_are_listed_in_order),
          cmocka_unit_test(predictions_are_kept_in_the_order_of_the_images),
          cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
          cmocka_unit_test(one_image_is_enough),
          cmocka_unit_test(mnist_normalised_pictures_are_read_as_images),
          cmocka_unit_test(warnings_of_pictures_count),
          cmocka_unit_test(pictures_are_read_the_same_by_any_number_of_threads),
          cmocka_unit_test(class_scores_match_those_calculated_by_hand),
          cmocka_unit_test(an_impossible_label_has_a_finite_loss),
          cmocka_unit_test(the_error_of_a_thread_is_returned))
