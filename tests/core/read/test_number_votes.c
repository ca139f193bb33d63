#include "core/read/number_votes.h"

#include <string.h>

#include "tests/test.h"

/* Adds a vote for two strings. */
static void add(struct number_votes *votes, const char *first, double probability,
                const char *second, double second_probability, double score)
{
    static struct number_reading reading;
    memset(&reading, 0, sizeof reading);
    reading.count = strlen(first);
    reading.probability = probability;
    for (size_t i = 0; i < reading.count; i++)
        reading.digits[i].digit = (size_t)(first[i] - '0');
    reading.second_count = strlen(second);
    reading.second_probability = second_probability;
    for (size_t i = 0; i < reading.second_count; i++)
        reading.second[i] = (uint8_t)(second[i] - '0');
    number_votes_add(votes, &reading, (unsigned)votes->count, score);
}

static struct number_votes votes;

static void assert_string(const struct number_string *string, const char *expected)
{
    assert_int_equal(string->count, strlen(expected));
    for (size_t i = 0; i < string->count; i++)
        assert_int_equal(string->digits[i], expected[i] - '0');
}

static int clear_votes(void **state)
{
    (void)state;
    votes.count = 0;
    return 0;
}

TEST(a_single_vote_wins_with_its_own_probability)
{
    add(&votes, "12", 0.9, "17", 0.06, -3);
    assert_int_equal(number_votes_winner(&votes), 0);
    assert_float_equal(number_votes_probability(&votes, &votes.items[0].first, false), 0.9, 1e-12);
    assert_string(number_votes_second(&votes, 0), "17");
    assert_float_equal(number_votes_probability(&votes, &votes.items[0].second, true), 0.06, 1e-12);
}

TEST(hypotheses_that_agree_outvote_one_with_a_higher_score)
{
    add(&votes, "468", 0.98, "46", 0.01, 6.9);
    add(&votes, "468", 0.99, "46", 0.01, 7.6);
    add(&votes, "6168", 0.47, "468", 0.2, 8.0);
    size_t winner = number_votes_winner(&votes);
    assert_string(&votes.items[winner].first, "468");
    /* Of the two that agree, the better one shows where the digits are. */
    assert_int_equal(winner, 1);
    assert_string(number_votes_second(&votes, winner), "6168");
}

TEST(second_strings_count_only_where_they_are_asked_for)
{
    add(&votes, "1", 0.6, "7", 0.4, 0);
    add(&votes, "7", 0.5, "1", 0.5, 0);
    assert_float_equal(number_votes_probability(&votes, &votes.items[0].first, false), 0.3, 1e-12);
    assert_float_equal(number_votes_probability(&votes, &votes.items[0].first, true), 0.55, 1e-12);
}

TEST(scores_far_apart_leave_one_vote)
{
    add(&votes, "3", 0.8, "8", 0.1, 1000);
    add(&votes, "8", 1, "", 0, -1000);
    assert_int_equal(number_votes_winner(&votes), 0);
    assert_float_equal(number_votes_probability(&votes, &votes.items[0].first, false), 0.8, 1e-12);
}

TEST(no_vote_gives_no_probability)
{
    const struct number_string none = {.count = 0};
    assert_float_equal(number_votes_probability(&votes, &none, true), 0, 0);
}

TEST(there_is_no_second_string_if_all_say_the_same)
{
    add(&votes, "5", 1, "", 0, 0);
    votes.items[0].second = votes.items[0].first;
    assert_null(number_votes_second(&votes, 0));
}

TEST_MAIN(cmocka_unit_test_setup(a_single_vote_wins_with_its_own_probability, clear_votes),
          cmocka_unit_test_setup(hypotheses_that_agree_outvote_one_with_a_higher_score,
                                 clear_votes),
          cmocka_unit_test_setup(second_strings_count_only_where_they_are_asked_for, clear_votes),
          cmocka_unit_test_setup(scores_far_apart_leave_one_vote, clear_votes),
          cmocka_unit_test_setup(no_vote_gives_no_probability, clear_votes),
          cmocka_unit_test_setup(there_is_no_second_string_if_all_say_the_same, clear_votes))
