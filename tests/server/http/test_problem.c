#include <string.h>

#include <cjson/cJSON.h>

#include "server/http/problem.h"

#include "tests/test.h"

static cJSON *written(const struct fault *fault)
{
    struct text text;
    text_init(&text, 4096);
    problem_write(&text, fault, "id-1");
    assert_false(text_failed(&text));
    cJSON *json = cJSON_Parse(text_chars(&text));
    assert_non_null(json);
    text_release(&text);
    return json;
}

static void assert_member(const cJSON *json, const char *name, const char *expected)
{
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name)),
                        expected);
}

TEST(problem_write_has_every_member)
{
    struct fault fault;
    assert_int_equal(fault_set(&fault, PROBLEM_INVALID_INPUT, "a \"%s\" is %d", "b", 3),
                     PROBLEM_INVALID_INPUT);
    assert_int_equal(fault_set_pointer(&fault, "/instances/%d", 7), PROBLEM_INVALID_INPUT);
    assert_int_equal(fault_set_limit(&fault, 784), PROBLEM_INVALID_INPUT);
    cJSON *json = written(&fault);
    assert_member(json, "type", "/openapi.yaml#invalid-input");
    assert_member(json, "title", "The body has invalid contents");
    assert_member(json, "detail", "a \"b\" is 3");
    assert_member(json, "error", "a \"b\" is 3");
    assert_member(json, "instance", "urn:digitd:request:id-1");
    assert_member(json, "code", "invalid-input");
    assert_member(json, "request_id", "id-1");
    assert_member(json, "pointer", "/instances/7");
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(json, "status")->valueint, 422);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(json, "limit")->valueint, 784);
    cJSON_Delete(json);
}

TEST(problem_write_leaves_out_what_does_not_apply)
{
    struct fault fault;
    fault_set(&fault, PROBLEM_INVALID_INPUT, "old");
    fault_set_pointer(&fault, "/old");
    fault_set_limit(&fault, 1);
    fault_set(&fault, PROBLEM_NOT_FOUND, "new");
    cJSON *json = written(&fault);
    assert_member(json, "detail", "new");
    assert_null(cJSON_GetObjectItemCaseSensitive(json, "pointer"));
    assert_null(cJSON_GetObjectItemCaseSensitive(json, "limit"));
    cJSON_Delete(json);
}

TEST(fault_set_cuts_a_long_detail)
{
    struct fault fault;
    fault_set(&fault, PROBLEM_INTERNAL, "%1000s", "x");
    assert_int_equal(strlen(fault.detail), FAULT_DETAIL_BYTES - 1);
    fault_set_pointer(&fault, "%1000s", "x");
    assert_int_equal(strlen(fault.pointer), FAULT_POINTER_BYTES - 1);
}

TEST(problem_kinds_have_slugs_of_their_own_and_error_statuses)
{
    for (int i = PROBLEM_NONE + 1; i <= PROBLEM_NOT_READY; i++) {
        const struct problem_kind *kind = problem_kind((enum problem)i);
        assert_in_range(kind->status, 400, 599);
        assert_int_equal(strspn(kind->slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(kind->slug));
        for (int j = PROBLEM_NONE + 1; j < i; j++)
            assert_string_not_equal(kind->slug, problem_kind((enum problem)j)->slug);
    }
}

TEST(problem_slugs_are_those_of_the_kinds_in_order)
{
    assert_int_equal(PROBLEMS_COUNT, PROBLEM_UNSUPPORTED_VERSION);
    for (size_t i = 0; i < PROBLEMS_COUNT; i++)
        assert_string_equal(problem_slugs[i], problem_kind((enum problem)(i + 1))->slug);
}

TEST_MAIN(cmocka_unit_test(problem_write_has_every_member),
          cmocka_unit_test(problem_write_leaves_out_what_does_not_apply),
          cmocka_unit_test(fault_set_cuts_a_long_detail),
          cmocka_unit_test(problem_kinds_have_slugs_of_their_own_and_error_statuses),
          cmocka_unit_test(problem_slugs_are_those_of_the_kinds_in_order))
