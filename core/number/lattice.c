#include "core/number/lattice.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/preprocess/compare.h"

#define LAYERS_MAX (LATTICE_EXACT_MAX + 1)

/* A string of digits from the first node to another one. */
struct prefix {
    double sum; /* logarithm of the weight of all its paths, as a share of what leads to its node */
    double best; /* of that of its best path */
    uint64_t hash;
    const struct prefix
        *before;  /* on its best path; NULL: the string without digits, at the first node */
    uint16_t arc; /* by which the best path came; DROPPED: a dropped piece */
    uint16_t count;
    uint8_t digit;
};

#define DROPPED UINT16_MAX

struct beam {
    struct prefix items[LATTICE_WIDTH];
    size_t count;
};

/* The weight of an arc, as a share of what leads to its `to`. */
struct share {
    double of_class[DIGIT_CLASSES];
    double logarithms[DIGIT_CLASSES];
    uint8_t best[LATTICE_CLASSES]; /* classes with the highest scores */
};

struct lattice_scratch {
    size_t layers;                           /* 1, or one more than the exact count of digits */
    size_t first_arc[LATTICE_NODES_MAX + 1]; /* in `order`, of the arcs that lead to each node */
    uint16_t order[LATTICE_ARCS_MAX];
    double totals[LATTICE_NODES_MAX]; /* logarithm of the weight of all paths to each node */
    struct share shares[LATTICE_ARCS_MAX];
    double drops[LATTICE_NODES_MAX]; /* share of the dropped piece before each node */
    double drop_logarithms[LATTICE_NODES_MAX];
    /* Share of the paths to a node that have so many digits, and of those behind a node that have so many digits more.
     * With one layer, digits are not counted. */
    double before[LATTICE_NODES_MAX][LAYERS_MAX];
    double behind[LATTICE_NODES_MAX][LAYERS_MAX];
    struct beam beams[LATTICE_NODES_MAX];
};

struct lattice_scratch *lattice_scratch_create(void)
{
    return malloc(sizeof(struct lattice_scratch));
}

static double add_logarithms(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    return low == -INFINITY ? high : high + log1p(exp(low - high));
}

static double arc_total(const struct lattice_arc *arc)
{
    double high = arc->scores[0], sum = 0;
    for (size_t i = 1; i < DIGIT_CLASSES; i++)
        high = arc->scores[i] > high ? arc->scores[i] : high;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        sum += exp(arc->scores[i] - high);
    return high + log(sum);
}

static void sort_arcs(struct lattice_scratch *scratch, const struct lattice *lattice)
{
    size_t next[LATTICE_NODES_MAX + 1] = {0};
    for (size_t i = 0; i < lattice->arc_count; i++)
        next[lattice->arcs[i].to + 1]++;
    for (size_t i = 0; i < lattice->node_count; i++)
        next[i + 1] += next[i];
    memcpy(scratch->first_arc, next, sizeof next);
    for (size_t i = 0; i < lattice->arc_count; i++)
        scratch->order[next[lattice->arcs[i].to]++] = (uint16_t)i;
}

static void find_best_classes(struct share *share)
{
    for (size_t i = 0; i < LATTICE_CLASSES; i++) {
        size_t best = DIGIT_CLASSES;
        for (size_t j = 0; j < DIGIT_CLASSES; j++) {
            bool taken = false;
            for (size_t k = 0; k < i; k++)
                taken = taken || share->best[k] == j;
            if (!taken && (best == DIGIT_CLASSES || share->logarithms[j] > share->logarithms[best]))
                best = j;
        }
        share->best[i] = (uint8_t)best;
    }
}

/* Sums all paths forwards; then every weight is a share of what leads to its node. */
static void find_shares(struct lattice_scratch *scratch, const struct lattice *lattice)
{
    double *totals = scratch->totals;
    totals[0] = 0;
    for (size_t node = 1; node < lattice->node_count; node++) {
        size_t first = scratch->first_arc[node], end = scratch->first_arc[node + 1];
        totals[node] = totals[node - 1] + lattice->drops[node - 1];
        for (size_t i = first; i < end; i++) {
            const struct lattice_arc *arc = &lattice->arcs[scratch->order[i]];
            totals[node] = add_logarithms(totals[node], totals[arc->from] + arc_total(arc));
        }
        scratch->drop_logarithms[node] = totals[node - 1] + lattice->drops[node - 1] - totals[node];
        scratch->drops[node] = exp(scratch->drop_logarithms[node]);
        for (size_t i = first; i < end; i++) {
            const struct lattice_arc *arc = &lattice->arcs[scratch->order[i]];
            struct share *share = &scratch->shares[scratch->order[i]];
            for (size_t j = 0; j < DIGIT_CLASSES; j++) {
                share->logarithms[j] = totals[arc->from] + arc->scores[j] - totals[node];
                share->of_class[j] = exp(share->logarithms[j]);
            }
            find_best_classes(share);
        }
    }
}

