#include "trainer/report/gallery.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include <digit/image.h>

#include "tests/test.h"

#define COUNT 300

/* Every image but the first is a 3 that is predicted as 5; image i has confidence (i % 50) / 100 +
 * 0.4. */
static struct evaluation make_evaluation(void)
{
    static struct misclassified items[COUNT];
    static float probabilities[COUNT * DIGIT_CLASSES];
    for (size_t i = 1; i < COUNT; i++) {
        items[i - 1] = (struct misclassified){i, 3, 5};
        probabilities[i * DIGIT_CLASSES + 5] = (float)(i % 50) / 100.0f + 0.4f;
        probabilities[i * DIGIT_CLASSES + 3] = 0.1f;
    }
    return (struct evaluation){.count = COUNT,
                               .misclassified = items,
                               .misclassified_count = COUNT - 1,
                               .probabilities = probabilities};
}

TEST(the_most_confident_come_first_and_equal_ones_by_index)
{
    const struct evaluation evaluation = make_evaluation();
    struct gallery gallery;
    assert_int_equal(gallery_make(&gallery, &evaluation, NULL), DIGIT_OK);
    assert_int_equal(gallery.count, COUNT - 1);
    assert_int_equal(gallery.shown, GALLERY_SHOWN_MAX);
    assert_int_equal(gallery.items[0].index, 49);
    assert_int_equal(gallery.items[1].index, 99);
    assert_int_equal(gallery.items[6].index, 48);
    assert_int_equal(gallery.items[0].label, 3);
    assert_int_equal(gallery.items[0].digit, 5);
    assert_true(gallery.items[0].confidence == 0.49f + 0.4f);
    assert_true(gallery.items[0].label_probability == 0.1f);
    gallery_release(&gallery);
}

TEST(pairs_are_sorted_by_descending_count)
{
    struct confusion confusion = {0};
    confusion.images[4][4] = 100;
    confusion.images[9][4] = 2;
    confusion.images[2][7] = 5;
    confusion.images[2][1] = 2;
    struct gallery_pair pairs[GALLERY_PAIRS_MAX];
    assert_int_equal(gallery_list_pairs(pairs, &confusion), 3);
    assert_int_equal(pairs[0].label, 2);
    assert_int_equal(pairs[0].digit, 7);
    assert_int_equal(pairs[0].count, 5);
    assert_int_equal(pairs[1].label, 2);
    assert_int_equal(pairs[1].digit, 1);
    assert_int_equal(pairs[2].label, 9);
}

TEST(the_sheet_has_twenty_to_a_row)
{
    static uint8_t images[22 * DIGIT_PIXELS];
    images[21 * DIGIT_PIXELS] = 255; /* the first pixel of the last image */
    struct gallery_item items[22];
    for (size_t i = 0; i < 22; i++)
        items[i] = (struct gallery_item){.index = i};
    const struct gallery gallery = {items, 22, 22};
    struct buffer buffer = {0};
    assert_int_equal(gallery_add_sheet(&buffer, &gallery, images, NULL), DIGIT_OK);
    /* digit_image_decode would reduce the sheet. */
    static uint8_t luma[(2 * 86 + 2) * (20 * 86 + 2)];
    png_image sheet = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&sheet, buffer.bytes, buffer.size_bytes));
    assert_int_equal(sheet.width, 20 * 86 + 2);
    assert_int_equal(sheet.height, 2 * 86 + 2);
    sheet.format = PNG_FORMAT_GRAY;
    assert_true(png_image_finish_read(&sheet, NULL, luma, 0, NULL));
    assert_int_equal(luma[0], 0x80);
    assert_int_equal(luma[2 * sheet.width + 2], 0);
    assert_int_equal(luma[(86 + 2) * sheet.width + 86 + 2], 255);
    assert_int_equal(luma[(86 + 4) * sheet.width + 86 + 4], 255);
    assert_int_equal(luma[(86 + 5) * sheet.width + 86 + 5], 0);
    buffer_release(&buffer);
}

TEST(without_errors_there_is_no_sheet)
{
    const struct evaluation evaluation = {.count = 1};
    struct gallery gallery;
    struct buffer buffer = {0};
    assert_int_equal(gallery_make(&gallery, &evaluation, NULL), DIGIT_OK);
    assert_int_equal(gallery_add_sheet(&buffer, &gallery, NULL, NULL), DIGIT_OK);
    assert_int_equal(buffer.size_bytes, 0);
    gallery_release(&gallery);
}

TEST_MAIN(cmocka_unit_test(the_most_confident_come_first_and_equal_ones_by_index),
          cmocka_unit_test(pairs_are_sorted_by_descending_count),
          cmocka_unit_test(the_sheet_has_twenty_to_a_row),
          cmocka_unit_test(without_errors_there_is_no_sheet))
