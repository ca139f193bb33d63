#include "trainer/report/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

TEST(contents_are_in_order_and_end_with_a_nul)
{
    struct buffer buffer = {0};
    buffer_text(&buffer, "a");
    buffer_print(&buffer, "%d-%s", 12, "b");
    buffer_add(&buffer, "c\0d", 3);
    assert_int_equal(buffer.size_bytes, 8);
    assert_memory_equal(buffer.bytes, "a12-bc\0d", 9);
    assert_false(buffer.failed);
    buffer_release(&buffer);
    assert_null(buffer.bytes);
}

TEST(the_buffer_grows_as_needed)
{
    struct buffer buffer = {0};
    for (size_t i = 0; i < 5000; i++)
        buffer_print(&buffer, "%04zu", i);
    assert_int_equal(buffer.size_bytes, 20000);
    assert_string_equal(buffer.bytes + 19996, "4999");
    buffer_release(&buffer);
}

TEST(after_a_failure_nothing_is_appended)
{
    struct buffer buffer = {0};
    buffer_text(&buffer, "a");
    buffer_add(&buffer, "b", SIZE_MAX / 2);
    assert_true(buffer.failed);
    buffer_text(&buffer, "c");
    buffer_print(&buffer, "%s", "d");
    assert_string_equal(buffer.bytes, "a");
    buffer_release(&buffer);
}

/* RFC 4648, section 10. */
TEST(base64_matches_the_examples_of_the_rfc)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct buffer buffer = {0};
        buffer_text(&buffer, "");
        buffer_base64(&buffer, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(buffer.bytes, pairs[i][1]);
        buffer_release(&buffer);
    }
    struct buffer buffer = {0};
    buffer_base64(&buffer, "\xff\xef\xbe", 3);
    assert_string_equal(buffer.bytes, "/+++");
    buffer_release(&buffer);
}

TEST_MAIN(cmocka_unit_test(contents_are_in_order_and_end_with_a_nul),
          cmocka_unit_test(the_buffer_grows_as_needed),
          cmocka_unit_test(after_a_failure_nothing_is_appended),
          cmocka_unit_test(base64_matches_the_examples_of_the_rfc))
