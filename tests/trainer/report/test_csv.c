#include "trainer/report/csv.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

static const char *const LABELS[DIGIT_CLASSES] = {"0", "a,b", "say \"2\"", "3", "4",
                                                  "5", "6",   "7",         "8", "9"};

TEST(a_history_has_empty_cells_where_nothing_was_validated)
{
    const struct fit_epoch epochs[] = {
        {.last = {.epoch = 1, .images = 100, .loss = 0.5, .accuracy = 0.75, .learning_rate = 0.001},
         .seconds = 4.0},
        {.last =
             {.epoch = 2, .images = 100, .loss = 0.25, .accuracy = 0.875, .learning_rate = 0.001},
         .validated = true,
         .validation_loss = 0.125,
         .validation_accuracy = 0.9375,
         .best = true,
         .seconds = 2.0}};
    const struct history history = {epochs, 2, 0.0};
    struct buffer buffer = {0};
    csv_add_history(&buffer, &history);
    assert_string_equal(buffer.bytes,
                        "epoch,training_loss,training_accuracy,validation_loss,validation_accuracy,"
                        "best,learning_rate,seconds,images_per_second\n"
                        "1,0.5,0.75,,,,0.001,4.000,25.0\n"
                        "2,0.25,0.875,0.125,0.9375,1,0.001,2.000,50.0\n");
    buffer_release(&buffer);
}

TEST(labels_with_commas_and_quotes_are_quoted)
{
    struct confusion confusion = {0};
    confusion.images[1][1] = 3;
    confusion.images[1][2] = 1;
    struct buffer buffer = {0};
    csv_add_classes(&buffer, &confusion, LABELS);
    assert_non_null(strstr(buffer.bytes, "label,0,\"a,b\",\"say \"\"2\"\"\",3,"));
    assert_non_null(strstr(buffer.bytes, "\n\"a,b\",0,3,1,0,0,0,0,0,0,0,1,0.75,0.857142857,4\n"));
    buffer_release(&buffer);
}

TEST(errors_have_the_names_of_their_labels)
{
    struct gallery_item items[] = {{7, 1, 3, 0.75f, 0.125f}};
    const struct gallery gallery = {items, 1, 1};
    struct buffer buffer = {0};
    csv_add_errors(&buffer, &gallery, LABELS);
    assert_string_equal(buffer.bytes, "index,label,read_as,confidence,label_probability\n"
                                      "7,\"a,b\",3,0.75,0.125\n");
    buffer_release(&buffer);
}

TEST_MAIN(cmocka_unit_test(a_history_has_empty_cells_where_nothing_was_validated),
          cmocka_unit_test(labels_with_commas_and_quotes_are_quoted),
          cmocka_unit_test(errors_have_the_names_of_their_labels))
