#include "core/number/number_reader.h"

#include <math.h>
#include <stdlib.h>

#include "core/number/candidates.h"
#include "core/number/contrast.h"
#include "core/number/features.h"
#include "core/number/lattice.h"
#include "core/number/number_reader_parts.h"
#include "core/number/pieces.h"
#include "core/number/score.h"
#include "core/number/text_lines.h"

_Static_assert(NUMBER_EXACT_MAX == LATTICE_EXACT_MAX, "as many as the lattice can count");

/* How thoroughly a plane is cut: the first level whose candidates are within the limits is taken. */
static const struct level {
    uint32_t ink_max;
    size_t pieces_max;
} levels[] = {{SEAM_INK_MAX, 6}, {250, 6}, {200, 5}, {130, 4}, {80, 3}, {30, 3}, {0, 2}, {0, 1}};

#define LEVELS (sizeof levels / sizeof levels[0])

struct number_reader {
    struct number_limits limits;
    struct plane plane; /* with the contrast of each component raised */
    const struct components *components;
    struct text_lines lines;
    struct pieces pieces;
    struct candidates candidates;
    bool is_limited;
    struct lattice_scratch *lattice;
    struct lattice_solution solution;
    struct lattice_arc arcs[LATTICE_ARCS_MAX];
    uint16_t of_arcs[LATTICE_ARCS_MAX]; /* candidate of each arc */
    size_t arc_count;
    float drops[PIECES_MAX];
    uint16_t labels[PLANE_PIXELS_MAX];
    uint8_t pixels[PLANE_PIXELS_MAX]; /* memory of plane */
    union {
        struct pieces_scratch pieces;
        struct candidates_scratch candidates;
    } scratch;
    uint8_t octets[]; /* [max_candidates][28][28] */
};

static enum digit_status check_limit(const char *name, size_t value, size_t max,
                                     struct digit_error *error)
{
    if (value >= 1 && value <= max)
        return DIGIT_OK;
    return digit_fail(error, DIGIT_INVALID, "%s is %zu, must be from 1 to %zu", name, value, max);
}

static enum digit_status check_limits(const struct number_limits *limits, struct digit_error *error)
{
    enum digit_status status = check_limit("max_lines", limits->max_lines, NUMBER_LINES_MAX, error);
    if (status == DIGIT_OK)
        status =
            check_limit("max_candidates", limits->max_candidates, NUMBER_CANDIDATES_MAX, error);
    if (status == DIGIT_OK)
        status = check_limit("max_digits", limits->max_digits, NUMBER_DIGITS_MAX, error);
    return status;
}

enum digit_status number_reader_create(struct number_reader **out,
                                       const struct number_limits *limits,
                                       struct digit_error *error)
{
    enum digit_status status = check_limits(limits, error);
    if (status != DIGIT_OK)
        return status;
    size_t size_bytes = sizeof **out + limits->max_candidates * DIGIT_PIXELS;
    struct number_reader *reader = malloc(size_bytes);
    struct lattice_scratch *lattice = lattice_scratch_create();
    if (reader == NULL || lattice == NULL) {
        free(reader);
        free(lattice);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for reading numbers: %zu bytes",
                          size_bytes);
    }
    reader->limits = *limits;
    reader->lattice = lattice;
    reader->pieces.labels = reader->labels;
    reader->pieces.count = 0;
    reader->plane = (struct plane){.pixels = reader->pixels};
    reader->candidates.count = 0;
    *out = reader;
    return DIGIT_OK;
}

void number_reader_destroy(struct number_reader *reader)
{
    if (reader != NULL)
        free(reader->lattice);
    free(reader);
}

static void find_candidates(struct number_reader *reader)
{
    bool fits = false;
    for (size_t i = 0; i < LEVELS && !fits; i++) {
        pieces_cut(&reader->pieces, &reader->plane, reader->components, &reader->lines,
                   levels[i].ink_max, &reader->scratch.pieces);
        fits = candidates_find(&reader->candidates, &reader->pieces, &reader->lines,
                               levels[i].pieces_max, reader->limits.max_candidates);
        reader->is_limited = reader->is_limited || !fits;
    }
}

