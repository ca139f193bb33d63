#include "trainer/data/idx.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include <digit/image.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

#define COUNT        3
#define IMAGES_BYTES (16 + COUNT * DIGIT_PIXELS)
#define LABELS_BYTES (8 + COUNT)
#define IMAGES       "train-images-idx3-ubyte"
#define LABELS       "train-labels-idx1-ubyte"

/* Two valid files, which a test corrupts; each has one spare byte. */
struct files {
    uint8_t images[IMAGES_BYTES + 1];
    size_t images_bytes;
    uint8_t labels[LABELS_BYTES + 1];
    size_t labels_bytes;
};

static struct files valid_files(void)
{
    struct files files = {.images_bytes = IMAGES_BYTES, .labels_bytes = LABELS_BYTES};
    memcpy(files.images, (uint8_t[]){0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, 28, 0, 0, 0, 28}, 16);
    memcpy(files.labels, (uint8_t[]){0, 0, 8, 1, 0, 0, 0, COUNT, 7, 0, 9}, LABELS_BYTES);
    for (size_t i = 16; i < IMAGES_BYTES; i++)
        files.images[i] = (uint8_t)(i * 31);
    return files;
}

/* Compresses into out [size_bytes + 1024] and returns the length. */
static size_t gzip(uint8_t *out, const uint8_t *bytes, size_t size_bytes)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    uint8_t copy[IMAGES_BYTES + 1];
    memcpy(copy, bytes, size_bytes);
    stream.next_in = copy;
    stream.avail_in = (uInt)size_bytes;
    stream.next_out = out;
    stream.avail_out = (uInt)size_bytes + 1024;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    return length;
}

static enum digit_status load(const char *folder, struct dataset *out, struct digit_error *error)
{
    enum digit_status status = dataset_load(out, folder, "train", error);
    if (status != DIGIT_OK) {
        assert_null(out->images);
        assert_null(out->labels);
    }
    return status;
}

/* Loading these uncompressed files fails with `status` and a message that contains `reason`. */
static void assert_refused(const struct files *files, enum digit_status status, const char *reason)
{
    char *folder = folder_make();
    folder_put(folder, IMAGES, files->images, files->images_bytes);
    folder_put(folder, LABELS, files->labels, files->labels_bytes);
    struct dataset dataset;
    struct digit_error error;
    assert_int_equal(load(folder, &dataset, &error), status);
    assert_non_null(strstr(error.message, reason));
    folder_remove(folder);
}

/* The same for a compressed file of images. */
static void assert_gzip_refused(const uint8_t *bytes, size_t size_bytes, const char *reason)
{
    struct files files = valid_files();
    char *folder = folder_make();
    folder_put(folder, IMAGES ".gz", bytes, size_bytes);
    folder_put(folder, LABELS, files.labels, files.labels_bytes);
    struct dataset dataset;
    struct digit_error error;
    assert_int_equal(load(folder, &dataset, &error), DIGIT_MALFORMED);
    assert_non_null(strstr(error.message, reason));
    folder_remove(folder);
}

TEST(uncompressed_files_are_read)
{
    struct files files = valid_files();
    char *folder = folder_make();
    folder_put(folder, IMAGES, files.images, files.images_bytes);
    folder_put(folder, LABELS, files.labels, files.labels_bytes);
    struct dataset dataset;
    assert_int_equal(load(folder, &dataset, NULL), DIGIT_OK);
    assert_int_equal(dataset.count, COUNT);
    assert_memory_equal(dataset.images, files.images + 16, (size_t)COUNT * DIGIT_PIXELS);
    assert_memory_equal(dataset.labels, files.labels + 8, COUNT);
    char expected[SHA256_HEX_BYTES];
    const struct sha256_part parts[] = {{files.images + 16, (size_t)COUNT * DIGIT_PIXELS},
                                        {files.labels + 8, COUNT}};
    sha256_hex(expected, parts, 2);
    assert_string_equal(dataset.sha256, expected);
    dataset_release(&dataset);
    folder_remove(folder);
}

