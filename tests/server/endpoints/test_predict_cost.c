#include "server/endpoints/predict_cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/endpoints/predictor.h"
#include "server/http/settings.h"
#include "tests/test.h"

#define BMP_BYTES (54 + 2 * 4 + 8)

static struct predictor predictor;
static struct settings settings;

static int make_predictor(void **state)
{
    (void)state;
    settings.config = (struct config){.max_instances = 64,
                                      .max_image_side_px = 4096,
                                      .max_image_pixels = 16 << 20,
                                      .max_body_bytes = 1 << 20};
    predictor.pixels = calloc(64, DIGIT_PIXELS * sizeof(float));
    predictor.octets = calloc(64, DIGIT_PIXELS);
    predictor.sources = calloc(64, sizeof *predictor.sources);
    predictor.scratch = malloc(1 << 20);
    predictor.scratch_bytes = 1 << 20;
    predictor.arena.bytes = malloc(DIGIT_IMAGE_ARENA_BYTES);
    predictor.arena.size_bytes = DIGIT_IMAGE_ARENA_BYTES;
    return 0;
}

static int release_predictor(void **state)
{
    (void)state;
    free(predictor.arena.bytes);
    free(predictor.scratch);
    free(predictor.sources);
    free(predictor.octets);
    free(predictor.pixels);
    return 0;
}

static double cost_of(const char *type, const void *bytes, size_t size, const char *parameter,
                      const char *value)
{
    struct request request = {.method = HTTP_POST,
                              .content_type = type,
                              .body = bytes,
                              .body_bytes = size,
                              .settings = &settings,
                              .predictor = &predictor,
                              .parameters = {{parameter, value}},
                              .parameter_count = parameter != NULL};
    return predict_cost_ms(&request);
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* A BMP of 4x2 pixels in two colours. */
static void make_bmp(uint8_t out[BMP_BYTES])
{
    memset(out, 0, BMP_BYTES);
    memcpy(out, "BM", 2);
    put_u32(out + 2, BMP_BYTES);
    put_u32(out + 10, 62);
    put_u32(out + 14, 40);
    put_u32(out + 18, 4);
    put_u32(out + 22, 2);
    put_u32(out + 26, 1 | 8 << 16);
    put_u32(out + 46, 2);
}

/* JSON with the number of digits, each of 784 zeros. */
static char *make_numbers(size_t digits)
{
    size_t size = 32 + digits * 1600, used = 0;
    char *out = malloc(size);
    used += (size_t)snprintf(out, size, "{\"instances\":[");
    for (size_t i = 0; i < digits; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s[0", i > 0 ? "," : "");
        for (size_t pixel = 1; pixel < DIGIT_PIXELS; pixel++)
            used += (size_t)snprintf(out + used, size - used, ",0");
        used += (size_t)snprintf(out + used, size - used, "]");
    }
    snprintf(out + used, size - used, "]}");
    return out;
}

static double numbers_cost(size_t digits, const char *parameter, const char *value)
{
    char *json = make_numbers(digits);
    double cost_ms = cost_of("application/json", json, strlen(json), parameter, value);
    free(json);
    return cost_ms;
}

/* Requests beyond 1 ms leave the worker (request_life.c). */
TEST(a_single_digit_is_far_below_a_millisecond)
{
    static const uint8_t octets[DIGIT_PIXELS];
    uint8_t bmp[BMP_BYTES];
    make_bmp(bmp);
    double octets_ms = cost_of("application/octet-stream", octets, sizeof octets, NULL, NULL);
    assert_true(octets_ms > 0 && octets_ms < 0.1);
    double numbers_ms = numbers_cost(1, NULL, NULL);
    assert_true(numbers_ms > 0 && numbers_ms < 0.1);
    double picture_ms = cost_of("image/bmp", bmp, sizeof bmp, NULL, NULL);
    assert_true(picture_ms > 0 && picture_ms < 0.2);
}

TEST(each_digit_and_what_is_asked_of_it_has_its_price)
{
    double one_ms = numbers_cost(1, NULL, NULL), many_ms = numbers_cost(60, NULL, NULL);
    assert_true(many_ms > 20 * one_ms);
    assert_true(numbers_cost(1, "explain", "1") > 1);
    assert_true(numbers_cost(1, "explain", "0") == one_ms);
    assert_true(numbers_cost(1, "preview", "1") > one_ms);
    assert_true(numbers_cost(60, "preview", "1") > 1);
}

/* It is not read here, which would itself take long; its bytes say what it may cost. */
TEST(a_long_body_with_pictures_is_costly)
{
    size_t size = 100000;
    char *json = malloc(size);
    memset(json, ' ', size);
    memcpy(json, "{\"b64\"", 6);
    assert_true(cost_of("application/json", json, size, NULL, NULL) > 1);
    assert_true(cost_of("multipart/form-data; boundary=b", json, size, NULL, NULL) > 1);
    free(json);
}

TEST(what_is_refused_at_once_costs_nothing)
{
    static const uint8_t octets[DIGIT_PIXELS];
    assert_true(cost_of("application/octet-stream", octets, 0, NULL, NULL) == 0);
    assert_true(cost_of("application/octet-stream", octets, sizeof octets, "top_k", "11") == 0);
    double refused_ms = cost_of("application/json", "{]", 2, NULL, NULL);
    assert_true(refused_ms > 0 && refused_ms < 0.1);
}

TEST_MAIN_WITH(make_predictor, release_predictor,
               cmocka_unit_test(a_single_digit_is_far_below_a_millisecond),
               cmocka_unit_test(each_digit_and_what_is_asked_of_it_has_its_price),
               cmocka_unit_test(a_long_body_with_pictures_is_costly),
               cmocka_unit_test(what_is_refused_at_once_costs_nothing))
