#include <math.h>
#include <stdlib.h>

#include "core/number/lattice.h"

#include "tests/test.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

#define TOLERANCE 1e-9

static struct lattice_scratch *scratch;
static struct lattice_solution solution;

static int set_up(void **state)
{
    (void)state;
    scratch = lattice_scratch_create();
    return scratch == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(scratch);
    return 0;
}

/* An arc that is only `digit`, with that score. */
static struct lattice_arc arc_make(uint16_t from, uint16_t to, size_t digit, float score)
{
    struct lattice_arc arc = {.from = from, .to = to};
    for (size_t i = 0; i < DIGIT_CLASSES; i++)
        arc.scores[i] = i == digit ? score : -100;
    return arc;
}

static void assert_string(size_t index, const char *digits, double probability)
{
    const struct lattice_string *string = &solution.strings[index];
    assert_true(index < solution.string_count);
    for (size_t i = 0; i < string->count; i++)
        assert_int_equal(string->digits[i].digit + '0', digits[i]);
    assert_int_equal(digits[string->count], 0);
    assert_near(string->probability, probability, TOLERANCE);
}

/* Two pieces: a 7, or a 1 and a 2. */
static const float two_drops[] = {-3, -4};

static struct lattice make_seven_or_twelve(struct lattice_arc arcs[3])
{
    arcs[0] = arc_make(1, 2, 2, 0.5F);
    arcs[1] = arc_make(0, 2, 7, 2);
    arcs[2] = arc_make(0, 1, 1, 1);
    return (struct lattice){arcs, 3, two_drops, 3};
}

TEST(strings_have_their_share_of_the_weight_of_all_paths)
{
    struct lattice_arc arcs[3];
    struct lattice lattice = make_seven_or_twelve(arcs);
    double seven = exp(2), twelve = exp(1.5), one = exp(1 - 4.0), two = exp(0.5 - 3),
           none = exp(-7);
    double all = seven + twelve + one + two + none;
    lattice_solve(&solution, &lattice, 0, 8, scratch);
    assert_near(solution.score, log(all), TOLERANCE);
    assert_int_equal(solution.string_count, 2);
    assert_string(0, "7", seven / all);
    assert_string(1, "12", twelve / all);
    assert_int_equal(solution.strings[1].digits[0].arc, 2);
    assert_int_equal(solution.strings[1].digits[1].arc, 0);
    assert_near(solution.strings[0].score, 2, TOLERANCE);
}

TEST(with_an_exact_count_only_such_strings_compete)
{
    struct lattice_arc arcs[3];
    struct lattice lattice = make_seven_or_twelve(arcs);
    lattice_solve(&solution, &lattice, 2, 8, scratch);
    assert_string(0, "12", 1);
    assert_true(solution.strings[1].probability < 1e-40);
    lattice_solve(&solution, &lattice, 1, 8, scratch);
    double seven = exp(2), one = exp(1 - 4.0), two = exp(0.5 - 3), all = seven + one + two;
    assert_string(0, "7", seven / all);
    assert_string(1, "2", two / all);
    lattice_solve(&solution, &lattice, 3, 8, scratch);
    assert_int_equal(solution.string_count, 0);
}

TEST(paths_of_the_same_string_count_together)
{
    /* 1 by either of two cuts, each less probable than 4. */
    struct lattice_arc arcs[] = {arc_make(0, 1, 1, 1), arc_make(1, 2, 1, 1),
                                 arc_make(0, 2, 4, 1.5F)};
    const float drops[] = {0, 0};
    struct lattice lattice = {arcs, 3, drops, 3};
    double one = 2 * exp(1), four = exp(1.5), eleven = exp(2), all = one + four + eleven + 1;
    lattice_solve(&solution, &lattice, 0, 8, scratch);
    assert_string(0, "11", eleven / all);
    assert_string(1, "1", one / all);
    assert_near(solution.strings[1].score, 1, TOLERANCE);
}

