#include "core/network/parameters.h"

#include "tests/support/model.h"
#include "tests/test.h"

static void make_table(struct parameter_table *out, const char *path)
{
    struct architecture architecture;
    load_architecture(&architecture, path);
    parameter_table_init(out, &architecture);
}

/* The parameters of tests/fixtures/architectures/tiny.json, listed by hand. */
static const struct parameter tiny[] = {
    {"conv1.weight", PARAMETER_WEIGHT, 0, 4, {4, 1, 5, 3}, 0, 60},
    {"conv1.bias", PARAMETER_BIAS, 0, 1, {4}, 60, 4},
    {"norm1.weight", PARAMETER_SCALE, 2, 1, {4}, 64, 4},
    {"norm1.bias", PARAMETER_SHIFT, 2, 1, {4}, 68, 4},
    {"norm1.running_mean", PARAMETER_RUNNING_MEAN, 2, 1, {4}, 72, 4},
    {"norm1.running_var", PARAMETER_RUNNING_VAR, 2, 1, {4}, 76, 4},
    {"conv2.weight", PARAMETER_WEIGHT, 4, 4, {6, 4, 3, 3}, 80, 216},
    {"norm2.weight", PARAMETER_SCALE, 5, 1, {6}, 296, 6},
    {"norm2.bias", PARAMETER_SHIFT, 5, 1, {6}, 302, 6},
    {"norm2.running_mean", PARAMETER_RUNNING_MEAN, 5, 1, {6}, 308, 6},
    {"norm2.running_var", PARAMETER_RUNNING_VAR, 5, 1, {6}, 314, 6},
    {"dense1.weight", PARAMETER_WEIGHT, 8, 2, {12, 48}, 320, 576},
    {"logits.weight", PARAMETER_WEIGHT, 11, 2, {10, 12}, 896, 120},
    {"logits.bias", PARAMETER_BIAS, 11, 1, {10}, 1016, 10},
};

#define TINY_COUNT (sizeof tiny / sizeof *tiny)
#define TINY_TOTAL 1026

TEST(table_lists_pytorchs_names_and_shapes_in_layer_order)
{
    struct parameter_table table;
    make_table(&table, TINY_JSON);
    assert_int_equal(table.count, TINY_COUNT);
    assert_int_equal(table.total, TINY_TOTAL);
    for (size_t i = 0; i < TINY_COUNT; i++) {
        const struct parameter *item = &table.items[i];
        assert_string_equal(item->name, tiny[i].name);
        assert_int_equal(item->role, tiny[i].role);
        assert_int_equal(item->layer, tiny[i].layer);
        assert_int_equal(item->rank, tiny[i].rank);
        assert_memory_equal(item->shape, tiny[i].shape, sizeof item->shape);
        assert_int_equal(item->offset, tiny[i].offset);
        assert_int_equal(item->count, tiny[i].count);
    }
}

TEST(running_statistics_are_not_trained)
{
    struct parameter_table table;
    make_table(&table, TINY_JSON);
    for (size_t i = 0; i < TINY_COUNT; i++)
        assert_int_equal(parameter_is_trained(&table.items[i]),
                         tiny[i].role != PARAMETER_RUNNING_MEAN &&
                             tiny[i].role != PARAMETER_RUNNING_VAR);
    assert_int_equal(parameter_table_trained(&table), TINY_TOTAL - 2 * 4 - 2 * 6);
}

TEST(tables_of_the_shipped_architectures_have_no_gaps)
{
    static const char *const paths[] = {DIGITS_JSON, BASELINE_JSON};
    for (size_t i = 0; i < 2; i++) {
        struct parameter_table table;
        make_table(&table, paths[i]);
        size_t expected = 0;
        for (size_t j = 0; j < table.count; j++) {
            assert_int_equal(table.items[j].offset, expected);
            expected += table.items[j].count;
        }
        assert_int_equal(table.total, expected);
    }
}

TEST(offsets_are_found_by_layer_and_role)
{
    struct parameter_table table;
    make_table(&table, TINY_JSON);
    for (size_t i = 0; i < TINY_COUNT; i++)
        assert_int_equal(parameter_offset(&table, tiny[i].layer, tiny[i].role), tiny[i].offset);
    assert_int_equal(parameter_offset(&table, 4, PARAMETER_BIAS), SIZE_MAX);
    assert_int_equal(parameter_offset(&table, 1, PARAMETER_WEIGHT), SIZE_MAX);
}

TEST_MAIN(cmocka_unit_test(table_lists_pytorchs_names_and_shapes_in_layer_order),
          cmocka_unit_test(running_statistics_are_not_trained),
          cmocka_unit_test(tables_of_the_shipped_architectures_have_no_gaps),
          cmocka_unit_test(offsets_are_found_by_layer_and_role))
