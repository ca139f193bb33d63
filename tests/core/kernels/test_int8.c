#include "core/kernels/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/test.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

#define GUARD_BYTES 128
#define GUARD       0x5a

#define MAX_ROWS 27

/* Integers below `bound`, the same in every run: a linear congruential generator (Knuth). */
static uint32_t next_number(uint64_t *state, uint32_t bound)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % bound;
}

static size_t rounded_up(size_t count, size_t to)
{
    return (count + to - 1) / to * to;
}

/* Memory followed by guard bytes, unaligned: one byte after what malloc returned. */
static unsigned char *guarded(size_t bytes)
{
    unsigned char *memory = malloc(bytes + GUARD_BYTES + 1);
    assert_non_null(memory);
    memset(memory, GUARD, bytes + GUARD_BYTES + 1);
    return memory + 1;
}

static void free_guarded(unsigned char *memory, size_t bytes)
{
    for (size_t i = 0; i < GUARD_BYTES; i++)
        assert_int_equal(memory[bytes + i], GUARD);
    free(memory - 1);
}

static int activation_at(const struct kernels *kernels, const unsigned char *activations,
                         size_t index)
{
    int16_t activation;
    if (kernels->activation_bytes == 1)
        return activations[index];
    memcpy(&activation, activations + index * sizeof activation, sizeof activation);
    return activation;
}

/* Random activations from 0 to 255; `numbers` receives them as int. */
static unsigned char *make_activations(const struct kernels *kernels, int *numbers, size_t count,
                                       uint64_t seed)
{
    float *pixels = malloc(count * sizeof *pixels);
    unsigned char *activations = guarded(count * kernels->activation_bytes);
    assert_non_null(pixels);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (int)next_number(&seed, 256);
        pixels[i] = (float)numbers[i] / 255.0f;
    }
    kernels->fill_int8_pixels(activations, pixels, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(activation_at(kernels, activations, i), numbers[i]);
    free(pixels);
    return activations;
}

/* The activation that a sum becomes. */
static int activation_of(int32_t sum, float scale)
{
    float value = (float)sum * scale;
    value = value > 0.0f ? value : 0.0f;
    return (int)nearbyintf(value < 255.0f ? value : 255.0f);
}

/* A multiplication with everything that it reads. */
struct product {
    struct multiply_int8 job;
    int *numbers;
    unsigned char *in, *packed;
    size_t in_count, packed_bytes;
    int8_t *matrix;
    int32_t start[128];
    float scale[128];
    uint32_t in_at[MAX_ROWS], out_at[MAX_ROWS], segments[3];
};

static void fill_product(struct product *product)
{
    struct multiply_int8 *job = &product->job;
    size_t depth = job->segment_count * job->depth;
    uint64_t seed = depth + job->columns;
    for (size_t i = 0; i < depth * job->columns; i++)
        product->matrix[i] = (int8_t)((int)next_number(&seed, 255) - 127);
    for (size_t j = 0; j < job->columns; j++) {
        product->start[j] = (int32_t)next_number(&seed, 20001) - 10000;
        product->scale[j] = 1e-4f * (float)(1 + next_number(&seed, 100));
    }
    for (size_t r = 0; r < job->rows; r++) {
        product->in_at[r] = (uint32_t)((job->rows - 1 - r) * KERNELS_INT8_MULTIPLE);
        product->out_at[r] = (uint32_t)(r * rounded_up(job->columns, KERNELS_INT8_MULTIPLE));
    }
    for (size_t s = 0; s < job->segment_count; s++)
        product->segments[s] = (uint32_t)(s * (job->depth + KERNELS_INT8_MULTIPLE));
}

