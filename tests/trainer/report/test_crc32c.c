#include "trainer/report/crc32c.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

/* RFC 3720, appendix B.4, and the check value of the catalogues. */
TEST(checksums_match_the_examples_of_the_rfc)
{
    uint8_t bytes[32] = {0};
    assert_int_equal(crc32c(bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(crc32c(bytes, 32), 0x62a8ab43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    assert_int_equal(crc32c(bytes, 32), 0x46dd794e);
    assert_int_equal(crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(crc32c("", 0), 0);
}

TEST_MAIN(cmocka_unit_test(checksums_match_the_examples_of_the_rfc))
