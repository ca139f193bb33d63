#include "core/base/sha256.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define MILLION 1000000

/* Messages and digests of FIPS 180-4's examples; the empty message is in NIST's test vectors. */
static const struct {
    const char *message;
    const char *digest;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

TEST(sha256_of_the_standard_messages)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct sha256_part part = {vectors[i].message, strlen(vectors[i].message)};
        char hex[SHA256_HEX_BYTES];
        sha256_hex(hex, &part, 1);
        assert_string_equal(hex, vectors[i].digest);
    }
}

TEST(sha256_of_a_million_letters)
{
    char *letters = malloc(MILLION);
    assert_non_null(letters);
    memset(letters, 'a', MILLION);
    struct sha256_part part = {letters, MILLION};
    char hex[SHA256_HEX_BYTES];
    sha256_hex(hex, &part, 1);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
}

TEST(sha256_of_parts_is_that_of_the_whole)
{
    const char *message = vectors[2].message;
    size_t length = strlen(message);
    for (size_t cut = 0; cut <= length; cut++) {
        struct sha256_part parts[3] = {{message, cut}, {"", 0}, {message + cut, length - cut}};
        char hex[SHA256_HEX_BYTES];
        sha256_hex(hex, parts, 3);
        assert_string_equal(hex, vectors[2].digest);
    }
}

TEST(sha256_of_no_parts_is_that_of_the_empty_message)
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex(hex, NULL, 0);
    assert_string_equal(hex, vectors[0].digest);
}

TEST_MAIN(cmocka_unit_test(sha256_of_the_standard_messages),
          cmocka_unit_test(sha256_of_a_million_letters),
          cmocka_unit_test(sha256_of_parts_is_that_of_the_whole),
          cmocka_unit_test(sha256_of_no_parts_is_that_of_the_empty_message))
