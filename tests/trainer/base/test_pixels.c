#include "trainer/base/pixels.h"

#include "tests/test.h"

#define OCTETS 256

TEST(every_octet_is_divided_by_255)
{
    uint8_t octets[OCTETS];
    float pixels[OCTETS + 1];
    for (size_t i = 0; i < OCTETS; i++)
        octets[i] = (uint8_t)i;
    pixels[OCTETS] = -1.0f;
    pixels_from_octets(pixels, octets, OCTETS);
    for (size_t i = 0; i < OCTETS; i++)
        assert_true(pixels[i] == (float)i / 255.0f);
    assert_true(pixels[0] == 0.0f && pixels[255] == 1.0f);
    assert_true(pixels[OCTETS] == -1.0f);
}

TEST_MAIN(cmocka_unit_test(every_octet_is_divided_by_255))