static struct product *make_product(const struct kernels *kernels,
                                    const struct multiply_int8 *sizes)
{
    struct product *product = calloc(1, sizeof *product);
    assert_non_null(product);
    size_t depth = sizes->segment_count * sizes->depth;
    product->job = *sizes;
    product->in_count = (sizes->rows - 1) * KERNELS_INT8_MULTIPLE +
                        (sizes->segment_count - 1) * KERNELS_INT8_MULTIPLE + depth;
    product->numbers = malloc(product->in_count * sizeof *product->numbers);
    product->matrix = malloc(depth * sizes->columns);
    product->packed_bytes = kernels->packed_int8_bytes(depth, sizes->columns);
    product->packed = guarded(product->packed_bytes);
    assert_non_null(product->numbers);
    assert_non_null(product->matrix);
    product->in = make_activations(kernels, product->numbers, product->in_count, depth);
    fill_product(product);
    kernels->pack_int8((int8_t *)product->packed, product->matrix, depth, sizes->columns);
    product->job.in = product->in;
    product->job.matrix = (const int8_t *)product->packed;
    product->job.start = product->start;
    product->job.scale = product->scale;
    product->job.in_at = product->in_at;
    product->job.out_at = product->out_at;
    product->job.segments = product->segments;
    return product;
}

static void free_product(const struct kernels *kernels, struct product *product)
{
    free_guarded(product->in, product->in_count * kernels->activation_bytes);
    free_guarded(product->packed, product->packed_bytes);
    free(product->numbers);
    free(product->matrix);
    free(product);
}

static int32_t sum_at(const struct product *product, size_t r, size_t j)
{
    const struct multiply_int8 *job = &product->job;
    int32_t sum = product->start[j];
    for (size_t s = 0; s < job->segment_count; s++)
        for (size_t d = 0; d < job->depth; d++)
            sum += product->numbers[product->in_at[r] + product->segments[s] + d] *
                   product->matrix[(s * job->depth + d) * job->columns + j];
    return sum;
}

static void check_activations(const struct kernels *kernels, struct product *product)
{
    size_t columns = rounded_up(product->job.columns, KERNELS_INT8_MULTIPLE);
    size_t bytes = product->job.rows * columns * kernels->activation_bytes;
    unsigned char *out = guarded(bytes);
    product->job.out = out;
    kernels->multiply_int8(&product->job);
    for (size_t r = 0; r < product->job.rows; r++)
        for (size_t j = 0; j < columns; j++) {
            int expected = j < product->job.columns
                               ? activation_of(sum_at(product, r, j), product->scale[j])
                               : 0;
            assert_int_equal(activation_at(kernels, out, r * columns + j), expected);
        }
    free_guarded(out, bytes);
}

static void check_logits(const struct kernels *kernels, struct product *product)
{
    size_t columns = rounded_up(product->job.columns, KERNELS_INT8_MULTIPLE);
    size_t floats = (product->job.rows - 1) * columns + product->job.columns;
    float *out = array_guarded(floats);
    product->job.out = out;
    kernels->multiply_int8(&product->job);
    for (size_t r = 0; r < product->job.rows; r++)
        for (size_t j = 0; j < product->job.columns; j++) {
            float expected = (float)sum_at(product, r, j) * product->scale[j];
            assert_memory_equal(&out[r * columns + j], &expected, sizeof expected);
        }
    assert_guards(out, floats);
    array_free(out);
}

TEST(multiply_gives_exact_sums)
{
    static const size_t rows[] = {1, 2, 3, 5, 6, 7, 8, 9, 12, 13, MAX_ROWS};
    static const size_t columns[] = {1, 4, 7, 8, 10, 16, 17, 32, 33, 64, 80, 100};
    static const size_t depths[] = {4, 12, 48, 128};
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t r = 0; r < LENGTH(rows); r++)
            for (size_t c = 0; c < LENGTH(columns); c++)
                for (size_t d = 0; d < LENGTH(depths); d++) {
                    const struct multiply_int8 sizes = {.rows = rows[r],
                                                        .columns = columns[c],
                                                        .segment_count = (r + d) % 2 ? 3 : 1,
                                                        .depth = depths[d],
                                                        .logits = (r + c + d) % 3 == 0};
                    struct product *product = make_product(kernels_at(k), &sizes);
                    if (sizes.logits)
                        check_logits(kernels_at(k), product);
                    else
                        check_activations(kernels_at(k), product);
                    free_product(kernels_at(k), product);
                }
}