static double sum_of(const struct share *share)
{
    double sum = 0;
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        sum += share->of_class[i];
    return sum;
}

/* The layer of a path with one digit more; SIZE_MAX if it has too many. */
static size_t next_layer(const struct lattice_scratch *scratch, size_t layer)
{
    if (scratch->layers == 1)
        return 0;
    return layer + 1 < scratch->layers ? layer + 1 : SIZE_MAX;
}

static void count_before(struct lattice_scratch *scratch, const struct lattice *lattice)
{
    memset(scratch->before[0], 0, scratch->layers * sizeof(double));
    scratch->before[0][0] = 1;
    for (size_t node = 1; node < lattice->node_count; node++) {
        double *out = scratch->before[node];
        for (size_t layer = 0; layer < scratch->layers; layer++)
            out[layer] = scratch->before[node - 1][layer] * scratch->drops[node];
        for (size_t i = scratch->first_arc[node]; i < scratch->first_arc[node + 1]; i++) {
            const double *in = scratch->before[lattice->arcs[scratch->order[i]].from];
            double share = sum_of(&scratch->shares[scratch->order[i]]);
            for (size_t layer = 0; layer < scratch->layers; layer++)
                if (next_layer(scratch, layer) != SIZE_MAX)
                    out[next_layer(scratch, layer)] += in[layer] * share;
        }
    }
}

static void count_behind(struct lattice_scratch *scratch, const struct lattice *lattice)
{
    for (size_t node = 0; node < lattice->node_count; node++)
        memset(scratch->behind[node], 0, scratch->layers * sizeof(double));
    scratch->behind[lattice->node_count - 1][0] = 1;
    for (size_t node = lattice->node_count - 1; node > 0; node--) {
        const double *in = scratch->behind[node];
        for (size_t layer = 0; layer < scratch->layers; layer++)
            scratch->behind[node - 1][layer] += in[layer] * scratch->drops[node];
        for (size_t i = scratch->first_arc[node]; i < scratch->first_arc[node + 1]; i++) {
            double *out = scratch->behind[lattice->arcs[scratch->order[i]].from];
            double share = sum_of(&scratch->shares[scratch->order[i]]);
            for (size_t layer = 0; layer < scratch->layers; layer++)
                if (next_layer(scratch, layer) != SIZE_MAX)
                    out[next_layer(scratch, layer)] += in[layer] * share;
        }
    }
}

/* Logarithm of the share of the readings that go through a prefix. */
static double priority_of(const struct lattice_scratch *scratch, const struct prefix *prefix,
                          size_t node)
{
    if (scratch->layers == 1)
        return prefix->sum;
    if (prefix->count >= scratch->layers)
        return -INFINITY;
    double behind = scratch->behind[node][scratch->layers - 1 - prefix->count];
    return prefix->sum + log(behind) - log(scratch->behind[0][scratch->layers - 1]);
}

/* Adds a prefix to those of its node: to the same string, or in the place of the least probable one. */
static void add_prefix(const struct lattice_scratch *scratch, struct beam *beam,
                       const struct prefix *prefix, size_t node)
{
    double priority = priority_of(scratch, prefix, node), least = INFINITY;
    size_t place = beam->count;
    if (priority == -INFINITY)
        return;
    for (size_t i = 0; i < beam->count; i++) {
        struct prefix *other = &beam->items[i];
        if (other->hash == prefix->hash && other->count == prefix->count) {
            double sum = add_logarithms(other->sum, prefix->sum);
            if (prefix->best > other->best)
                *other = *prefix;
            other->sum = sum;
            return;
        }
        double other_priority = priority_of(scratch, other, node);
        if (beam->count == LATTICE_WIDTH && other_priority < least) {
            least = other_priority;
            place = i;
        }
    }
    if (beam->count < LATTICE_WIDTH)
        beam->items[beam->count++] = *prefix;
    else if (priority > least)
        beam->items[place] = *prefix;
}

static uint64_t hash_of(uint64_t hash, size_t digit)
{
    return (hash ^ (digit + 1)) * UINT64_C(0x9E3779B97F4A7C15) + (hash >> 29);
}

