#include <stdio.h>
#include <string.h>

#include "server/format/accept.h"

#include "tests/test.h"

#define TEXT        0
#define OPENMETRICS 1
#define NEITHER     2

static const char *const offers[] = {
    "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

static size_t choose(const char *accept)
{
    return accept_choose(accept, offers, 2);
}

TEST(accept_choose_takes_the_first_offer_of_those_alike)
{
    assert_int_equal(choose(NULL), TEXT);
    assert_int_equal(choose(""), TEXT);
    assert_int_equal(choose(" , \t,"), TEXT);
    assert_int_equal(choose("*/*"), TEXT);
    assert_int_equal(choose("*/*;q=0.001"), TEXT);
    assert_int_equal(choose("application/openmetrics-text;q=0.5,text/plain;q=0.5"), TEXT);
}

/* As Prometheus 2.42, 2.50 and 3.5 ask. */
TEST(accept_choose_gives_prometheus_openmetrics)
{
    assert_int_equal(
        choose("application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
               "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
        OPENMETRICS);
    assert_int_equal(choose("application/openmetrics-text;version=1.0.0;q=0.5,application/"
                            "openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,"
                            "*/*;q=0.2"),
                     OPENMETRICS);
    assert_int_equal(choose("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                            "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;"
                            "version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;"
                            "q=0.2,*/*;q=0.1"),
                     OPENMETRICS);
    assert_int_equal(choose("text/plain;version=0.0.4;q=0.5,*/*;q=0.1"), TEXT);
}

TEST(accept_choose_weighs_by_the_most_specific_range)
{
    assert_int_equal(choose("text/plain;q=0.1, application/*;q=0.2, */*;q=0.9"), OPENMETRICS);
    assert_int_equal(choose("text/*;q=0.3, application/*;q=0.2, */*;q=0.9"), TEXT);
    assert_int_equal(
        choose("text/plain;version=0.0.4;q=0.1, text/plain;q=0.9, application/*;q=0.5"),
        OPENMETRICS);
    assert_int_equal(
        choose("text/plain;q=0.9, text/plain;version=0.0.4;q=0.1, application/*;q=0.5"),
        OPENMETRICS);
    assert_int_equal(
        choose("*/*;version=0.0.4;charset=utf-8;q=0.1, text/*;q=0.4, application/*;q=0.3"), TEXT);
    assert_int_equal(choose("*/*, text/plain;q=0"), OPENMETRICS);
}

TEST(accept_choose_compares_version_and_charset)
{
    assert_int_equal(choose("application/openmetrics-text;version=0.0.1"), NEITHER);
    assert_int_equal(choose("application/openmetrics-text;version=\"1.0.0\""), OPENMETRICS);
    assert_int_equal(choose("application/openmetrics-text; charset=UTF-8"), OPENMETRICS);
    assert_int_equal(choose("application/openmetrics-text; charset=latin1"), NEITHER);
    assert_int_equal(choose("application/openmetrics-text"), OPENMETRICS);
    assert_int_equal(choose("Application/OpenMetrics-Text; Version=1.0.0; Q=0.5"), OPENMETRICS);
}

TEST(accept_choose_accepts_neither_if_no_range_matches)
{
    assert_int_equal(choose("image/png"), NEITHER);
    assert_int_equal(choose("text/html, application/json;q=0.9"), NEITHER);
    assert_int_equal(choose("text/plain;q=0, application/openmetrics-text;q=0.000"), NEITHER);
    assert_int_equal(choose("text"), NEITHER);
    assert_int_equal(choose("text/plainer, text/plai, */plain"), NEITHER);
}

TEST(accept_choose_compares_weights_to_three_decimals)
{
    assert_int_equal(choose("text/plain;q=0.499,application/*;q=0.5"), OPENMETRICS);
    assert_int_equal(choose("text/plain;q=0.999,application/*;q=1.000"), OPENMETRICS);
    assert_int_equal(choose("text/plain;q=0.04,application/*;q=0.039"), TEXT);
    assert_int_equal(choose("text/plain;q=0.,application/*;q=0.001"), OPENMETRICS);
}

/* A malformed range matches nothing, and those after it count. */
TEST(accept_choose_leaves_out_malformed_ranges)
{
    static const char *const malformed[] = {
        "text/plain;q=1.001", "text/plain;q=2",     "text/plain;q=0.1234", "text/plain;q=-1",
        "text/plain;q=",      "text/plain;q=.5",    "text/plain;q=x",      "text/plain;q=1;q=1",
        "text/plain;q=1x",    "text/plain;version", "text /plain",         "text/plain;q=0.5 x",
        "text/plain;q=00.5",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        char accept[128];
        snprintf(accept, sizeof accept, "%s, application/openmetrics-text;q=0.001", malformed[i]);
        assert_int_equal(choose(malformed[i]), NEITHER);
        assert_int_equal(choose(accept), OPENMETRICS);
    }
}

TEST(accept_choose_leaves_out_ranges_that_are_too_long)
{
    char accept[2 * ACCEPT_RANGE_BYTES];
    size_t padding = ACCEPT_RANGE_BYTES - strlen("text/plain;a=");
    snprintf(accept, sizeof accept, "text/plain;a=%0*d,application/*;q=0.5", (int)padding, 0);
    assert_int_equal(choose(accept), TEXT);
    snprintf(accept, sizeof accept, "text/plain;a=%0*d,application/*;q=0.5", (int)padding + 1, 0);
    assert_int_equal(choose(accept), OPENMETRICS);
}

TEST(accept_choose_keeps_commas_in_quotes)
{
    assert_int_equal(choose("text/html;a=\"x, text/plain, \\\", y\", application/*;q=0.1"),
                     OPENMETRICS);
    assert_int_equal(choose("text/plain;a=\"x, application/*"), NEITHER);
    assert_int_equal(choose("text/plain;a=\"x\\"), NEITHER);
}

TEST_MAIN(cmocka_unit_test(accept_choose_takes_the_first_offer_of_those_alike),
          cmocka_unit_test(accept_choose_gives_prometheus_openmetrics),
          cmocka_unit_test(accept_choose_weighs_by_the_most_specific_range),
          cmocka_unit_test(accept_choose_compares_version_and_charset),
          cmocka_unit_test(accept_choose_accepts_neither_if_no_range_matches),
          cmocka_unit_test(accept_choose_compares_weights_to_three_decimals),
          cmocka_unit_test(accept_choose_leaves_out_malformed_ranges),
          cmocka_unit_test(accept_choose_leaves_out_ranges_that_are_too_long),
          cmocka_unit_test(accept_choose_keeps_commas_in_quotes))
