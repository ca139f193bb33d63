#include "server/http/reload_record.h"

#include <string.h>

#include "tests/test.h"

TEST(reloads_are_counted_and_the_last_failure_has_a_reason)
{
    struct reload_record record;
    reload_record_init(&record);
    struct reload_counts counts = reload_record_read(&record);
    assert_int_equal(counts.succeeded, 0);
    assert_int_equal(counts.failed, 0);
    assert_string_equal(counts.reason, "");
    reload_record_note(&record, "no such model");
    reload_record_note(&record, "workers has changed");
    counts = reload_record_read(&record);
    assert_int_equal(counts.succeeded, 0);
    assert_int_equal(counts.failed, 2);
    assert_string_equal(counts.reason, "workers has changed");
    reload_record_note(&record, NULL);
    counts = reload_record_read(&record);
    assert_int_equal(counts.succeeded, 1);
    assert_int_equal(counts.failed, 2);
    assert_string_equal(counts.reason, "");
}

TEST(a_long_reason_is_cut)
{
    struct reload_record record;
    char reason[2 * RELOAD_REASON_BYTES];
    memset(reason, 'x', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    reload_record_init(&record);
    reload_record_note(&record, reason);
    struct reload_counts counts = reload_record_read(&record);
    assert_int_equal(strlen(counts.reason), RELOAD_REASON_BYTES - 1);
}

TEST_MAIN(cmocka_unit_test(reloads_are_counted_and_the_last_failure_has_a_reason),
          cmocka_unit_test(a_long_reason_is_cut))
