#include <math.h>

#include "server/observe/exposition.h"

#include "tests/test.h"

static struct text text;

/* An empty exposition in this format, written into `text`. */
static struct exposition begin(enum exposition_format format)
{
    text_release(&text);
    text_init(&text, 4096);
    return (struct exposition){.out = &text, .format = format};
}

static void assert_family(enum exposition_format format, const char *name,
                          enum exposition_type type, const char *expected)
{
    const struct exposition_family family = {name, type, "Help."};
    struct exposition to = begin(format);
    exposition_family(&to, &family);
    assert_string_equal(text_chars(&text), expected);
}

TEST(exposition_family_has_the_name_and_type_of_the_format)
{
    assert_family(EXPOSITION_TEXT, "a_total", EXPOSITION_COUNTER,
                  "# HELP a_total Help.\n# TYPE a_total counter\n");
    assert_family(EXPOSITION_TEXT, "a_info", EXPOSITION_INFO,
                  "# HELP a_info Help.\n# TYPE a_info gauge\n");
    assert_family(EXPOSITION_TEXT, "a", EXPOSITION_HISTOGRAM,
                  "# HELP a Help.\n# TYPE a histogram\n");
    assert_family(EXPOSITION_OPENMETRICS, "a_total", EXPOSITION_COUNTER,
                  "# HELP a Help.\n# TYPE a counter\n");
    assert_family(EXPOSITION_OPENMETRICS, "a_info", EXPOSITION_INFO,
                  "# HELP a Help.\n# TYPE a info\n");
    assert_family(EXPOSITION_OPENMETRICS, "a", EXPOSITION_GAUGE,
                  "# HELP a Help.\n# TYPE a gauge\n");
}

TEST(exposition_series_has_suffix_and_escaped_labels)
{
    static const struct exposition_family family = {"a", EXPOSITION_HISTOGRAM, "Help."};
    static const struct exposition_label labels[] = {{"b", "\\ \"c\"\nd\\"}, {"e", ""}};
    struct exposition to = begin(EXPOSITION_TEXT);
    exposition_series(&to, &family, "_sum", labels, 2);
    exposition_count(&to, UINT64_MAX);
    exposition_end_line(&to);
    exposition_series(&to, &family, "", labels, 0);
    exposition_number(&to, 0.1);
    exposition_end_line(&to);
    assert_string_equal(text_chars(&text),
                        "a_sum{b=\"\\\\ \\\"c\\\"\\nd\\\\\",e=\"\"} 18446744073709551615\na 0.1\n");
}

TEST(exposition_scaled_has_every_digit)
{
    struct exposition to = begin(EXPOSITION_TEXT);
    exposition_scaled(&to, UINT64_MAX, 1);
    exposition_end_line(&to);
    exposition_scaled(&to, UINT64_MAX, 1000000000);
    exposition_end_line(&to);
    exposition_scaled(&to, 1, 1000000000);
    assert_string_equal(text_chars(&text),
                        "18446744073709551615\n18446744073.709551615\n0.000000001");
}

TEST(exposition_exemplar_is_only_in_openmetrics)
{
    static const struct exemplar_copy exemplar = {
        .value = 0.0125, .time_ms = 1700000000007, .id = "a-1"};
    struct exposition to = begin(EXPOSITION_OPENMETRICS);
    exposition_exemplar(&to, &exemplar);
    assert_string_equal(text_chars(&text), " # {request_id=\"a-1\"} 0.0125 1700000000.007");
    to = begin(EXPOSITION_TEXT);
    exposition_exemplar(&to, &exemplar);
    assert_string_equal(text_chars(&text), "");
}

TEST(exposition_end_is_only_in_openmetrics)
{
    struct exposition to = begin(EXPOSITION_OPENMETRICS);
    exposition_end(&to);
    assert_string_equal(text_chars(&text), "# EOF\n");
    to = begin(EXPOSITION_TEXT);
    exposition_end(&to);
    assert_string_equal(text_chars(&text), "");
    text_release(&text);
}

TEST(exposition_bound_of_a_whole_number_has_a_fraction)
{
    static const struct {
        double bound;
        const char *expected;
    } bounds[] = {{5e-05, "5e-05"}, {0.0025, "0.0025"},         {0.999, "0.999"},  {1.0, "1.0"},
                  {2.5, "2.5"},     {16777216.0, "16777216.0"}, {INFINITY, "+Inf"}};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        char out[EXPOSITION_BOUND_BYTES];
        exposition_bound(out, bounds[i].bound);
        assert_string_equal(out, bounds[i].expected);
    }
}

TEST_MAIN(cmocka_unit_test(exposition_family_has_the_name_and_type_of_the_format),
          cmocka_unit_test(exposition_series_has_suffix_and_escaped_labels),
          cmocka_unit_test(exposition_scaled_has_every_digit),
          cmocka_unit_test(exposition_exemplar_is_only_in_openmetrics),
          cmocka_unit_test(exposition_end_is_only_in_openmetrics),
          cmocka_unit_test(exposition_bound_of_a_whole_number_has_a_fraction))
