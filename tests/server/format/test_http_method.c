#include "server/format/http_method.h"

#include "tests/test.h"

TEST(http_method_parse_and_name_agree)
{
    for (int method = 0; method < HTTP_OTHER; method++)
        assert_int_equal(http_method_parse(http_method_name((enum http_method)method)), method);
    assert_int_equal(http_method_parse("get"), HTTP_OTHER);
    assert_int_equal(http_method_parse("OTHER"), HTTP_OTHER);
    assert_int_equal(http_method_parse(""), HTTP_OTHER);
    assert_string_equal(http_method_name(HTTP_OTHER), "OTHER");
}

TEST_MAIN(cmocka_unit_test(http_method_parse_and_name_agree))
