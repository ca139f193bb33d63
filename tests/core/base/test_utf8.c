#include "core/base/utf8.h"

#include "tests/test.h"

TEST(utf8_encode_sequence_and_decode_agree_on_every_code_point)
{
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        uint8_t bytes[UTF8_MAX_BYTES];
        size_t size = utf8_encode(bytes, code_point);
        size_t expected = code_point >= 0xd800 && code_point <= 0xdfff ? 0 : size;
        assert_int_equal(utf8_sequence(bytes, size), expected);
        assert_int_equal(utf8_sequence(bytes, size - 1), 0);
        assert_int_equal(utf8_decode(bytes, size), code_point);
    }
}

TEST(utf8_sequence_refuses_what_is_not_well_formed)
{
    static const uint8_t refused[][4] = {
        {0x80, 0x80, 0x80, 0x80}, {0xc0, 0x80, 0, 0},       {0xc1, 0xbf, 0, 0},
        {0xc2, 0x20, 0, 0},       {0xe0, 0x9f, 0xbf, 0},    {0xed, 0xa0, 0x80, 0},
        {0xe1, 0x80, 0x41, 0},    {0xf0, 0x8f, 0xbf, 0xbf}, {0xf4, 0x90, 0x80, 0x80},
        {0xf5, 0x80, 0x80, 0x80}, {0xf1, 0x80, 0x80, 0xc0}, {0xff, 0xff, 0xff, 0xff},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(utf8_sequence(refused[i], 4), 0);
}

TEST(utf8_is_valid_looks_at_every_byte)
{
    static const uint8_t text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\xff";
    assert_true(utf8_is_valid(text, 0));
    assert_true(utf8_is_valid(text, 10));
    assert_false(utf8_is_valid(text, 9));
    assert_false(utf8_is_valid(text, 11));
}

/* Unicode's categories Cc, Zl and Zp, its property Bidi_Control, and U+FEFF. */
TEST(utf8_controls_are_those_that_are_obeyed)
{
    static const uint32_t controls[] = {0x00,   0x0a,   0x1b,   0x1f,   0x7f,   0x80,
                                        0x9b,   0x9f,   0x61c,  0x200e, 0x200f, 0x2028,
                                        0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff};
    static const uint32_t shown[] = {0x20,   0x7e,   0xa0,   0x61b,  0x61d,  0x200d, 0x2010,
                                     0x2027, 0x202f, 0x2065, 0x206a, 0xfefe, 0xff00, 0x1f600};
    size_t count = 0;
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        assert_true(utf8_is_control(controls[i]));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        assert_false(utf8_is_control(shown[i]));
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++)
        count += utf8_is_control(code_point);
    assert_int_equal(count, 80);
}

TEST_MAIN(cmocka_unit_test(utf8_encode_sequence_and_decode_agree_on_every_code_point),
          cmocka_unit_test(utf8_sequence_refuses_what_is_not_well_formed),
          cmocka_unit_test(utf8_is_valid_looks_at_every_byte),
          cmocka_unit_test(utf8_controls_are_those_that_are_obeyed))
