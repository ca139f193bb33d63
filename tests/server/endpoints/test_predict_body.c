#include <stdlib.h>
#include <string.h>

#include "server/endpoints/predict_body.h"

#include "tests/support/made_reader.h"
#include "tests/test.h"

#define BMP_HEADER_BYTES  (14 + 40)
#define BMP_PALETTE_BYTES (256 * 4)
#define BMP_BYTES         (BMP_HEADER_BYTES + BMP_PALETTE_BYTES + DIGIT_PIXELS)

static float pixels[DIGIT_PIXELS];
static uint8_t read_octets[DIGIT_PIXELS];
static struct predict_source sources[1];
static uint8_t octets[DIGIT_PIXELS]; /* light on dark: a bar */
static float expected[DIGIT_PIXELS];
static uint8_t bmp[BMP_BYTES]; /* the same bar as an 8-bit grey BMP */

static size_t max_side_px = 28;
static struct digit_prediction predictions[1];
static struct made_reader reader;

static void put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static int make_pictures(void **state)
{
    (void)state;
    made_reader_create(&reader, NULL);
    for (size_t y = 4; y < 24; y++)
        memset(octets + y * 28 + 12, 200, 4);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        expected[i] = (float)octets[i] / 255.0f;

    memcpy(bmp, "BM", 2);
    put_u32(bmp + 2, BMP_BYTES);
    put_u32(bmp + 10, BMP_HEADER_BYTES + BMP_PALETTE_BYTES);
    put_u32(bmp + 14, 40);
    put_u32(bmp + 18, 28);
    put_u32(bmp + 22, 28);
    put_u32(bmp + 26, 1 | 8 << 16); /* planes, bits per pixel */
    for (uint32_t i = 0; i < 256; i++)
        put_u32(bmp + BMP_HEADER_BYTES + 4 * i, i << 16 | i << 8 | i);
    for (size_t y = 0; y < 28; y++) /* the lowest row comes first */
        memcpy(bmp + BMP_HEADER_BYTES + BMP_PALETTE_BYTES + (27 - y) * 28, octets + y * 28, 28);
    return 0;
}

static int destroy_reader(void **state)
{
    (void)state;
    made_reader_destroy(&reader);
    return 0;
}

/* Reads a body; `pixels` then has the digit, whether it came as octets or as numbers. */
static enum problem read_body(const char *type, const void *bytes, size_t size, struct fault *fault)
{
    uint8_t *copy = malloc(size);
    struct predict_input input = {.pixels = pixels,
                                  .octets = read_octets,
                                  .sources = sources,
                                  .capacity = 1,
                                  .scratch = malloc(size),
                                  .scratch_bytes = size,
                                  .predictions = predictions,
                                  .reader = reader.reader,
                                  .limits = {max_side_px, 4096, UINT64_MAX, UINT64_MAX}};
    memcpy(copy, bytes, size);
    memset(pixels, 0, sizeof pixels);
    enum problem problem = predict_read_body(&input, type, copy, size, fault);
    assert_int_equal(input.count, problem == PROBLEM_NONE ? 1 : input.count);
    for (size_t i = 0; problem == PROBLEM_NONE && sources[0].is_octets && i < DIGIT_PIXELS; i++)
        pixels[i] = (float)read_octets[i] / 255.0f;
    free(input.scratch);
    free(copy);
    return problem;
}

static void assert_read(const char *type, const void *bytes, size_t size)
{
    struct fault fault;
    if (read_body(type, bytes, size, &fault) != PROBLEM_NONE)
        fail_msg("%s", fault.detail);
    assert_memory_equal(pixels, expected, sizeof expected);
}