size_t number_reader_propose(struct number_reader *reader, const struct plane *plane,
                             const struct components *components)
{
    reader->components = components;
    contrast_raise(&reader->plane, plane, components);
    text_lines_find(&reader->lines, components, plane, reader->limits.max_lines);
    reader->is_limited = reader->lines.found > reader->lines.count;
    pieces_find_seams(&reader->pieces, &reader->plane, components, &reader->lines,
                      &reader->scratch.pieces);
    find_candidates(reader);
    for (size_t i = 0; i < reader->candidates.count; i++) {
        const struct candidate *candidate = &reader->candidates.items[i];
        size_t line = reader->pieces.items[candidate->first].line;
        candidate_render(reader->octets + i * DIGIT_PIXELS, candidate, &reader->plane,
                         reader->labels, reader->pieces.stroke_px[line],
                         &reader->scratch.candidates);
    }
    return reader->candidates.count;
}

const uint8_t *number_reader_octets(const struct number_reader *reader)
{
    return reader->octets;
}

struct number_reader_parts number_reader_parts_of(const struct number_reader *reader)
{
    return (struct number_reader_parts){
        .context = {.plane = &reader->plane, .pieces = &reader->pieces, .lines = &reader->lines},
        .candidates = &reader->candidates,
    };
}

/* The prediction for each piece as a candidate of its own, NULL where there is none; alone: [PIECES_MAX]. */
static void find_alone(const struct digit_prediction **alone, const struct number_reader *reader,
                       const struct digit_prediction *predictions)
{
    for (size_t i = 0; i < reader->pieces.count; i++)
        alone[i] = NULL;
    for (size_t i = 0; i < reader->candidates.count; i++) {
        const struct candidate *candidate = &reader->candidates.items[i];
        if (candidate->first + 1 == candidate->end)
            alone[candidate->first] = &predictions[i];
    }
}

/* Adds a candidate to the lattice. If it shares its first piece with the digit before, only the others lie on its arc. */
static void add_arc(struct number_reader *reader, size_t index,
                    const struct digit_prediction *prediction, bool shared)
{
    const struct features_context context = number_reader_parts_of(reader).context;
    const struct candidate *candidate = &reader->candidates.items[index];
    struct lattice_arc *arc = &reader->arcs[reader->arc_count];
    reader->of_arcs[reader->arc_count++] = (uint16_t)index;
    arc->from = (uint16_t)(candidate->first + shared);
    arc->to = candidate->end;
    score_candidate(arc->scores, &context, candidate, prediction, shared);
}

static struct lattice make_lattice(struct number_reader *reader,
                                   const struct digit_prediction *predictions)
{
    const struct digit_prediction *alone[PIECES_MAX];
    const struct features_context context = number_reader_parts_of(reader).context;
    find_alone(alone, reader, predictions);
    reader->arc_count = 0;
    for (size_t i = 0; i < reader->candidates.count; i++) {
        add_arc(reader, i, &predictions[i], false);
        if (candidate_may_share(&reader->candidates.items[i], &reader->pieces))
            add_arc(reader, i, &predictions[i], true);
    }
    for (size_t i = 0; i < reader->pieces.count; i++)
        reader->drops[i] = score_drop(&context, i, alone[i]);
    return (struct lattice){.arcs = reader->arcs,
                            .arc_count = reader->arc_count,
                            .drops = reader->drops,
                            .node_count = reader->pieces.count + 1};
}

/* The piece on an arc with the most ink. */
static size_t heaviest_piece(const struct pieces *pieces, const struct lattice_arc *arc)
{
    size_t heaviest = arc->from;
    for (size_t i = arc->from; i < arc->to; i++)
        if (pieces->items[i].mass > pieces->items[heaviest].mass)
            heaviest = i;
    return heaviest;
}

