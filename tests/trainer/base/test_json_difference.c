#include "trainer/base/json_difference.h"

#include <string.h>

#include "tests/test.h"

static void assert_difference(const char *actual, const char *expected, const char *description)
{
    char text[JSON_DIFFERENCE_BYTES];
    json_difference(text, actual, expected);
    assert_string_equal(text, description);
}

TEST(equal_documents_have_no_difference)
{
    assert_difference("{\"a\": [1, {\"b\": null}]}", "{\"a\":[1,{\"b\":null}]}", "");
    assert_difference("{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", "");
}

TEST(the_path_of_the_first_difference_is_reported)
{
    assert_difference("{\"epochs\": 5}", "{\"epochs\": 6}", "epochs is 5, expected 6");
    assert_difference("{\"a\": 1, \"augment\": {\"x\": 1, \"y\": 2.5}}",
                      "{\"a\": 1, \"augment\": {\"x\": 1, \"y\": 2}}",
                      "augment.y is 2.5, expected 2");
    assert_difference("{\"layers\": [{\"n\": 1}, {\"n\": 2}]}",
                      "{\"layers\": [{\"n\": 1}, {\"n\": 3}]}", "layers[1].n is 2, expected 3");
}

TEST(a_value_missing_from_one_document_is_absent)
{
    assert_difference("{\"a\": 1}", "{\"a\": 1, \"b\": \"x\"}", "b is absent, expected \"x\"");
    assert_difference("{\"a\": 1, \"b\": 1}", "{\"a\": 1}", "b is 1, expected absent");
    assert_difference("{\"a\": [1, 2]}", "{\"a\": [1]}", "a[1] is 2, expected absent");
    assert_difference("{\"a\": [1]}", "{\"a\": [1, 2]}", "a[1] is absent, expected 2");
}

TEST(values_of_different_types_are_reported_whole)
{
    assert_difference("{\"a\": {\"b\": 1}}", "{\"a\": [1]}", "a is {\"b\":1}, expected [1]");
    assert_difference("1", "2", "the value is 1, expected 2");
}

TEST(long_values_are_truncated)
{
    assert_difference("{\"a\": \"0123456789012345678901234567890123456789\"}", "{\"a\": null}",
                      "a is \"01234567890123456789012345678901234..., expected null");
}

TEST(invalid_json_is_reported)
{
    assert_difference("{", "{}", "not valid JSON");
}

TEST_MAIN(cmocka_unit_test(equal_documents_have_no_difference),
          cmocka_unit_test(the_path_of_the_first_difference_is_reported),
          cmocka_unit_test(a_value_missing_from_one_document_is_absent),
          cmocka_unit_test(values_of_different_types_are_reported_whole),
          cmocka_unit_test(long_values_are_truncated), cmocka_unit_test(invalid_json_is_reported))
