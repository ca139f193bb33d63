#include "trainer/base/json_members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void members_keep_the_order_in_which_they_were_added(void **state)
{
    (void)state;
    cJSON *json = cJSON_CreateObject();
    assert_true(json_add_text(json, "name", "seven"));
    assert_true(json_add_count(json, "count", 7));
    assert_true(json_add_number(json, "share", 0.25));
    cJSON *items = cJSON_AddArrayToObject(json, "items");
    assert_true(json_add_text(json_add_item(items), "in", "first"));
    assert_non_null(json_add_item(items));
    char *text = cJSON_PrintUnformatted(json);
    assert_string_equal(
        text, "{\"name\":\"seven\",\"count\":7,\"share\":0.25,\"items\":[{\"in\":\"first\"},{}]}");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void adding_to_a_missing_object_fails(void **state)
{
    (void)state;
    assert_false(json_add_text(NULL, "name", "seven"));
    assert_false(json_add_count(NULL, "count", 7));
    assert_false(json_add_number(NULL, "share", 0.25));
    assert_null(json_add_item(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_the_order_in_which_they_were_added),
        cmocka_unit_test(adding_to_a_missing_object_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