static void assert_refused(const char *type, const void *bytes, size_t size, enum problem problem,
                           const char *words)
{
    struct fault fault;
    assert_int_equal(read_body(type, bytes, size, &fault), problem);
    if (strstr(fault.detail, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, fault.detail);
}

TEST(predict_read_body_takes_a_picture_under_any_type)
{
    static const char *const types[] = {
        "image/bmp",
        "image/png",
        "image/jpeg",
        "IMAGE/PNG; x=y",
        "image/webp",
        "image/x-ms-bmp",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "text/plain",
        NULL,
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_read(types[i], bmp, sizeof bmp);
}

TEST(predict_read_body_takes_784_octets_only_where_they_are_declared)
{
    assert_read("application/octet-stream", octets, sizeof octets);
    assert_read("Application/Octet-Stream ;x=y", octets, sizeof octets);
    assert_refused("image/png", octets, sizeof octets, PROBLEM_UNDECODABLE_IMAGE, "");
    assert_refused(NULL, octets, sizeof octets, PROBLEM_UNSUPPORTED_MEDIA_TYPE, "missing");
    assert_refused("application/octet-stream", octets, 783, PROBLEM_INVALID_INPUT,
                   "783 bytes are neither");
    assert_refused("application/octet-stream", octets, 1, PROBLEM_INVALID_INPUT, "784");
}

TEST(predict_read_body_tells_a_wrong_type_from_a_broken_picture)
{
    assert_refused("text/plain", "hello", 5, PROBLEM_UNSUPPORTED_MEDIA_TYPE, "text/plain");
    assert_refused("application/jsonx", "{}", 2, PROBLEM_UNSUPPORTED_MEDIA_TYPE, PREDICT_ACCEPT);
    assert_refused("image/gif", "GIF89a", 6, PROBLEM_UNSUPPORTED_MEDIA_TYPE, "image/gif");
    assert_refused("image png", bmp, sizeof bmp, PROBLEM_UNSUPPORTED_MEDIA_TYPE, "malformed");
    assert_refused("image/png", "GIF89a", 6, PROBLEM_UNDECODABLE_IMAGE, "");
    assert_refused("text/plain", bmp, 100, PROBLEM_UNDECODABLE_IMAGE, "");
    assert_refused(NULL, bmp, 100, PROBLEM_UNDECODABLE_IMAGE, "");
}

TEST(predict_read_body_holds_pictures_to_their_limits)
{
    max_side_px = 27;
    assert_refused("image/bmp", bmp, sizeof bmp, PROBLEM_IMAGE_TOO_LARGE, "28");
    max_side_px = 28;
    assert_read("image/bmp", bmp, sizeof bmp);
}

TEST(predict_read_body_reads_json_as_utf_8)
{
    static const char *const types[] = {
        "application/json", "APPLICATION/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json; charset=us-ascii"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_refused(types[i], "{}", 2, PROBLEM_INVALID_INPUT, "neither pixels nor b64");
    assert_refused("application/json; charset=latin1", "{}", 2, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                   "latin1");
    assert_refused("application/json; charset", "{}", 2, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                   "malformed parameters");
    assert_refused("application/json", bmp, sizeof bmp, PROBLEM_MALFORMED_JSON, "byte 0");
}

/* Joins headers, contents and end to a form and reads it. */
static enum problem read_form(const char *headers, const void *bytes, size_t size, const char *end,
                              struct fault *fault)
{
    static uint8_t form[4096];
    size_t at = strlen(headers);
    assert_true(at + size + strlen(end) <= sizeof form);
    memcpy(form, headers, at);
    memcpy(form + at, bytes, size);
    memcpy(form + at + size, end, strlen(end));
    return read_body("multipart/form-data; boundary=b", form, at + size + strlen(end), fault);
}

TEST(predict_read_body_takes_the_picture_of_a_form)
{
    static const char *const headers[] = {
        "--b\r\nContent-Disposition: form-data; name=x; filename=a.bmp\r\n\r\n",
        "--b\r\nContent-Disposition: form-data; name=image\r\n\r\n",
        "--b\r\nContent-Disposition: form-data; name=file\r\nContent-Type: text/plain\r\n\r\n",
    };
    struct fault fault;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        assert_int_equal(read_form(headers[i], bmp, sizeof bmp, "\r\n--b--\r\n", &fault),
                         PROBLEM_NONE);
        assert_memory_equal(pixels, expected, sizeof expected);
    }
    assert_int_equal(read_form("--b\r\nContent-Disposition: form-data; name=image\r\n"
                               "Content-Type: application/octet-stream\r\n\r\n",
                               octets, sizeof octets, "\r\n--b--\r\n", &fault),
                     PROBLEM_NONE);
    assert_memory_equal(pixels, expected, sizeof expected);
}

TEST(predict_read_body_refuses_a_form_with_anything_else)
{
    const char *file = "--b\r\nContent-Disposition: form-data; name=x; filename=a\r\n\r\n";
    static const struct {
        const char *end;
        enum problem problem;
        const char *words;
    } refused[] = {
        {"\r\n--b\r\nContent-Disposition: form-data; name=y; filename=c\r\n\r\nz\r\n--b--",
         PROBLEM_INVALID_INPUT, "\"y\" is a second picture"},
        {"\r\n--b\r\nContent-Disposition: form-data; name=y\r\n\r\nz\r\n--b--",
         PROBLEM_INVALID_INPUT, "\"y\" is not a picture: it has no filename"},
        {"\r\n--b\r\nContent-Disposition: form-data; name=y\r\n\r\nz", PROBLEM_MALFORMED_MULTIPART,
         "before the boundary that closes the part"},
        {"", PROBLEM_MALFORMED_MULTIPART, "before the boundary that closes the part"},
    };
    struct fault fault;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(read_form(file, bmp, sizeof bmp, refused[i].end, &fault),
                         refused[i].problem);
        assert_non_null(strstr(fault.detail, refused[i].words));
    }
    assert_int_equal(read_form(file, "", 0, "\r\n--b--", &fault), PROBLEM_INVALID_INPUT);
    assert_non_null(strstr(fault.detail, "empty"));
    assert_int_equal(read_form(file, "x", 1, "\r\n--b--", &fault), PROBLEM_UNDECODABLE_IMAGE);
    assert_int_equal(read_form("--b--", "", 0, "", &fault), PROBLEM_INVALID_INPUT);
    assert_refused("multipart/form-data", "--b--", 5, PROBLEM_MALFORMED_MULTIPART, "no boundary");
}

TEST_MAIN_WITH(make_pictures, destroy_reader,
               cmocka_unit_test(predict_read_body_takes_a_picture_under_any_type),
               cmocka_unit_test(predict_read_body_takes_784_octets_only_where_they_are_declared),
               cmocka_unit_test(predict_read_body_tells_a_wrong_type_from_a_broken_picture),
               cmocka_unit_test(predict_read_body_holds_pictures_to_their_limits),
               cmocka_unit_test(predict_read_body_reads_json_as_utf_8),
               cmocka_unit_test(predict_read_body_takes_the_picture_of_a_form),
               cmocka_unit_test(predict_read_body_refuses_a_form_with_anything_else))