static bool is_cut(const struct pieces *pieces, const struct candidate *candidate)
{
    for (size_t i = candidate->first; i < candidate->end; i++) {
        const struct piece *piece = &pieces->items[i];
        if ((piece->left != PIECE_NONE && piece->left < candidate->first) ||
            (piece->right != PIECE_NONE && piece->right >= candidate->end))
            return true;
    }
    return false;
}

/* The digit's longer side has 20 px in the result. */
static float stroke_px_of(const struct pieces *pieces, const struct candidate *candidate)
{
    uint32_t hundredths = pieces->stroke_px[pieces->items[candidate->first].line];
    return (float)hundredths / 100.0f * 20.0f / (float)box_longer_side(&candidate->box);
}

static void write_digits(struct number_reading *out, const struct number_reader *reader,
                         const struct lattice *lattice)
{
    const struct lattice_string *string = &reader->solution.strings[0];
    for (size_t i = 0; i < string->count; i++) {
        const struct lattice_digit *read = &string->digits[i];
        size_t index = reader->of_arcs[read->arc];
        const struct candidate *candidate = &reader->candidates.items[index];
        size_t heaviest = heaviest_piece(&reader->pieces, &reader->arcs[read->arc]);
        out->digits[i] = (struct number_digit){
            .box = candidate->box,
            .line = reader->pieces.items[candidate->first].line,
            .picture = index,
            .stroke_px = stroke_px_of(&reader->pieces, candidate),
            .digit = read->digit,
            .probability =
                lattice_piece_probability(lattice, heaviest, read->digit, reader->lattice),
        };
        out->touching = out->touching || is_cut(&reader->pieces, candidate);
    }
}

/* Counts what belongs to no digit. */
static void measure_dropped(struct number_reading *out, const struct number_reader *reader)
{
    const struct lattice_string *string = &reader->solution.strings[0];
    uint64_t kept = 0;
    size_t pieces = 0;
    for (size_t i = 0; i < string->count; i++) {
        const struct lattice_arc *arc = &reader->arcs[string->digits[i].arc];
        for (size_t piece = arc->from; piece < arc->to; piece++)
            kept += reader->pieces.items[piece].mass;
        pieces += (size_t)(arc->to - arc->from);
    }
    uint64_t all = reader->components->mass;
    for (size_t i = 0; i < reader->components->count; i++)
        all -= reader->components->items[i].mass;
    all += reader->lines.dropped_mass;
    for (size_t i = 0; i < reader->pieces.count; i++)
        all += reader->pieces.items[i].mass;
    out->dropped = reader->lines.dropped + reader->pieces.count - pieces;
    out->dropped_ink = all == 0 ? 0 : (double)(all - kept) / (double)all;
}

void number_reader_read(struct number_reader *reader, struct number_reading *out,
                        const struct digit_prediction *predictions, size_t exact)
{
    const struct lattice lattice = make_lattice(reader, predictions);
    const struct lattice_solution *solution = &reader->solution;
    *out = (struct number_reading){.found_lines = reader->lines.found,
                                   .is_limited = reader->is_limited};
    lattice_solve(&reader->solution, &lattice, exact, reader->limits.max_digits, reader->lattice);
    if (solution->string_count > 0) {
        out->count = solution->strings[0].count;
        out->found_digits = solution->found_digits;
        out->probability = solution->strings[0].probability;
        write_digits(out, reader, &lattice);
    }
    measure_dropped(out, reader);
    out->score = NUMBER_SCORE_NONE;
    if (out->count > 0)
        out->score = log(out->probability) - NUMBER_DROPPED_COST * out->dropped_ink;
    if (solution->string_count > 1) {
        const struct lattice_string *second = &solution->strings[1];
        out->second_count = second->count;
        out->second_probability = second->probability;
        for (size_t i = 0; i < second->count; i++)
            out->second[i] = second->digits[i].digit;
    }
}
