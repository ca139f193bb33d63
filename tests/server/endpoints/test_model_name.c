#include "server/endpoints/model_name.h"

#include "tests/test.h"

TEST(names_are_json_strings)
{
    const struct digit_model_info model = {.name = "a \"b\"", .version = "0123456789ab"};
    char room[128];
    struct text text;
    text_init_in(&text, room, sizeof room);
    model_name_write(&text, &model);
    assert_string_equal(text_chars(&text),
                        "{\"name\":\"a \\\"b\\\"\",\"version\":\"0123456789ab\"}");
}

TEST_MAIN(cmocka_unit_test(names_are_json_strings))