static void extend_prefix(struct lattice_scratch *scratch, const struct prefix *before, size_t arc,
                          size_t node)
{
    const struct share *share = &scratch->shares[arc];
    for (size_t i = 0; i < LATTICE_CLASSES; i++) {
        size_t digit = share->best[i];
        const struct prefix prefix = {.sum = before->sum + share->logarithms[digit],
                                      .best = before->best + share->logarithms[digit],
                                      .hash = hash_of(before->hash, digit),
                                      .before = before,
                                      .arc = (uint16_t)arc,
                                      .count = (uint16_t)(before->count + 1),
                                      .digit = (uint8_t)digit};
        add_prefix(scratch, &scratch->beams[node], &prefix, node);
    }
}

static void search(struct lattice_scratch *scratch, const struct lattice *lattice)
{
    scratch->beams[0] = (struct beam){.items = {{.arc = DROPPED}}, .count = 1};
    for (size_t node = 1; node < lattice->node_count; node++) {
        struct beam *beam = &scratch->beams[node];
        beam->count = 0;
        for (size_t i = 0; i < scratch->beams[node - 1].count; i++) {
            const struct prefix *before = &scratch->beams[node - 1].items[i];
            struct prefix prefix = *before;
            prefix.sum += scratch->drop_logarithms[node];
            prefix.best += scratch->drop_logarithms[node];
            prefix.before = before;
            prefix.arc = DROPPED;
            add_prefix(scratch, beam, &prefix, node);
        }
        for (size_t i = scratch->first_arc[node]; i < scratch->first_arc[node + 1]; i++) {
            size_t arc = scratch->order[i];
            const struct beam *from = &scratch->beams[lattice->arcs[arc].from];
            for (size_t j = 0; j < from->count; j++)
                extend_prefix(scratch, &from->items[j], arc, node);
        }
    }
}

static void write_string(struct lattice_string *out, const struct prefix *prefix, size_t max_digits)
{
    size_t place = prefix->count;
    out->count = smaller(place, max_digits);
    for (; prefix != NULL; prefix = prefix->before)
        if (prefix->arc != DROPPED && --place < max_digits)
            out->digits[place] = (struct lattice_digit){prefix->arc, prefix->digit};
}

static const struct prefix *most_probable(const struct lattice_scratch *scratch,
                                          const struct beam *beam, size_t node,
                                          const struct prefix *other)
{
    const struct prefix *best = NULL;
    for (size_t i = 0; i < beam->count; i++)
        if (&beam->items[i] != other &&
            (best == NULL ||
             priority_of(scratch, &beam->items[i], node) > priority_of(scratch, best, node)))
            best = &beam->items[i];
    return best;
}

void lattice_solve(struct lattice_solution *out, const struct lattice *lattice, size_t exact,
                   size_t max_digits, struct lattice_scratch *scratch)
{
    size_t last = lattice->node_count - 1;
    scratch->layers = exact == 0 ? 1 : exact + 1;
    sort_arcs(scratch, lattice);
    find_shares(scratch, lattice);
    count_before(scratch, lattice);
    count_behind(scratch, lattice);
    *out = (struct lattice_solution){.score = scratch->totals[last]};
    if (!(scratch->behind[0][scratch->layers - 1] > 0))
        return;
    search(scratch, lattice);
    const struct prefix *prefix = NULL;
    for (size_t i = 0; i < LATTICE_STRINGS; i++) {
        prefix = most_probable(scratch, &scratch->beams[last], last, prefix);
        if (prefix == NULL)
            return;
        struct lattice_string *string = &out->strings[out->string_count++];
        string->probability = exp(priority_of(scratch, prefix, last));
        string->score = prefix->best + out->score;
        write_string(string, prefix, max_digits);
        if (i == 0)
            out->found_digits = prefix->count;
    }
}

/* Share of all readings that go by an arc as the given digit. */
static double arc_probability(const struct lattice *lattice, size_t index, size_t digit,
                              const struct lattice_scratch *scratch)
{
    const struct lattice_arc *arc = &lattice->arcs[index];
    double sum = 0;
    for (size_t layer = 0; layer < scratch->layers; layer++) {
        size_t next = next_layer(scratch, layer);
        if (next == SIZE_MAX)
            continue;
        sum += scratch->before[arc->from][layer] *
               scratch->behind[arc->to][scratch->layers - 1 - next];
    }
    return sum * scratch->shares[index].of_class[digit] / scratch->behind[0][scratch->layers - 1];
}

double lattice_piece_probability(const struct lattice *lattice, size_t index, size_t digit,
                                 const struct lattice_scratch *scratch)
{
    double sum = 0;
    for (size_t i = 0; i < lattice->arc_count; i++)
        if (lattice->arcs[i].from <= index && index < lattice->arcs[i].to)
            sum += arc_probability(lattice, i, digit, scratch);
    return sum;
}
