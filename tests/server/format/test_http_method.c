#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/format/http_method.h"

static void http_method_parse_and_name_agree(void **state)
{
    (void)state;
    for (int method = 0; method < HTTP_OTHER; method++)
        assert_int_equal(http_method_parse(http_method_name((enum http_method)method)), method);
    assert_int_equal(http_method_parse("get"), HTTP_OTHER);
    assert_int_equal(http_method_parse("OTHER"), HTTP_OTHER);
    assert_int_equal(http_method_parse(""), HTTP_OTHER);
    assert_string_equal(http_method_name(HTTP_OTHER), "OTHER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_method_parse_and_name_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
