#include <stdlib.h>
#include <string.h>

#include "server/format/base64.h"

#include "tests/test.h"

/* Decodes a copy of the exact size, so that a sanitizer sees an overrun. */
static enum digit_status decode(uint8_t *out, size_t *size, const char *text,
                                struct digit_error *error)
{
    size_t text_size = strlen(text);
    uint8_t *copy = malloc(text_size + 1);
    memcpy(copy, text, text_size);
    copy = realloc(copy, text_size > 0 ? text_size : 1);
    enum digit_status status = base64_decode(out, size, copy, text_size, error);
    free(copy);
    return status;
}

TEST(base64_decode_reads_the_vectors_of_rfc_4648)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t out[16];
        size_t size;
        struct digit_error error;
        assert_int_equal(decode(out, &size, vectors[i][0], &error), DIGIT_OK);
        assert_int_equal(size, strlen(vectors[i][1]));
        assert_memory_equal(out, vectors[i][1], size);
    }
}

TEST(base64_decode_knows_the_whole_alphabet)
{
    const char *text = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t out[48];
    size_t size;
    assert_int_equal(decode(out, &size, text, NULL), DIGIT_OK);
    assert_int_equal(size, 48);
    for (size_t i = 0; i < 64; i++) {
        uint32_t group = (uint32_t)out[i / 4 * 3] << 16 | (uint32_t)out[i / 4 * 3 + 1] << 8 |
                         (uint32_t)out[i / 4 * 3 + 2];
        assert_int_equal(group >> (18 - 6 * (i % 4)) & 63, i);
    }
}

TEST(base64_decode_works_in_place)
{
    uint8_t text[] = "Zm9vYmFyZm9vYg==";
    size_t size;
    assert_int_equal(base64_decode(text, &size, text, sizeof text - 1, NULL), DIGIT_OK);
    assert_int_equal(size, 10);
    assert_memory_equal(text, "foobarfoob", 10);
}

TEST(base64_decode_refuses_everything_else)
{
    static const struct {
        const char *text;
        const char *message;
    } refused[] = {
        {"Z", "the length is 1 characters, not a multiple of 4"},
        {"Zg", "the length is 2 characters, not a multiple of 4"},
        {"Zg=", "the length is 3 characters, not a multiple of 4"},
        {"Zh==", "the unused bits of the last character are not zero"},
        {"Zm9=", "the unused bits of the last character are not zero"},
        {"Z===", "character 1 is '=' before the end"},
        {"====", "character 0 is '=' before the end"},
        {"Zg==Zg==", "character 2 is '=' before the end"},
        {"Zm8=Zm8=", "character 3 is '=' before the end"},
        {"Zm9\n", "character 3 (0x0a) is not in the alphabet"},
        {"Zm 9", "character 2 (0x20) is not in the alphabet"},
        {"Zm9v\xff\xff\xff\xff", "character 4 (0xff) is not in the alphabet"},
        {"Zm_v",
         "character 2 is '_', which is in the URL-safe alphabet only; use the standard alphabet"},
        {"Zm9vY-==",
         "character 5 is '-', which is in the URL-safe alphabet only; use the standard alphabet"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint8_t out[16];
        size_t size;
        struct digit_error error;
        assert_int_equal(decode(out, &size, refused[i].text, &error), DIGIT_MALFORMED);
        assert_string_equal(error.message, refused[i].message);
    }
}

TEST(base64_append_writes_the_vectors_of_rfc_4648)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct text text;
        text_init(&text, 64);
        base64_append(&text, (const uint8_t *)vectors[i][0], strlen(vectors[i][0]));
        assert_string_equal(text_chars(&text), vectors[i][1]);
        text_release(&text);
    }
}

TEST(base64_append_comes_back)
{
    uint8_t bytes[256], out[258];
    size_t size;
    struct text text;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37);
    text_init(&text, 512);
    base64_append(&text, bytes, sizeof bytes);
    assert_int_equal(base64_decode(out, &size, (const uint8_t *)text_chars(&text), text.size, NULL),
                     DIGIT_OK);
    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(out, bytes, sizeof bytes);
    text_release(&text);
}

TEST_MAIN(cmocka_unit_test(base64_decode_reads_the_vectors_of_rfc_4648),
          cmocka_unit_test(base64_decode_knows_the_whole_alphabet),
          cmocka_unit_test(base64_decode_works_in_place),
          cmocka_unit_test(base64_decode_refuses_everything_else),
          cmocka_unit_test(base64_append_writes_the_vectors_of_rfc_4648),
          cmocka_unit_test(base64_append_comes_back))
