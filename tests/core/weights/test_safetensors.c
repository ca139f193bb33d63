#include "core/weights/safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "tests/support/failure.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"

#define LENGTH_BYTES 8
#define MAX_BYTES    (4 * 1024 * 1024)

static struct digit_error error;

/* The bytes of a file: the header's length, the header, data_bytes of data (NULL: zeros). */
struct bytes {
    uint8_t *at;
    size_t size;
};

static struct bytes compose(const char *header, const void *data, size_t data_bytes)
{
    uint64_t header_bytes = strlen(header);
    struct bytes file = {.size = LENGTH_BYTES + header_bytes + data_bytes};
    file.at = calloc(1, file.size);
    assert_non_null(file.at);
    memcpy(file.at, &header_bytes, sizeof header_bytes);
    memcpy(file.at + LENGTH_BYTES, header, header_bytes);
    if (data != NULL)
        memcpy(file.at + LENGTH_BYTES + header_bytes, data, data_bytes);
    return file;
}

/* Parses a copy of exactly that length, so that a sanitizer detects reads beyond it. */
static enum digit_status parse(struct safetensors **out, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    if (size > 0)
        memcpy(copy, bytes, size);
    enum digit_status status = safetensors_parse(out, copy, size, "file", &error);
    free(copy);
    return status;
}

static void assert_refused(const char *header, const void *data, size_t data_bytes,
                           enum digit_status expected, const char *words)
{
    struct bytes file = compose(header, data, data_bytes);
    struct safetensors *out = NULL;
    assert_failure(parse(&out, file.at, file.size), &error, expected, words);
    assert_null(out);
    free(file.at);
}

/* Small and valid: two tensors, the second first in the header, and metadata. */
static const char *const small_header =
    "{\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[12,20]},"
    "\"__metadata__\":{\"k\":\"v\"},"
    "\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}";
static const float small_data[5] = {1.0f, -2.0f, 3.0f, 4.0f, 0.5f};

TEST(parse_gives_tensors_in_the_order_of_their_bytes)
{
    struct bytes file = compose(small_header, small_data, sizeof small_data);
    struct safetensors *out = NULL;
    assert_int_equal(parse(&out, file.at, file.size), DIGIT_OK);
    assert_int_equal(safetensors_count(out), 2);
    const struct safetensor *a = safetensors_at(out, 0), *b = safetensors_at(out, 1);
    assert_string_equal(a->name, "a");
    assert_int_equal(a->rank, 1);
    assert_int_equal(a->shape[0], 3);
    assert_int_equal(a->count, 3);
    assert_memory_equal(a->data, small_data, 3 * sizeof *small_data);
    assert_string_equal(b->name, "b");
    assert_int_equal(b->rank, 2);
    assert_int_equal(b->shape[0], 2);
    assert_int_equal(b->shape[1], 1);
    assert_memory_equal(b->data, small_data + 3, 2 * sizeof *small_data);
    assert_ptr_equal(safetensors_find(out, "b"), b);
    assert_null(safetensors_find(out, "B"));
    assert_string_equal(safetensors_metadata(out, "k"), "v");
    assert_null(safetensors_metadata(out, "K"));
    assert_int_equal(safetensors_metadata_count(out), 1);
    assert_string_equal(safetensors_metadata_at(out, 0).key, "k");
    assert_string_equal(safetensors_metadata_at(out, 0).value, "v");
    safetensors_destroy(out);
    free(file.at);
}

TEST(parse_takes_a_file_without_tensors_or_metadata)
{
    struct bytes file = compose("{}", NULL, 0);
    struct safetensors *out = NULL;
    assert_int_equal(parse(&out, file.at, file.size), DIGIT_OK);
    assert_int_equal(safetensors_count(out), 0);
    assert_null(safetensors_metadata(out, "k"));
    assert_int_equal(safetensors_metadata_count(out), 0);
    safetensors_destroy(out);
    safetensors_destroy(NULL);
    free(file.at);
}

