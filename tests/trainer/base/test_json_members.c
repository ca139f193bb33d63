#include "trainer/base/json_members.h"

#include "tests/test.h"

TEST(members_keep_the_order_in_which_they_were_added)
{
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

TEST(adding_to_a_missing_object_fails)
{
    assert_false(json_add_text(NULL, "name", "seven"));
    assert_false(json_add_count(NULL, "count", 7));
    assert_false(json_add_number(NULL, "share", 0.25));
    assert_null(json_add_item(NULL));
}

TEST_MAIN(cmocka_unit_test(members_keep_the_order_in_which_they_were_added),
          cmocka_unit_test(adding_to_a_missing_object_fails))
