/* Reads the real MNIST files; exits with 77 (skipped) if MNIST_DIR is not set. */
#include "trainer/data/idx.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/test.h"

static void assert_part(const char *part, size_t count, size_t zeros, const char *sha256)
{
    struct dataset dataset;
    struct digit_error error;
    if (dataset_load(&dataset, getenv("MNIST_DIR"), part, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    size_t found = 0;
    for (size_t i = 0; i < dataset.count; i++)
        found += dataset.labels[i] == 0;
    assert_int_equal(dataset.count, count);
    assert_int_equal(found, zeros);
    assert_string_equal(dataset.sha256, sha256);
    dataset_release(&dataset);
}

TEST(the_training_files_are_those_of_mnist)
{
    assert_part("train", 60000, 5923,
                "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b");
}

TEST(the_test_files_are_those_of_mnist)
{
    assert_part("t10k", 10000, 980,
                "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b");
}

TEST_FILE_MAIN
{
    if (getenv("MNIST_DIR") == NULL) {
        puts("skipped: MNIST_DIR is not set");
        return TEST_SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_training_files_are_those_of_mnist),
        cmocka_unit_test(the_test_files_are_those_of_mnist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