/* The largest sums of so many terms: 255 * 127 each, of either sign. */
TEST(the_largest_numbers_do_not_overflow)
{
    const size_t depth = 64, columns = 16;
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            const struct kernels *kernels = kernels_at(k);
            int8_t matrix[64 * 16], packed[2 * 64 * 16];
            float white[64], scale[16], out[16];
            unsigned char in[2 * 64];
            int32_t start[16] = {0};
            const uint32_t zero = 0;
            memset(matrix, sign * 127, sizeof matrix);
            for (size_t i = 0; i < depth; i++)
                white[i] = 1.0f;
            for (size_t j = 0; j < columns; j++)
                scale[j] = 1.0f;
            kernels->fill_int8_pixels(in, white, depth);
            kernels->pack_int8(packed, matrix, depth, columns);
            const struct multiply_int8 job = {out,   in, packed,  start, scale, &zero, &zero,
                                              &zero, 1,  columns, 1,     depth, true};
            kernels->multiply_int8(&job);
            for (size_t j = 0; j < columns; j++)
                assert_true(out[j] == (float)(sign * 127 * 255 * (int)depth));
        }
}

TEST(pixels_are_rounded_to_nearest_even)
{
    static const float pixels[] = {0.0f,          1.0f,       0.5f / 255,    0.4999f / 255,
                                   0.5001f / 255, 1.5f / 255, 254.51f / 255, 33.32f / 255};
    static const int expected[] = {0, 255, 0, 0, 1, 2, 255, 33};
    for (size_t k = 0; kernels_at(k) != NULL; k++) {
        const struct kernels *kernels = kernels_at(k);
        for (size_t count = 1; count <= LENGTH(pixels); count++) {
            unsigned char *activations = guarded(count * kernels->activation_bytes);
            kernels->fill_int8_pixels(activations, pixels, count);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(activation_at(kernels, activations, i), expected[i]);
            free_guarded(activations, count * kernels->activation_bytes);
        }
    }
}

/* Every octet is an activation of the same value, from octets and from pixels, at any length and
 * address. */
TEST(octets_are_taken_as_they_are)
{
    uint8_t octets[256];
    float pixels[256];
    for (size_t i = 0; i < 256; i++) {
        octets[i] = (uint8_t)i;
        pixels[i] = (float)octets[i] / 255.0f;
    }
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t first = 0; first < 256; first += 5) {
            const struct kernels *kernels = kernels_at(k);
            size_t count = 256 - first, bytes = count * kernels->activation_bytes;
            unsigned char *from_octets = guarded(bytes), *from_pixels = guarded(bytes);
            kernels->fill_int8_octets(from_octets, octets + first, count);
            kernels->fill_int8_pixels(from_pixels, pixels + first, count);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(activation_at(kernels, from_octets, i), octets[first + i]);
            assert_memory_equal(from_pixels, from_octets, bytes);
            free_guarded(from_octets, bytes);
            free_guarded(from_pixels, bytes);
        }
}

static int window_maximum(const int *numbers, const struct maxpool2d *pool, size_t at)
{
    int best = 0;
    for (size_t ky = 0; ky < pool->kernel_height; ky++)
        for (size_t kx = 0; kx < pool->kernel_width; kx++) {
            int x = numbers[at + (ky * pool->in_width + kx) * pool->channels];
            best = x > best ? x : best;
        }
    return best;
}

TEST(maxpool2d_takes_the_largest_of_each_window)
{
    const size_t images = 2;
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t channels = 4; channels <= 40; channels += 12) {
            const struct kernels *kernels = kernels_at(k);
            const struct maxpool2d pool = {channels, 5, 5, 2, 2, 3, 2, 2, 2};
            size_t count = images * 25 * channels,
                   bytes = images * 4 * channels * kernels->activation_bytes;
            int *numbers = malloc(count * sizeof *numbers);
            assert_non_null(numbers);
            unsigned char *in = make_activations(kernels, numbers, count, channels),
                          *out = guarded(bytes);
            kernels->maxpool2d_int8(out, in, &pool, images);
            for (size_t i = 0; i < images * 4 * channels; i++) {
                size_t pixel = i / channels % 4, image = i / channels / 4;
                size_t at = ((image * 5 + pixel / 2 * 2) * 5 + pixel % 2 * 2) * channels;
                assert_int_equal(activation_at(kernels, out, i),
                                 window_maximum(numbers, &pool, at + i % channels));
            }
            free_guarded(in, count * kernels->activation_bytes);
            free_guarded(out, bytes);
            free(numbers);
        }
}