TEST(compressed_files_give_the_same_data)
{
    struct files files = valid_files();
    uint8_t images[IMAGES_BYTES + 1024], labels[LABELS_BYTES + 1024];
    char *folder = folder_make();
    folder_put(folder, IMAGES ".gz", images, gzip(images, files.images, IMAGES_BYTES));
    folder_put(folder, LABELS ".gz", labels, gzip(labels, files.labels, LABELS_BYTES));
    struct dataset dataset;
    assert_int_equal(load(folder, &dataset, NULL), DIGIT_OK);
    assert_int_equal(dataset.count, COUNT);
    assert_memory_equal(dataset.images, files.images + 16, (size_t)COUNT * DIGIT_PIXELS);
    assert_memory_equal(dataset.labels, files.labels + 8, COUNT);
    dataset_release(&dataset);
    folder_remove(folder);
}

TEST(the_uncompressed_file_is_preferred)
{
    struct files files = valid_files();
    char *folder = folder_make();
    folder_put(folder, IMAGES, files.images, files.images_bytes);
    folder_put(folder, IMAGES ".gz", "no gzip", 7);
    folder_put(folder, LABELS, files.labels, files.labels_bytes);
    struct dataset dataset;
    assert_int_equal(load(folder, &dataset, NULL), DIGIT_OK);
    dataset_release(&dataset);
    folder_remove(folder);
}

TEST(both_names_of_a_missing_file_are_reported)
{
    char *folder = folder_make();
    struct dataset dataset;
    struct digit_error error;
    assert_int_equal(load(folder, &dataset, &error), DIGIT_IO);
    assert_non_null(strstr(error.message, "neither " IMAGES " nor " IMAGES ".gz"));
    folder_remove(folder);
}

