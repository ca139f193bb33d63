#include "core/read/number_votes.h"

#include <math.h>
#include <string.h>

void number_votes_add(struct number_votes *votes, const struct number_reading *reading,
                      unsigned steps, double score)
{
    struct number_vote *vote = &votes->items[votes->count++];
    vote->steps = steps;
    vote->score = score;
    vote->first.count = reading->count;
    vote->first.probability = reading->probability;
    for (size_t i = 0; i < reading->count; i++)
        vote->first.digits[i] = (uint8_t)reading->digits[i].digit;
    vote->second.count = reading->second_count;
    vote->second.probability = reading->second_probability;
    memcpy(vote->second.digits, reading->second, reading->second_count);
}

static bool are_same(const struct number_string *a, const struct number_string *b)
{
    return a->count == b->count && memcmp(a->digits, b->digits, a->count) == 0;
}

static double highest_score(const struct number_votes *votes)
{
    double highest = -INFINITY;
    for (size_t i = 0; i < votes->count; i++)
        highest = fmax(highest, votes->items[i].score);
    return highest;
}

double number_votes_probability(const struct number_votes *votes,
                                const struct number_string *string, bool seconds)
{
    double sum = 0, all = 0, highest = highest_score(votes);
    for (size_t i = 0; i < votes->count; i++) {
        const struct number_vote *vote = &votes->items[i];
        double weight = exp(vote->score - highest);
        all += weight;
        if (are_same(&vote->first, string))
            sum += weight * vote->first.probability;
        else if (seconds && are_same(&vote->second, string))
            sum += weight * vote->second.probability;
    }
    return votes->count > 0 ? sum / all : 0;
}

size_t number_votes_winner(const struct number_votes *votes)
{
    size_t winner = 0;
    double highest = -1;
    for (size_t i = 0; i < votes->count; i++) {
        const struct number_vote *vote = &votes->items[i];
        double probability = number_votes_probability(votes, &vote->first, false);
        bool is_better =
            probability > highest || (are_same(&vote->first, &votes->items[winner].first) &&
                                      vote->score > votes->items[winner].score);
        if (is_better) {
            winner = i;
            highest = probability;
        }
    }
    return winner;
}

const struct number_string *number_votes_second(const struct number_votes *votes, size_t winner)
{
    const struct number_string *best = NULL;
    double highest = 0;
    for (size_t i = 0; i < 2 * votes->count; i++) {
        const struct number_vote *vote = &votes->items[i / 2];
        const struct number_string *string = i % 2 == 0 ? &vote->first : &vote->second;
        double probability = number_votes_probability(votes, string, true);
        if (probability <= highest || are_same(string, &votes->items[winner].first))
            continue;
        best = string;
        highest = probability;
    }
    return best;
}
