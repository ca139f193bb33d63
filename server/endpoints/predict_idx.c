#include "server/endpoints/predict_idx.h"

#include <string.h>

#include "core/base/bytes.h"

#define MAGIC_BYTES      4
#define HEADER_BYTES     16
#define IMAGE_DIMENSIONS 3

bool predict_is_idx(const uint8_t *bytes, size_t size)
{
    static const uint8_t octets[MAGIC_BYTES - 1] = {0, 0, 8};
    return size >= MAGIC_BYTES && memcmp(bytes, octets, sizeof octets) == 0;
}

static enum problem check_dimensions(const uint8_t *bytes, size_t size, struct fault *fault)
{
    unsigned dimensions = bytes[MAGIC_BYTES - 1];
    if (dimensions != IMAGE_DIMENSIONS)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the IDX file has %u dimensions, must have %d", dimensions,
                         IMAGE_DIMENSIONS);
    if (size < HEADER_BYTES)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the IDX file ends after %zu of the %d bytes of its header", size,
                         HEADER_BYTES);
    uint32_t rows = bytes_be32(bytes + 8), columns = bytes_be32(bytes + 12);
    if (rows != DIGIT_SIDE_PX || columns != DIGIT_SIDE_PX)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the IDX file's images have %u rows of %u pixels, must have %d rows of %d",
                         rows, columns, DIGIT_SIDE_PX, DIGIT_SIDE_PX);
    return PROBLEM_NONE;
}

static enum problem check_count(uint32_t count, size_t size, size_t capacity, struct fault *fault)
{
    if (count > capacity) {
        fault_set(fault, PROBLEM_TOO_MANY_INSTANCES, "the IDX file has %u images; the limit is %zu",
                  count, capacity);
        return fault_set_limit(fault, capacity);
    }
    if (count == 0)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the IDX file has no image, must have 1 to %zu", capacity);
    size_t expected = HEADER_BYTES + (size_t)count * DIGIT_PIXELS;
    if (size != expected)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the IDX file has %zu bytes; for %u images it must have %zu", size, count,
                         expected);
    return PROBLEM_NONE;
}

enum problem predict_read_idx(struct predict_input *input, const uint8_t *bytes, size_t size,
                              struct fault *fault)
{
    enum problem problem = check_dimensions(bytes, size, fault);
    if (problem != PROBLEM_NONE)
        return problem;
    uint32_t count = bytes_be32(bytes + 4);
    problem = check_count(count, size, input->capacity, fault);
    for (size_t i = 0; problem == PROBLEM_NONE && i < count; i++) {
        problem = predict_read_octets(input, i, bytes + HEADER_BYTES + i * DIGIT_PIXELS, fault);
        input->sources[i].is_idx = true;
    }
    input->count = count;
    input->batch = true;
    return problem;
}