TEST(a_piece_sums_all_digits_that_contain_it)
{
    struct lattice_arc arcs[] = {arc_make(0, 1, 1, 1), arc_make(0, 2, 1, 2), arc_make(1, 2, 5, 0)};
    const float drops[] = {-1, -1};
    struct lattice lattice = {arcs, 3, drops, 3};
    double one_drop = exp(0), one_both = exp(2), fifteen = exp(1), five = exp(-1), none = exp(-2);
    double all = one_drop + one_both + fifteen + five + none;
    lattice_solve(&solution, &lattice, 0, 8, scratch);
    assert_near(lattice_piece_probability(&lattice, 0, 1, scratch),
                (one_drop + one_both + fifteen) / all, TOLERANCE);
    assert_near(lattice_piece_probability(&lattice, 1, 1, scratch), one_both / all, TOLERANCE);
    assert_near(lattice_piece_probability(&lattice, 1, 5, scratch), (fifteen + five) / all,
                TOLERANCE);
    lattice_solve(&solution, &lattice, 1, 8, scratch);
    assert_near(lattice_piece_probability(&lattice, 0, 1, scratch),
                (one_drop + one_both) / (one_drop + one_both + five), TOLERANCE);
}

TEST(without_arcs_the_string_is_empty)
{
    struct lattice lattice = {.drops = two_drops, .node_count = 3};
    lattice_solve(&solution, &lattice, 0, 8, scratch);
    assert_int_equal(solution.string_count, 1);
    assert_string(0, "", 1);
    lattice.node_count = 1;
    lattice_solve(&solution, &lattice, 0, 8, scratch);
    assert_string(0, "", 1);
    lattice_solve(&solution, &lattice, 1, 8, scratch);
    assert_int_equal(solution.string_count, 0);
}

TEST(a_longer_string_is_cut_to_the_limit)
{
    struct lattice_arc arcs[3];
    float drops[3] = {-9, -9, -9};
    for (uint16_t i = 0; i < 3; i++)
        arcs[i] = arc_make(i, i + 1, i + 1u, 9);
    struct lattice lattice = {arcs, 3, drops, 4};
    lattice_solve(&solution, &lattice, 0, 2, scratch);
    assert_int_equal(solution.strings[0].count, 2);
    assert_int_equal(solution.found_digits, 3);
    assert_int_equal(solution.strings[0].digits[1].digit, 2);
    lattice_solve(&solution, &lattice, 0, 3, scratch);
    assert_int_equal(solution.strings[0].count, 3);
    assert_int_equal(solution.found_digits, 3);
}

/* As many pieces, arcs and digits as there can be, with scores far from 0: no overflow and no underflow. */
TEST(the_largest_lattice_is_solved)
{
    static struct lattice_arc arcs[NUMBER_CANDIDATES_MAX];
    static float drops[PIECES_MAX];
    struct lattice lattice = {arcs, 0, drops, LATTICE_NODES_MAX};
    for (uint16_t from = 0; from < PIECES_MAX; from++) {
        drops[from] = -900;
        for (uint16_t to = from + 1; to <= PIECES_MAX && to <= from + 8; to++)
            arcs[lattice.arc_count++] = arc_make(from, to, to % 10u, -400.0F * (float)(to - from));
    }
    assert_true(lattice.arc_count <= NUMBER_CANDIDATES_MAX);
    for (size_t exact = 0; exact <= LATTICE_EXACT_MAX; exact += LATTICE_EXACT_MAX) {
        lattice_solve(&solution, &lattice, exact, NUMBER_DIGITS_MAX, scratch);
        assert_true(solution.string_count > 0 || exact > 0);
        for (size_t i = 0; i < solution.string_count; i++) {
            assert_true(isfinite(solution.strings[i].score));
            assert_true(solution.strings[i].probability >= 0 &&
                        solution.strings[i].probability <= 1);
        }
    }
}

TEST_MAIN_WITH(set_up, tear_down,
               cmocka_unit_test(strings_have_their_share_of_the_weight_of_all_paths),
               cmocka_unit_test(with_an_exact_count_only_such_strings_compete),
               cmocka_unit_test(paths_of_the_same_string_count_together),
               cmocka_unit_test(a_piece_sums_all_digits_that_contain_it),
               cmocka_unit_test(without_arcs_the_string_is_empty),
               cmocka_unit_test(a_longer_string_is_cut_to_the_limit),
               cmocka_unit_test(the_largest_lattice_is_solved))