TEST(corrupt_image_headers_are_refused)
{
    static const struct {
        size_t at;
        uint8_t byte;
        enum digit_status status;
        const char *reason;
    } cases[] = {
        {3, 1, DIGIT_MALFORMED, "magic number 0x00000801, expected 0x00000803"},
        {2, 9, DIGIT_MALFORMED, "magic number 0x00000903, expected 0x00000803"},
        {7, 0, DIGIT_INVALID, "contains no images or labels"},
        {5, 16, DIGIT_LIMIT, "1048579 items, the limit is 1000000"},
        {11, 27, DIGIT_UNSUPPORTED, "27 rows, must be 28"},
        {15, 29, DIGIT_UNSUPPORTED, "29 columns, must be 28"},
        {7, COUNT + 1, DIGIT_MALFORMED, "784 bytes shorter than its header says"},
        {7, COUNT - 1, DIGIT_MALFORMED, "784 bytes longer than its header says"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct files files = valid_files();
        files.images[cases[i].at] = cases[i].byte;
        assert_refused(&files, cases[i].status, cases[i].reason);
    }
}

TEST(corrupt_label_headers_are_refused)
{
    struct files files = valid_files();
    files.labels[3] = 3;
    assert_refused(&files, DIGIT_MALFORMED, "magic number 0x00000803, expected 0x00000801");
    files = valid_files();
    files.labels[7] = COUNT - 1;
    assert_refused(&files, DIGIT_INVALID, "2 labels for 3 images");
}

TEST(a_label_above_nine_is_refused)
{
    struct files files = valid_files();
    files.labels[8 + 1] = 10;
    assert_refused(&files, DIGIT_INVALID, "label 1 is 10, the largest is 9");
}

TEST(uncompressed_files_of_another_length_are_refused)
{
    struct files files = valid_files();
    files.images_bytes = IMAGES_BYTES - 1;
    assert_refused(&files, DIGIT_MALFORMED, "1 bytes shorter");
    files.images_bytes = IMAGES_BYTES + 1;
    assert_refused(&files, DIGIT_MALFORMED, "1 bytes longer");
    files.images_bytes = 14;
    assert_refused(&files, DIGIT_MALFORMED, "2 bytes shorter");
    files = valid_files();
    files.labels_bytes = LABELS_BYTES + 1;
    assert_refused(&files, DIGIT_MALFORMED, "1 bytes longer");
}

TEST(a_gzip_file_longer_than_its_header_says_is_refused)
{
    struct files files = valid_files();
    uint8_t bytes[IMAGES_BYTES + 1024];
    size_t size_bytes = gzip(bytes, files.images, IMAGES_BYTES + 1);
    assert_gzip_refused(bytes, size_bytes,
                        "decompressed contents are longer than their header says");
}

TEST(a_gzip_file_shorter_than_its_header_says_is_refused)
{
    struct files files = valid_files();
    uint8_t bytes[IMAGES_BYTES + 1024];
    size_t size_bytes = gzip(bytes, files.images, IMAGES_BYTES - 5);
    assert_gzip_refused(bytes, size_bytes, "5 bytes shorter");
}

TEST(bytes_after_the_gzip_data_are_refused)
{
    struct files files = valid_files();
    uint8_t bytes[IMAGES_BYTES + 1024];
    size_t size_bytes = gzip(bytes, files.images, IMAGES_BYTES);
    bytes[size_bytes] = 0;
    assert_gzip_refused(bytes, size_bytes + 1, "1 bytes follow the gzip data");
}

TEST(a_truncated_gzip_file_is_refused)
{
    struct files files = valid_files();
    uint8_t bytes[IMAGES_BYTES + 1024];
    size_t size_bytes = gzip(bytes, files.images, IMAGES_BYTES);
    assert_gzip_refused(bytes, size_bytes - 1, "truncated");
    assert_gzip_refused(bytes, size_bytes - 8, "truncated");
    assert_gzip_refused(bytes, size_bytes / 2, "truncated");
    assert_gzip_refused(bytes, 5, "truncated");
    assert_gzip_refused(bytes, 0, "truncated");
}

TEST(a_corrupt_gzip_file_is_refused)
{
    struct files files = valid_files();
    uint8_t bytes[IMAGES_BYTES + 1024];
    size_t size_bytes = gzip(bytes, files.images, IMAGES_BYTES);
    bytes[size_bytes - 8] ^= 1;
    assert_gzip_refused(bytes, size_bytes, "incorrect data check");
    assert_gzip_refused(files.images, IMAGES_BYTES, "incorrect header check");
}

TEST(a_file_over_the_size_limit_is_refused)
{
    char *folder = folder_make();
    folder_put(folder, IMAGES, "", 0);
    char *path = folder_path(folder, IMAGES);
    assert_int_equal(truncate(path, (off_t)DATASET_MAX_IMAGES * DIGIT_PIXELS + 17), 0);
    struct dataset dataset;
    assert_int_equal(load(folder, &dataset, NULL), DIGIT_LIMIT);
    free(path);
    folder_remove(folder);
}

TEST_MAIN(cmocka_unit_test(uncompressed_files_are_read),
          cmocka_unit_test(compressed_files_give_the_same_data),
          cmocka_unit_test(the_uncompressed_file_is_preferred),
          cmocka_unit_test(both_names_of_a_missing_file_are_reported),
          cmocka_unit_test(corrupt_image_headers_are_refused),
          cmocka_unit_test(corrupt_label_headers_are_refused),
          cmocka_unit_test(a_label_above_nine_is_refused),
          cmocka_unit_test(uncompressed_files_of_another_length_are_refused),
          cmocka_unit_test(a_gzip_file_longer_than_its_header_says_is_refused),
          cmocka_unit_test(a_gzip_file_shorter_than_its_header_says_is_refused),
          cmocka_unit_test(bytes_after_the_gzip_data_are_refused),
          cmocka_unit_test(a_truncated_gzip_file_is_refused),
          cmocka_unit_test(a_corrupt_gzip_file_is_refused),
          cmocka_unit_test(a_file_over_the_size_limit_is_refused))
