#include "trainer/fit/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/weights/safetensors.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"

#define TOTAL    7
#define EPOCHS   2
#define MAX_FILE ((size_t)64 * 1024)

static const struct checkpoint_origin ORIGIN = {
    .recipe = "{\"name\":\"test\",\"epochs\":30}",
    .architecture = "{\"name\":\"dense\",\"layers\":[]}",
    .train_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
};

/* Figures that need all digits of a double. */
static const struct fit_epoch HISTORY[EPOCHS] = {
    {.last = {.loss = 1.0 / 3.0, .accuracy = 0.1 + 0.2},
     .validated = true,
     .validation_loss = 2.2250738585072014e-308,
     .validation_accuracy = 0.99666666666666659,
     .seconds = 12.3456},
    {.last = {.loss = 0.1, .accuracy = 1.0},
     .validated = true,
     .validation_loss = 1e-5 / 7.0,
     .validation_accuracy = 5.0 / 9.0,
     .seconds = 1.0},
};

static const float ARRAYS[5][TOTAL] = {
    {1, 2, 3, 4, 5, 6, 1e-45f},       {-1, 0.1f, -0.0f}, {1e30f, 2}, {0.3f, 0.7f},
    {3.4028235e38f, 1.17549435e-38f},
};

static const struct fit_state STATE = {
    .epochs_run = EPOCHS,
    .history = HISTORY,
    .parameter_total = TOTAL,
    .parameters = ARRAYS[0],
    .mean = ARRAYS[1],
    .square = ARRAYS[2],
    .ema = ARRAYS[3],
    .kept = ARRAYS[4],
};

/* A folder with a checkpoint of STATE, and the path of the checkpoint. */
static char *folder;
static char *path;

