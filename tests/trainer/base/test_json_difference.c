#include "trainer/base/json_difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_difference(const char *there, const char *here, const char *expected)
{
    char text[JSON_DIFFERENCE_BYTES];
    json_difference(text, there, here);
    assert_string_equal(text, expected);
}

static void the_same_documents_have_no_difference(void **state)
{
    (void)state;
    assert_difference("{\"a\": [1, {\"b\": null}]}", "{\"a\":[1,{\"b\":null}]}", "");
    assert_difference("{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", "");
}

static void the_path_of_the_first_difference_is_named(void **state)
{
    (void)state;
    assert_difference("{\"epochs\": 5}", "{\"epochs\": 6}", "epochs is 5 there, 6 here");
    assert_difference("{\"a\": 1, \"augment\": {\"x\": 1, \"y\": 2.5}}",
                      "{\"a\": 1, \"augment\": {\"x\": 1, \"y\": 2}}",
                      "augment.y is 2.5 there, 2 here");
    assert_difference("{\"layers\": [{\"n\": 1}, {\"n\": 2}]}",
                      "{\"layers\": [{\"n\": 1}, {\"n\": 3}]}", "layers[1].n is 2 there, 3 here");
}

static void what_one_document_lacks_is_absent(void **state)
{
    (void)state;
    assert_difference("{\"a\": 1}", "{\"a\": 1, \"b\": \"x\"}", "b is absent there, \"x\" here");
    assert_difference("{\"a\": 1, \"b\": 1}", "{\"a\": 1}", "b is 1 there, absent here");
    assert_difference("{\"a\": [1, 2]}", "{\"a\": [1]}", "a[1] is 2 there, absent here");
    assert_difference("{\"a\": [1]}", "{\"a\": [1, 2]}", "a[1] is absent there, 2 here");
}

static void values_of_other_types_differ_as_a_whole(void **state)
{
    (void)state;
    assert_difference("{\"a\": {\"b\": 1}}", "{\"a\": [1]}", "a is {\"b\":1} there, [1] here");
    assert_difference("1", "2", "it is 1 there, 2 here");
}

static void long_values_are_cut(void **state)
{
    (void)state;
    assert_difference("{\"a\": \"0123456789012345678901234567890123456789\"}", "{\"a\": null}",
                      "a is \"01234567890123456789012345678901234... there, null here");
}

static void what_is_not_json_is_a_difference(void **state)
{
    (void)state;
    assert_difference("{", "{}", "it does not read alike");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_documents_have_no_difference),
        cmocka_unit_test(the_path_of_the_first_difference_is_named),
        cmocka_unit_test(what_one_document_lacks_is_absent),
        cmocka_unit_test(values_of_other_types_differ_as_a_whole),
        cmocka_unit_test(long_values_are_cut),
        cmocka_unit_test(what_is_not_json_is_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
