#include <string.h>

#include "server/observe/metrics_labels.h"

#include "tests/test.h"

static void check_names(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(names[i]) > 0);
        assert_int_equal(strspn(names[i], "abcdefghijklmnopqrstuvwxyz_"), strlen(names[i]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(names[i], names[j]);
    }
}

TEST(values_of_a_label_are_plain_and_distinct)
{
    check_names(metrics_handler_names, METRICS_HANDLERS);
    check_names(metrics_phase_names, METRICS_PHASES);
    check_names(metrics_rejection_names, METRICS_REJECTIONS);
    check_names(metrics_timeout_names, METRICS_TIMEOUTS);
    check_names(metrics_abort_names, METRICS_ABORTS);
    check_names(metrics_format_names, METRICS_FORMATS);
    check_names(metrics_role_names, METRICS_ROLES);
    check_names(metrics_result_names, METRICS_RESULTS);
}

TEST(values_of_a_label_have_the_index_of_their_enum)
{
    assert_string_equal(metrics_handler_names[METRICS_OTHER], "other");
    assert_string_equal(metrics_phase_names[METRICS_PHASE_WRITE], "write");
    assert_string_equal(metrics_rejection_names[METRICS_REJECTED_PEER_GONE], "peer_gone");
    assert_string_equal(metrics_timeout_names[METRICS_TIMEOUT_IDLE], "idle");
    assert_string_equal(metrics_abort_names[METRICS_ABORT_ANSWER], "answer");
    assert_string_equal(metrics_format_names[METRICS_FORMAT_JSON], "json");
    assert_string_equal(metrics_role_names[METRICS_ROLE_ADMIN], "admin");
    assert_string_equal(metrics_result_names[METRICS_RESULT_FAILURE], "failure");
}

TEST_MAIN(cmocka_unit_test(values_of_a_label_are_plain_and_distinct),
          cmocka_unit_test(values_of_a_label_have_the_index_of_their_enum))