static int set_up(void **state)
{
    (void)state;
    folder = folder_make();
    path = folder_path(folder, "checkpoint");
    assert_int_equal(checkpoint_save(path, &ORIGIN, &STATE, NULL), DIGIT_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(path);
    folder_remove(folder);
    return 0;
}

static void assert_refused(const struct checkpoint_origin *origin, enum digit_status expected,
                           const char *message)
{
    struct checkpoint *checkpoint;
    struct digit_error error;
    assert_int_equal(checkpoint_load(&checkpoint, path, origin, &error), expected);
    assert_null(checkpoint);
    assert_ptr_equal(strstr(error.message, path), error.message);
    if (strstr(error.message, message) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", message, error.message);
}

static void a_state_is_restored_to_the_bit(void **state)
{
    (void)state;
    struct checkpoint *checkpoint;
    assert_int_equal(checkpoint_load(&checkpoint, path, &ORIGIN, NULL), DIGIT_OK);
    const struct fit_state *found = checkpoint_state(checkpoint);
    assert_int_equal(found->parameter_total, TOTAL);
    assert_memory_equal(found->parameters, ARRAYS[0], sizeof ARRAYS[0]);
    assert_memory_equal(found->mean, ARRAYS[1], sizeof ARRAYS[1]);
    assert_memory_equal(found->square, ARRAYS[2], sizeof ARRAYS[2]);
    assert_memory_equal(found->ema, ARRAYS[3], sizeof ARRAYS[3]);
    assert_memory_equal(found->kept, ARRAYS[4], sizeof ARRAYS[4]);
    assert_int_equal(found->epochs_run, EPOCHS);
    for (size_t i = 0; i < EPOCHS; i++) {
        const struct fit_epoch *epoch = &found->history[i];
        assert_true(epoch->last.loss == HISTORY[i].last.loss);
        assert_true(epoch->last.accuracy == HISTORY[i].last.accuracy);
        assert_true(epoch->validated);
        assert_true(epoch->validation_loss == HISTORY[i].validation_loss);
        assert_true(epoch->validation_accuracy == HISTORY[i].validation_accuracy);
        assert_float_equal(epoch->seconds, HISTORY[i].seconds, 0.0005);
    }
    assert_true(checkpoint_is_of_this_program(checkpoint));
    checkpoint_destroy(checkpoint);
    checkpoint_destroy(NULL);
}

static void epochs_without_validation_are_read_back(void **state)
{
    (void)state;
    const struct fit_epoch epoch = {.last = {.loss = 0.5, .accuracy = 0.25}};
    struct fit_state unvalidated = STATE;
    unvalidated.history = &epoch;
    unvalidated.epochs_run = 1;
    struct checkpoint *checkpoint;
    assert_int_equal(checkpoint_save(path, &ORIGIN, &unvalidated, NULL), DIGIT_OK);
    assert_int_equal(checkpoint_load(&checkpoint, path, &ORIGIN, NULL), DIGIT_OK);
    assert_int_equal(checkpoint_state(checkpoint)->epochs_run, 1);
    assert_false(checkpoint_state(checkpoint)->history[0].validated);
    checkpoint_destroy(checkpoint);
}

static void a_checkpoint_of_a_different_training_is_refused_with_the_difference(void **state)
{
    (void)state;
    struct checkpoint_origin other = ORIGIN;
    other.recipe = "{\"name\":\"test\",\"epochs\":40}";
    assert_refused(&other, DIGIT_INVALID, ": different recipe: epochs is 30, expected 40");
    other = ORIGIN;
    other.architecture = "{\"name\":\"wide\",\"layers\":[]}";
    assert_refused(&other, DIGIT_INVALID,
                   ": different architecture: name is \"dense\", expected \"wide\"");
    other = ORIGIN;
    other.train_sha256 = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    assert_refused(&other, DIGIT_INVALID,
                   ": different training data: SHA-256 is 0123456789ab..., expected "
                   "fedcba987654...");
}

static uint8_t *read_checkpoint(size_t *size_bytes)
{
    uint8_t *bytes;
    assert_int_equal(file_read(&bytes, size_bytes, path, MAX_FILE, NULL), DIGIT_OK);
    return bytes;
}

/* Not with file_write, which waits for the disk: these tests write thousands of files. */
static void put_bytes(const uint8_t *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

static void a_checkpoint_with_any_byte_changed_is_refused(void **state)
{
    (void)state;
    size_t size_bytes;
    uint8_t *bytes = read_checkpoint(&size_bytes);
    for (size_t i = 0; i < size_bytes; i++) {
        bytes[i] ^= 1;
        put_bytes(bytes, size_bytes);
        bytes[i] ^= 1;
        struct checkpoint *checkpoint;
        struct digit_error error = {.status = DIGIT_OK};
        enum digit_status status = checkpoint_load(&checkpoint, path, &ORIGIN, &error);
        assert_int_equal(status, error.status);
        if (status == DIGIT_OK)
            fail_msg("byte %zu of %zu can be changed", i, size_bytes);
    }
    free(bytes);
}

static void a_checkpoint_truncated_at_any_byte_is_refused(void **state)
{
    (void)state;
    size_t size_bytes;
    uint8_t *bytes = read_checkpoint(&size_bytes);
    for (size_t i = 0; i < size_bytes; i++) {
        put_bytes(bytes, i);
        assert_refused(&ORIGIN, DIGIT_MALFORMED, ": ");
    }
    free(bytes);
}

static void a_changed_weight_is_reported_as_damage(void **state)
{
    (void)state;
    size_t size_bytes;
    uint8_t *bytes = read_checkpoint(&size_bytes);
    bytes[size_bytes - 20] ^= 4;
    put_bytes(bytes, size_bytes);
    assert_refused(&ORIGIN, DIGIT_MALFORMED, ": damaged: its checksum is ");
    free(bytes);
}

/* Replaces the checkpoint by a file with one tensor and this metadata. */
static void put_file(const struct safetensors_entry *metadata, size_t count)
{
    const struct safetensor tensor = {
        .name = "parameters", .rank = 1, .shape = {TOTAL}, .count = TOTAL, .data = ARRAYS[0]};
    assert_int_equal(safetensors_write(path, &tensor, 1, metadata, count, NULL), DIGIT_OK);
}

static void other_files_and_formats_are_refused(void **state)
{
    (void)state;
    put_file(NULL, 0);
    assert_refused(&ORIGIN, DIGIT_UNSUPPORTED, ": not a training checkpoint");
    const struct safetensors_entry newer = {"format", "digitd-checkpoint 2"};
    put_file(&newer, 1);
    assert_refused(
        &ORIGIN, DIGIT_UNSUPPORTED,
        ": format \"digitd-checkpoint 2\" is not supported, expected \"digitd-checkpoint 1\"");
    const struct safetensors_entry alone = {"format", "digitd-checkpoint 1"};
    put_file(&alone, 1);
    assert_refused(&ORIGIN, DIGIT_MALFORMED, ": damaged: \"program\" is missing");
    const struct safetensors_entry all[] = {
        {"format", "digitd-checkpoint 1"},
        {"program", ""},
        {"recipe", ""},
        {"architecture", ""},
        {"train_sha256", ""},
        {"history", ""},
        {"crc32", ""},
    };
    put_file(all, sizeof all / sizeof *all);
    assert_refused(&ORIGIN, DIGIT_MALFORMED, ": damaged: tensor \"mean\" is missing");
}

static void a_checkpoint_that_cannot_be_written_keeps_the_last_one(void **state)
{
    (void)state;
    struct fit_epoch *history = calloc(20000, sizeof *history);
    assert_non_null(history);
    for (size_t i = 0; i < 20000; i++)
        history[i] = HISTORY[0];
    struct fit_state longer = STATE;
    struct digit_error error;
    longer.history = history;
    longer.epochs_run = 20000;
    assert_int_equal(checkpoint_save(path, &ORIGIN, &longer, &error), DIGIT_LIMIT);
    free(history);
    a_state_is_restored_to_the_bit(NULL);
}

/* The maximum of a recipe. */
static void ten_thousand_epochs_fit(void **state)
{
    (void)state;
    struct fit_epoch *history = calloc(10000, sizeof *history);
    assert_non_null(history);
    for (size_t i = 0; i < 10000; i++) {
        history[i] = HISTORY[1];
        history[i].last.accuracy = 0.98765432109876543;
        history[i].seconds = 98765.4321;
    }
    struct fit_state longest = STATE;
    struct checkpoint *checkpoint;
    longest.history = history;
    longest.epochs_run = 10000;
    assert_int_equal(checkpoint_save(path, &ORIGIN, &longest, NULL), DIGIT_OK);
    assert_int_equal(checkpoint_load(&checkpoint, path, &ORIGIN, NULL), DIGIT_OK);
    assert_int_equal(checkpoint_state(checkpoint)->epochs_run, 10000);
    checkpoint_destroy(checkpoint);
    free(history);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(IN_FOLDER(a_state_is_restored_to_the_bit),
          IN_FOLDER(epochs_without_validation_are_read_back),
          IN_FOLDER(a_checkpoint_of_a_different_training_is_refused_with_the_difference),
          IN_FOLDER(a_checkpoint_with_any_byte_changed_is_refused),
          IN_FOLDER(a_checkpoint_truncated_at_any_byte_is_refused),
          IN_FOLDER(a_changed_weight_is_reported_as_damage),
          IN_FOLDER(other_files_and_formats_are_refused),
          IN_FOLDER(a_checkpoint_that_cannot_be_written_keeps_the_last_one),
          IN_FOLDER(ten_thousand_epochs_fit))
