#include "trainer/recipe/recipe_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

/* Length of "augment." in "augment.shift_px"; 0 for a field at the top. */
static size_t group_length(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? (size_t)(dot - path) + 1 : 0;
}

static bool is_same_group(const char *a, const char *b)
{
    size_t length = group_length(a);
    return length == group_length(b) && memcmp(a, b, length) == 0;
}

TEST(fields_are_found_by_their_paths)
{
    for (size_t i = 0; i < recipe_field_count; i++) {
        assert_ptr_equal(recipe_field_find(recipe_fields[i].path), &recipe_fields[i]);
        assert_true(strlen(recipe_fields[i].path) < RECIPE_PATH_BYTES);
    }
    assert_null(recipe_field_find("augment"));
    assert_null(recipe_field_find("augment."));
    assert_null(recipe_field_find(""));
}

TEST(fields_of_one_object_are_adjacent)
{
    for (size_t i = 0; i < recipe_field_count; i++)
        for (size_t k = i + 1; k < recipe_field_count; k++)
            if (is_same_group(recipe_fields[i].path, recipe_fields[k].path))
                assert_true(is_same_group(recipe_fields[i].path, recipe_fields[k - 1].path));
}

TEST(an_object_exists_if_it_has_fields)
{
    assert_true(recipe_group_exists("augment"));
    assert_false(recipe_group_exists("augmen"));
    assert_false(recipe_group_exists("epochs"));
    assert_false(recipe_group_exists("augment.shift_px"));
    assert_false(recipe_group_exists(""));
}

TEST(help_shows_every_field_with_range_and_default)
{
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    recipe_fields_print(out);
    fclose(out);
    for (size_t i = 0; i < recipe_field_count; i++)
        assert_non_null(strstr(text, recipe_fields[i].path));
    assert_non_null(strstr(text, "  epochs                          passes over the training "
                                 "images (1 to 10000; default 30)\n"));
    assert_non_null(strstr(text, "(constant, one-cycle; default one-cycle)\n"));
    assert_non_null(strstr(text, "(0 to 0.9; default null)\n"));
    assert_non_null(strstr(text, "(required)\n"));
    free(text);
}

TEST_MAIN(cmocka_unit_test(fields_are_found_by_their_paths),
          cmocka_unit_test(fields_of_one_object_are_adjacent),
          cmocka_unit_test(an_object_exists_if_it_has_fields),
          cmocka_unit_test(help_shows_every_field_with_range_and_default))