TEST(parse_takes_data_that_is_not_aligned)
{
    char header[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]}}   ";
    for (size_t cut = 0; cut < 4; cut++) {
        header[sizeof header - 1 - cut] = '\0';
        struct bytes file = compose(header, small_data, sizeof small_data);
        struct safetensors *out = NULL;
        assert_int_equal(parse(&out, file.at, file.size), DIGIT_OK);
        assert_memory_equal(safetensors_at(out, 0)->data, small_data, sizeof small_data);
        safetensors_destroy(out);
        free(file.at);
    }
}

TEST(parse_refuses_a_file_shorter_than_its_length_field)
{
    struct safetensors *out = NULL;
    assert_failure(parse(&out, (const uint8_t *)"\x02\0\0\0\0\0\0", 7), &error, DIGIT_MALFORMED,
                   "file: 7 bytes, too short for a safetensors file");
}

TEST(parse_refuses_a_header_longer_than_the_file)
{
    struct safetensors *out = NULL;
    assert_failure(parse(&out, (const uint8_t *)"\x03\0\0\0\0\0\0\0{}", 10), &error,
                   DIGIT_MALFORMED, "file: header of 3 bytes in a file of 10");
    assert_failure(parse(&out, (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), &error,
                   DIGIT_MALFORMED, "header of 18446744073709551615 bytes in a file of 10");
    assert_failure(parse(&out, (const uint8_t *)"\x89PNG\r\n\x1a\n....", 12), &error,
                   DIGIT_MALFORMED, "not a safetensors file, or truncated");
}

TEST(parse_limits_the_header)
{
    size_t length = SAFETENSORS_MAX_HEADER_BYTES;
    char *header = malloc(length + 2);
    assert_non_null(header);
    memset(header, ' ', length + 1);
    memcpy(header, "{}", 2);
    header[length + 1] = '\0';
    assert_refused(header, NULL, 0, DIGIT_LIMIT, "header of 1048577 bytes, the limit is 1048576");
    header[length] = '\0';
    struct bytes file = compose(header, NULL, 0);
    struct safetensors *out = NULL;
    assert_int_equal(parse(&out, file.at, file.size), DIGIT_OK);
    safetensors_destroy(out);
    free(file.at);
    free(header);
}

#define TENSOR(shape, offsets)                                                                     \
    "{\"a\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

/* Every way in which a header can be wrong; 20 bytes of zeros follow it. */
static const struct {
    const char *header;
    enum digit_status status;
    const char *words;
} false_headers[] = {
    {"", DIGIT_MALFORMED, "file: not JSON"},
    {"{\"a\":", DIGIT_MALFORMED, "file: not JSON"},
    {"[]", DIGIT_MALFORMED, "file: the header is not a JSON object"},
    {"{\"a\":{},\"a\":{}}", DIGIT_MALFORMED, "file: key \"a\" is given twice"},
    {"{\"__metadata__\":1}", DIGIT_MALFORMED, "file: __metadata__ is not an object"},
    {"{\"__metadata__\":[\"v\"]}", DIGIT_MALFORMED, "file: __metadata__ is not an object"},
    {"{\"__metadata__\":{\"k\":1}}", DIGIT_MALFORMED, "metadata \"k\" is not a string"},
    {"{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", DIGIT_MALFORMED, "key \"k\" is given twice"},
    {"{\"a\":1}", DIGIT_INVALID, "file: tensor a: not a JSON object"},
    {"{\"a\":{}}", DIGIT_INVALID, "file: tensor a: key \"dtype\" is missing"},
    {"{\"a\":{\"dtype\":1}}", DIGIT_INVALID, "file: tensor a: \"dtype\" must be a string"},
    {"{\"a\":{\"dtype\":\"F16\"}}", DIGIT_UNSUPPORTED, "tensor a: dtype F16, must be F32"},
    {"{\"a\":{\"dtype\":\"F32\",\"extra\":1}}", DIGIT_INVALID,
     "file: tensor a: unknown key \"extra\""},
    {"{\"a\":{\"dtype\":\"F32\"}}", DIGIT_MALFORMED, "tensor a: the shape is missing"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[5]}}", DIGIT_MALFORMED,
     "tensor a: data_offsets must be two whole numbers"},
    {TENSOR("5", "[0,20]"), DIGIT_MALFORMED, "tensor a: the shape is missing"},
    {TENSOR("[]", "[0,20]"), DIGIT_UNSUPPORTED, "tensor a: rank 0, must be 1 to 4"},
    {TENSOR("[5,1,1,1,1]", "[0,20]"), DIGIT_UNSUPPORTED, "tensor a: rank 5, must be 1 to 4"},
    {TENSOR("[0]", "[0,0]"), DIGIT_MALFORMED, "tensor a: a size in its shape is out of range"},
    {TENSOR("[-5]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    {TENSOR("[2.5]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    {TENSOR("[\"5\"]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    {TENSOR("[1e300]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    {TENSOR("[1e999]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    {TENSOR("[4294967297]", "[0,20]"), DIGIT_MALFORMED, "a size in its shape is out of range"},
    /* 2^62 elements of 4 bytes are 2^64 bytes, which would overflow to 0. */
    {TENSOR("[2147483648,2147483648]", "[0,0]"), DIGIT_MALFORMED, "is out of range"},
    {TENSOR("[65536,65536,65536,65536]", "[0,0]"), DIGIT_MALFORMED, "is out of range"},
    {TENSOR("[5]", "20"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[0]"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[0,20,20]"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[0,\"20\"]"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[-4,16]"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[0,20.5]"), DIGIT_MALFORMED, "data_offsets must be two whole numbers"},
    {TENSOR("[5]", "[20,0]"), DIGIT_MALFORMED,
     "bytes 20 to 0, but the file has only 20: truncated?"},
    {TENSOR("[6]", "[0,24]"), DIGIT_MALFORMED,
     "bytes 0 to 24, but the file has only 20: truncated?"},
    {TENSOR("[4]", "[0,20]"), DIGIT_MALFORMED, "tensor a: 20 bytes, but its shape needs 16"},
    {TENSOR("[4294967296]", "[0,20]"), DIGIT_MALFORMED,
     "20 bytes, but its shape needs 17179869184"},
    {TENSOR("[4]", "[0,16]"), DIGIT_MALFORMED, "tensors end at byte 16 of 20"},
    {TENSOR("[4]", "[4,20]"), DIGIT_MALFORMED, "tensor a begins at byte 4, with a gap after"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
     "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[8,20]}}",
     DIGIT_MALFORMED, "tensor b begins at byte 8, inside the one before it, which ends at 12"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
     "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}",
     DIGIT_MALFORMED, "tensor b begins at byte 12, with a gap after the one before it"},
    {"{}", DIGIT_MALFORMED, "tensors end at byte 0 of 20"},
};

TEST(parse_refuses_every_false_claim_of_a_header)
{
    for (size_t i = 0; i < sizeof false_headers / sizeof *false_headers; i++)
        assert_refused(false_headers[i].header, NULL, sizeof small_data, false_headers[i].status,
                       false_headers[i].words);
}

TEST(parse_refuses_values_that_are_not_finite)
{
    static const float values[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        float data[5] = {0};
        data[4] = values[i];
        assert_refused(small_header, data, sizeof data, DIGIT_INVALID,
                       "file: tensor b: element 1 is not finite");
    }
}

TEST(parse_refuses_a_file_cut_at_any_byte)
{
    struct bytes file = compose(small_header, small_data, sizeof small_data);
    for (size_t size = 0; size < file.size; size++) {
        struct safetensors *out = NULL;
        assert_failure(parse(&out, file.at, size), &error, DIGIT_MALFORMED, "file: ");
        assert_null(out);
    }
    free(file.at);
}

/* Invariants of a parsed file: counts follow from the shapes, and the tensors cover the data. */
static void assert_consistent(const struct safetensors *file, size_t max_bytes)
{
    size_t total = 0;
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct safetensor *tensor = safetensors_at(file, i);
        assert_in_range(tensor->rank, 1, SAFETENSORS_MAX_RANK);
        size_t count = 1;
        for (size_t j = 0; j < tensor->rank; j++)
            count *= tensor->shape[j];
        assert_int_equal(count, tensor->count);
        for (size_t j = 0; j < count; j++)
            assert_true(isfinite(tensor->data[j]));
        assert_ptr_equal(safetensors_find(file, tensor->name), tensor);
        total += count * sizeof(float);
    }
    assert_in_range(total, 0, max_bytes);
}

TEST(parse_of_a_header_with_any_byte_changed_is_refused_or_consistent)
{
    struct bytes file = compose(small_header, small_data, sizeof small_data);
    size_t refused = 0, taken = 0;
    for (size_t at = 0; at < file.size - sizeof small_data; at++) {
        uint8_t original = file.at[at];
        for (unsigned value = 0; value < 256; value++) {
            struct safetensors *out = NULL;
            file.at[at] = (uint8_t)value;
            if (parse(&out, file.at, file.size) == DIGIT_OK) {
                assert_consistent(out, file.size - LENGTH_BYTES);
                taken++;
            } else {
                refused++;
            }
            safetensors_destroy(out);
        }
        file.at[at] = original;
    }
    free(file.at);
    assert_true(taken > 0 &&
                refused > taken); /* a changed name may be accepted, hardly anything else */
}

static struct bytes read_file(const char *path)
{
    struct bytes file = {NULL, 0};
    if (file_read(&file.at, &file.size, path, MAX_BYTES, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    return file;
}

static void write_and_parse_give_back_tensors_and_metadata(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "file");
    static const float data[24] = {-0.0f, 1e-45f, 3.4028235e38f, -1.5f};
    const struct safetensor tensors[] = {
        {.name = "conv.weight", .rank = 4, .shape = {2, 1, 2, 3}, .count = 12, .data = data},
        {.name = "conv.\"bias\"", .rank = 1, .shape = {2}, .count = 2, .data = data + 12},
        {.name = "dense", .rank = 2, .shape = {5, 2}, .count = 10, .data = data + 14},
    };
    const struct safetensors_entry metadata[] = {{"json", "{\"k\": [1, \"\\n\"]}"},
                                                 {"text", "Z\xc3\xbcrich\n"}};
    assert_int_equal(safetensors_write(path, tensors, 3, metadata, 2, &error), DIGIT_OK);
    struct bytes bytes = read_file(path);
    struct safetensors *file = NULL;
    assert_int_equal(parse(&file, bytes.at, bytes.size), DIGIT_OK);
    assert_int_equal(safetensors_count(file), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct safetensor *tensor = safetensors_at(file, i);
        assert_string_equal(tensor->name, tensors[i].name);
        assert_int_equal(tensor->rank, tensors[i].rank);
        assert_memory_equal(tensor->shape, tensors[i].shape, sizeof tensor->shape);
        assert_memory_equal(tensor->data, tensors[i].data, tensors[i].count * sizeof(float));
    }
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(safetensors_metadata(file, metadata[i].key), metadata[i].value);
    safetensors_destroy(file);
    free(bytes.at);
}

TEST(metadata_are_added_and_replaced)
{
    struct bytes bytes = compose(small_header, small_data, sizeof small_data);
    struct safetensors *file;
    assert_int_equal(parse(&file, bytes.at, bytes.size), DIGIT_OK);
    size_t count = safetensors_metadata_count(file);
    struct safetensors_entry first = safetensors_metadata_at(file, 0);
    assert_int_equal(safetensors_set_metadata(file, "new", "1", &error), DIGIT_OK);
    assert_int_equal(safetensors_set_metadata(file, "NEW", "2", &error), DIGIT_OK);
    assert_int_equal(safetensors_set_metadata(file, "new", "", &error), DIGIT_OK);
    assert_int_equal(safetensors_metadata_count(file), count + 2);
    assert_string_equal(safetensors_metadata_at(file, 0).value, first.value);
    assert_string_equal(safetensors_metadata_at(file, count).key, "new");
    assert_string_equal(safetensors_metadata(file, "new"), "");
    assert_string_equal(safetensors_metadata(file, "NEW"), "2");
    safetensors_destroy(file);
    free(bytes.at);
}

TEST(metadata_cannot_be_set_in_a_file_without_them)
{
    struct bytes bytes = compose("{}", NULL, 0);
    struct safetensors *file;
    assert_int_equal(parse(&file, bytes.at, bytes.size), DIGIT_OK);
    assert_failure(safetensors_set_metadata(file, "key", "1", &error), &error, DIGIT_INVALID,
                   "metadata \"key\": the file has no metadata");
    safetensors_destroy(file);
    free(bytes.at);
}

static void write_pads_the_header_to_eight_bytes(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "file");
    const char *names = "abcdefgh";
    for (size_t length = 1; length <= 8; length++) {
        struct safetensor tensor = {
            .name = names + 8 - length, .rank = 1, .shape = {5}, .count = 5, .data = small_data};
        assert_int_equal(safetensors_write(path, &tensor, 1, NULL, 0, &error), DIGIT_OK);
        struct bytes file = read_file(path);
        uint64_t header_bytes;
        memcpy(&header_bytes, file.at, sizeof header_bytes);
        assert_int_equal(header_bytes % 8, 0);
        assert_int_equal(file.at[LENGTH_BYTES], '{');
        assert_int_equal(LENGTH_BYTES + header_bytes + sizeof small_data, file.size);
        assert_memory_equal(file.at + LENGTH_BYTES + header_bytes, small_data, sizeof small_data);
        free(file.at);
    }
}

static void write_refuses_a_header_that_could_not_be_read(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "file");
    char *text = malloc(SAFETENSORS_MAX_HEADER_BYTES);
    assert_non_null(text);
    memset(text, 'x', SAFETENSORS_MAX_HEADER_BYTES - 1);
    text[SAFETENSORS_MAX_HEADER_BYTES - 1] = '\0';
    const struct safetensors_entry entry = {"key", text};
    assert_failure(safetensors_write(path, NULL, 0, &entry, 1, &error), &error, DIGIT_LIMIT,
                   "the limit is 1048576");
    assert_int_equal(temp_folder_count(state), 0);
    free(text);
}

static void write_that_fails_leaves_nothing(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing/file");
    struct safetensor tensor = {
        .name = "a", .rank = 1, .shape = {5}, .count = 5, .data = small_data};
    assert_failure(safetensors_write(path, &tensor, 1, NULL, 0, &error), &error, DIGIT_IO, path);
    assert_int_equal(temp_folder_count(state), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

TEST_MAIN(cmocka_unit_test(parse_gives_tensors_in_the_order_of_their_bytes),
          cmocka_unit_test(parse_takes_a_file_without_tensors_or_metadata),
          cmocka_unit_test(parse_takes_data_that_is_not_aligned),
          cmocka_unit_test(parse_refuses_a_file_shorter_than_its_length_field),
          cmocka_unit_test(parse_refuses_a_header_longer_than_the_file),
          cmocka_unit_test(parse_limits_the_header),
          cmocka_unit_test(parse_refuses_every_false_claim_of_a_header),
          cmocka_unit_test(parse_refuses_values_that_are_not_finite),
          cmocka_unit_test(parse_refuses_a_file_cut_at_any_byte),
          cmocka_unit_test(parse_of_a_header_with_any_byte_changed_is_refused_or_consistent),
          cmocka_unit_test(metadata_are_added_and_replaced),
          cmocka_unit_test(metadata_cannot_be_set_in_a_file_without_them),
          IN_FOLDER(write_and_parse_give_back_tensors_and_metadata),
          IN_FOLDER(write_pads_the_header_to_eight_bytes),
          IN_FOLDER(write_refuses_a_header_that_could_not_be_read),
          IN_FOLDER(write_that_fails_leaves_nothing))