/* Pictures have one column that no window covers, but that the rows of four taps read. */
#define HEIGHT     9
#define MOST_WIDTH 151

static int c1_expected(const int *numbers, const int8_t *matrix, int32_t start, float scale,
                       size_t channels, size_t k, const struct conv3x3_c1 *job, size_t y, size_t x)
{
    size_t side = job->pool ? 2 : 1;
    int32_t best = INT32_MIN;
    for (size_t i = 0; i < side * side; i++) {
        int32_t sum = start;
        for (size_t tap = 0; tap < 9; tap++)
            sum += numbers[(side * y + i / side + tap / 3) * job->in_row + side * x + i % side +
                           tap % 3] *
                   matrix[tap * channels + k];
        best = sum > best ? sum : best;
    }
    return activation_of(best, scale);
}

static void check_c1(const struct kernels *kernels, size_t channels, size_t width, bool pool)
{
    size_t windows = width - 3, side = pool ? 2 : 1;
    const struct conv3x3_c1 job = {channels,       width, (HEIGHT - 3) / side,
                                   windows / side, true,  pool};
    size_t stored = rounded_up(channels, KERNELS_INT8_MULTIPLE);
    size_t bytes = job.out_height * job.out_width * stored * kernels->activation_bytes;
    int numbers[HEIGHT * MOST_WIDTH];
    int8_t matrix[9 * 48], packed[12 * 48 * 4];
    int32_t start[48] = {0};
    float scale[48] = {0};
    uint64_t seed = channels;
    unsigned char *in = make_activations(kernels, numbers, HEIGHT * width, channels),
                  *out = guarded(bytes);
    for (size_t i = 0; i < 9 * channels; i++)
        matrix[i] = (int8_t)((int)next_number(&seed, 255) - 127);
    for (size_t j = 0; j < channels; j++) {
        start[j] = (int32_t)next_number(&seed, 2001) - 1000;
        scale[j] = 1e-3f * (float)(1 + next_number(&seed, 20));
    }
    kernels->conv3x3_c1_pack_int8(packed, matrix, channels);
    kernels->conv3x3_c1_int8(out, in, packed, start, scale, &job);
    for (size_t i = 0; i < job.out_height * job.out_width * stored; i++) {
        size_t k = i % stored, y = i / stored / job.out_width, x = i / stored % job.out_width;
        int expected =
            k < channels ? c1_expected(numbers, matrix, start[k], scale[k], channels, k, &job, y, x)
                         : 0;
        assert_int_equal(activation_at(kernels, out, i), expected);
    }
    free_guarded(in, HEIGHT * width * kernels->activation_bytes);
    free_guarded(out, bytes);
}

TEST(conv3x3_c1_gives_exact_sums)
{
    static const size_t channels[] = {1, 4, 6, 8, 16, 17, 32, 40};
    static const size_t widths[] = {5, 9, 28, 66, 70, MOST_WIDTH};
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < LENGTH(channels) * LENGTH(widths); i++) {
            size_t count = channels[i % LENGTH(channels)], width = widths[i / LENGTH(channels)];
            check_c1(kernels_at(k), count, width, false);
            check_c1(kernels_at(k), count, width, true);
        }
}

TEST_MAIN(cmocka_unit_test(multiply_gives_exact_sums),
          cmocka_unit_test(the_largest_numbers_do_not_overflow),
          cmocka_unit_test(pixels_are_rounded_to_nearest_even),
          cmocka_unit_test(octets_are_taken_as_they_are),
          cmocka_unit_test(maxpool2d_takes_the_largest_of_each_window),
          cmocka_unit_test(conv3x3_c1_gives_exact_sums))
