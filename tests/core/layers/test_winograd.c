#include "core/layers/winograd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/arrays.h"
#include "tests/support/convolution_case.h"
#include "tests/test.h"

#define IMAGES 5 /* more than a group of small pictures, and not a multiple of a group */

/* Every shape of tiles: even and odd outputs, padding, many rows of tiles, channels of any number. */
static const struct conv2d sizes[] = {
    {16, 14, 14, 32, 12, 12, 3, 3, 1, 1, 0, 0}, {32, 12, 12, 32, 10, 10, 3, 3, 1, 1, 0, 0},
    {32, 5, 5, 64, 5, 5, 3, 3, 1, 1, 1, 1},     {32, 13, 13, 64, 11, 11, 3, 3, 1, 1, 0, 0},
    {3, 6, 9, 5, 4, 7, 3, 3, 1, 1, 0, 0},       {17, 4, 4, 33, 2, 2, 3, 3, 1, 1, 0, 0},
    {20, 28, 28, 7, 28, 28, 3, 3, 1, 1, 1, 1},  {1, 3, 4, 1, 3, 6, 3, 3, 1, 1, 1, 2},
    {48, 3, 3, 80, 1, 1, 3, 3, 1, 1, 0, 0},     {64, 5, 5, 20, 3, 3, 3, 3, 1, 1, 0, 0},
    {6, 11, 12, 9, 9, 10, 3, 3, 1, 1, 0, 0},    {9, 8, 16, 10, 6, 14, 3, 3, 1, 1, 0, 0},
};

#define SIZES (sizeof sizes / sizeof *sizes)

/* A layer with its weights and scratch memory. */
struct fixture {
    struct winograd_layer layer;
    const struct kernels *kernels;
    float *packed, *scratch;
};

static struct fixture make_fixture(const struct convolution_case *test,
                                   const struct kernels *kernels)
{
    struct fixture fixture = {.kernels = kernels};
    winograd_layer_init(&fixture.layer, &test->sizes, test->relu, test->pool, kernels->winograd);
    fixture.layer.job.bias = test->bias;
    fixture.packed = array_guarded(winograd_layer_packed_bytes(&fixture.layer) / sizeof(float));
    fixture.scratch = array_guarded(winograd_layer_scratch_bytes(&fixture.layer) / sizeof(float));
    kernels->winograd_pack(fixture.packed, test->weight, test->sizes.in_channels,
                           test->sizes.out_channels);
    return fixture;
}

static void free_fixture(struct fixture *fixture)
{
    assert_guards(fixture->packed, winograd_layer_packed_bytes(&fixture->layer) / sizeof(float));
    assert_guards(fixture->scratch, winograd_layer_scratch_bytes(&fixture->layer) / sizeof(float));
    array_free(fixture->packed);
    array_free(fixture->scratch);
}

static void forward(float *out, const float *in, size_t images, const struct fixture *fixture)
{
    winograd_layer_forward(out, in, images, fixture->packed, &fixture->layer, fixture->scratch);
}

/* Magnitudes of the three transforms' matrices, as in Lavin and Gray. */
static const double spread_of[4][4] = {{1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 1, 0}, {0, 1, 0, 1}};
static const double taps_of[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0, 0, 1}};
static const double gather_of[2][4] = {{1, 1, 1, 0}, {0, 1, 1, 1}};

/* An upper limit of position (py, px) of the product of a channel, from magnitudes. */
static double product_magnitude(const struct convolution_case *test, size_t image, size_t y,
                                size_t x, size_t c, size_t k, size_t position)
{
    size_t py = position / 4, px = position % 4;
    const float *taps = test->weight + (k * test->sizes.in_channels + c) * 9;
    double in = 0.0, weight = 0.0;
    for (size_t i = 0; i < 16; i++)
        in += spread_of[py][i / 4] * spread_of[px][i % 4] *
              fabs(convolution_case_in(test, image, y + i / 4, x + i % 4, c));
    for (size_t i = 0; i < 9; i++)
        weight += taps_of[py][i / 3] * taps_of[px][i % 3] * fabs((double)taps[i]);
    return in * weight;
}

/*
 * The largest difference of element (y, x, k) from plain sums: its terms are rounded 2 times in
 * spread, 4 times in the transform of the weights, at most channels + 1 times in the sum of
 * products and 5 times in gather, each relative to the magnitudes of all terms.
 */
static double bound_at(const struct convolution_case *test, size_t image, size_t y, size_t x,
                       size_t k)
{
    size_t channels = test->sizes.in_channels;
    double magnitude = fabs((double)test->bias[k]);
    for (size_t position = 0; position < 16; position++)
        for (size_t c = 0; c < channels; c++)
            magnitude += gather_of[y % 2][position / 4] * gather_of[x % 2][position % 4] *
                         product_magnitude(test, image, y / 2 * 2, x / 2 * 2, c, k, position);
    return (double)(channels + 12) * ROUNDING * magnitude;
}

static double bound_of(const struct convolution_case *test, size_t image, size_t y, size_t x,
                       size_t k)
{
    double bound = 0.0;
    for (size_t i = 0; test->pool && i < 4; i++)
        bound = fmax(bound, bound_at(test, image, 2 * y + i / 2, 2 * x + i % 2, k));
    return test->pool ? bound : bound_at(test, image, y, x, k);
}

/* The expected value of every seventh element, at other places in each image: the bound is
 * expensive. */
struct answers {
    double *expected, *bound; /* [images][elements]; the others are not set */
};

static struct answers make_answers(const struct convolution_case *test)
{
    size_t elements = convolution_case_out_elements(test), channels = test->sizes.out_channels;
    struct answers answers = {calloc(test->images * elements, sizeof(double)),
                              calloc(test->images * elements, sizeof(double))};
    assert_true(answers.expected != NULL && answers.bound != NULL);
    for (size_t image = 0; image < test->images; image++)
        for (size_t i = image % 7; i < elements; i += 7) {
            size_t k = i % channels, x = i / channels % convolution_case_width(test);
            size_t y = i / channels / convolution_case_width(test), at = image * elements + i;
            double magnitude;
            answers.expected[at] = convolution_case_expected(&magnitude, test, image, y, x, k);
            answers.bound[at] = bound_of(test, image, y, x, k);
        }
    return answers;
}

static void assert_out(const float *out, const struct answers *answers, size_t images,
                       size_t elements)
{
    for (size_t image = 0; image < images; image++)
        for (size_t i = image % 7; i < elements; i += 7) {
            size_t at = image * elements + i;
            assert_within((double)out[at], answers->expected[at], answers->bound[at], "element", i);
        }
}

static void check_kernels(const struct convolution_case *test, const struct answers *answers,
                          const struct kernels *kernels)
{
    size_t elements = convolution_case_out_elements(test), count = IMAGES * elements;
    struct fixture fixture = make_fixture(test, kernels);
    assert_int_equal(fixture.layer.out_elements, elements);
    float *out = array_guarded(count), *alone = array_guarded(elements);
    forward(out, test->in, IMAGES, &fixture);
    assert_out(out, answers, IMAGES, elements);
    assert_guards(out, count);
    for (size_t i = 0; i < IMAGES; i++) {
        forward(alone, test->in + i * conv2d_in_elements(&test->sizes), 1, &fixture);
        assert_memory_equal(alone, out + i * elements, elements * sizeof *alone);
    }
    assert_guards(alone, elements);
    array_free(out);
    array_free(alone);
    free_fixture(&fixture);
}

static void check(const struct conv2d *conv, bool relu, bool pool)
{
    struct convolution_case test = convolution_case_make(conv, IMAGES, relu, pool);
    struct answers answers = make_answers(&test);
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        check_kernels(&test, &answers, kernels_at(k));
    free(answers.expected);
    free(answers.bound);
    convolution_case_free(&test);
}

TEST(gives_plain_sums_and_each_image_the_same_bits_alone)
{
    for (size_t i = 0; i < SIZES; i++)
        for (size_t with = 0; with < 4; with++)
            if (with < 2 || (sizes[i].out_height > 1 && sizes[i].out_width > 1))
                check(&sizes[i], with % 2, with / 2);
}

TEST(nan_passes_relu_and_pooling)
{
    const struct conv2d conv = {5, 4, 4, 3, 2, 2, 3, 3, 1, 1, 0, 0};
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t at = 0; at < conv2d_in_elements(&conv); at++) {
            struct convolution_case test = convolution_case_make(&conv, 1, true, true);
            struct fixture fixture = make_fixture(&test, kernels_at(k));
            float out[3];
            test.in[at] = NAN;
            forward(out, test.in, 1, &fixture);
            for (size_t c = 0; c < 3; c++)
                assert_true(isnan(out[c]));
            free_fixture(&fixture);
            convolution_case_free(&test);
        }
}

TEST(fits_where_it_saves_products)
{
    static const struct {
        struct conv2d conv;
        bool pool, fits;
    } cases[] = {
        {{16, 14, 14, 32, 12, 12, 3, 3, 1, 1, 0, 0}, false, true},
        {{32, 13, 13, 64, 11, 11, 3, 3, 1, 1, 0, 0}, true, true},
        {{32, 5, 5, 64, 5, 5, 3, 3, 1, 1, 1, 1}, false, true},
        {{64, 5, 5, 64, 3, 3, 3, 3, 1, 1, 0, 0}, false, false},    /* four tiles for nine outputs */
        {{1, 28, 28, 16, 26, 26, 3, 3, 1, 1, 0, 0}, false, false}, /* fifteen channels of zeros */
        {{64, 3, 3, 64, 1, 1, 3, 3, 1, 1, 0, 0}, true, false},     /* pooling leaves no output */
        {{16, 14, 14, 32, 6, 6, 3, 3, 2, 2, 0, 0}, false, false},
        {{16, 14, 14, 32, 10, 10, 5, 5, 1, 1, 0, 0}, false, false},
    };
    const struct winograd_tiling *tiling = kernels_select()->winograd;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(winograd_layer_products(&cases[i].conv, cases[i].pool, tiling) > 0,
                         cases[i].fits);
}

/* The first kernels with int8 tilings, which not all have; NULL if none of those that run here have. */
static const struct kernels *kernels_with_tilings(void)
{
    size_t k = 0;
    while (kernels_at(k) != NULL && kernels_at(k)->winograd_int8 == NULL)
        k++;
    return kernels_at(k);
}

TEST(int8_tilings_take_fewer_products)
{
    static const struct {
        struct conv2d conv;
        bool pool;
        size_t positions[KERNELS_WINOGRAD_TILINGS];
    } cases[] = {
        {{16, 14, 14, 16, 12, 12, 3, 3, 1, 1, 0, 0}, false, {36 * 16, 16 * 25, 9 * 36, 9 * 36}},
        {{16, 12, 12, 16, 10, 10, 3, 3, 1, 1, 0, 0}, true, {25 * 16, 0, 9 * 36, 16 * 16}},
        {{16, 13, 13, 16, 11, 11, 3, 3, 1, 1, 0, 0}, true, {25 * 16, 0, 9 * 36, 16 * 16}},
        {{16, 5, 5, 16, 5, 5, 3, 3, 1, 1, 1, 1}, false, {9 * 16, 4 * 25, 4 * 36, 10 * 10}},
        {{16, 5, 5, 16, 3, 3, 3, 3, 1, 1, 0, 0}, false, {0, 25, 0, 0}},
    };
    const struct kernels *kernels = kernels_with_tilings();
    if (kernels == NULL)
        skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t t = 0; t < KERNELS_WINOGRAD_TILINGS; t++)
            assert_int_equal(
                winograd_layer_products(&cases[i].conv, cases[i].pool, &kernels->winograd_int8[t]),
                16 * 16 * cases[i].positions[t]);
}

/* An int8 layer whose numbers are at the ends of their ranges as often as between them. */
struct int8_fixture {
    struct winograd_layer layer;
    struct conv2d sizes; /* channels rounded up to KERNELS_INT8_MULTIPLE */
    size_t out_channels; /* not rounded */
    bool pool;
    int8_t *matrix;
    int16_t *in;
    int32_t start[96];
    float scale[96];
    float *packed, *scratch;
};

/* From 0 to `most`: a linear congruential generator (Knuth). */
static int next_number(uint64_t *state, int most)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    int value = (int)((*state >> 33) % ((uint64_t)most + 1));
    return *state >> 63 ? value : value % 2 * most;
}

static size_t rounded_up(size_t count)
{
    return (count + KERNELS_INT8_MULTIPLE - 1) / KERNELS_INT8_MULTIPLE * KERNELS_INT8_MULTIPLE;
}

/* Number of floats that contain as many bytes. */
static size_t floats_of(size_t bytes)
{
    return (bytes + sizeof(float) - 1) / sizeof(float);
}

static void fill_int8_fixture(struct int8_fixture *fixture)
{
    size_t channels = fixture->sizes.in_channels, count = 9 * channels * fixture->out_channels;
    size_t elements = IMAGES * conv2d_in_elements(&fixture->sizes);
    uint64_t state = count;
    fixture->matrix = malloc(count);
    fixture->in = malloc(elements * sizeof *fixture->in);
    assert_true(fixture->matrix != NULL && fixture->in != NULL);
    for (size_t i = 0; i < count; i++)
        fixture->matrix[i] = (int8_t)(next_number(&state, 254) - 127);
    for (size_t i = 0; i < elements; i++)
        fixture->in[i] = (int16_t)next_number(&state, 255);
    for (size_t k = 0; k < fixture->out_channels; k++) {
        fixture->start[k] = next_number(&state, 200000) - 100000;
        fixture->scale[k] = 1e-5f * (float)(1 + next_number(&state, 100));
    }
}

static struct int8_fixture *make_int8_fixture(const struct conv2d *conv, bool pool,
                                              const struct winograd_tiling *tiling,
                                              const struct kernels *kernels)
{
    struct int8_fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->sizes = *conv;
    fixture->sizes.in_channels = rounded_up(conv->in_channels);
    fixture->sizes.out_channels = rounded_up(conv->out_channels);
    fixture->out_channels = conv->out_channels;
    fixture->pool = pool;
    fill_int8_fixture(fixture);
    winograd_layer_init(&fixture->layer, &fixture->sizes, true, pool, tiling);
    fixture->layer.job.start = fixture->start;
    fixture->layer.job.scale = fixture->scale;
    fixture->packed = array_guarded(floats_of(winograd_layer_packed_bytes(&fixture->layer)));
    fixture->scratch = array_guarded(floats_of(winograd_layer_scratch_bytes(&fixture->layer)));
    winograd_layer_pack_int8(fixture->packed, fixture->matrix, fixture->out_channels,
                             &fixture->layer, kernels);
    return fixture;
}

static void free_int8_fixture(struct int8_fixture *fixture)
{
    assert_guards(fixture->packed, floats_of(winograd_layer_packed_bytes(&fixture->layer)));
    assert_guards(fixture->scratch, floats_of(winograd_layer_scratch_bytes(&fixture->layer)));
    array_free(fixture->packed);
    array_free(fixture->scratch);
    free(fixture->matrix);
    free(fixture->in);
    free(fixture);
}

/* The sum of output (y, x, k), not pooled. */
static int32_t int8_sum(const struct int8_fixture *fixture, size_t image, size_t y, size_t x,
                        size_t k)
{
    const struct conv2d *conv = &fixture->sizes;
    const int16_t *in = fixture->in + image * conv2d_in_elements(conv);
    int32_t sum = fixture->start[k];
    for (size_t tap = 0; tap < 9; tap++) {
        size_t row = y + tap / 3 - conv->padding_height, column = x + tap % 3 - conv->padding_width;
        for (size_t c = 0; c < conv->in_channels; c++)
            if (row < conv->in_height && column < conv->in_width)
                sum += in[(row * conv->in_width + column) * conv->in_channels + c] *
                       fixture->matrix[(tap * conv->in_channels + c) * fixture->out_channels + k];
    }
    return sum;
}

static int int8_expected(const struct int8_fixture *fixture, size_t image, size_t y, size_t x,
                         size_t k)
{
    if (k >= fixture->out_channels)
        return 0;
    size_t side = fixture->pool ? 2 : 1;
    int32_t best = INT32_MIN;
    for (size_t i = 0; i < side * side; i++) {
        int32_t sum = int8_sum(fixture, image, side * y + i / side, side * x + i % side, k);
        best = sum > best ? sum : best;
    }
    float value = fmaxf((float)best * fixture->scale[k], 0.0f);
    return (int)nearbyintf(fminf(value, 255.0f));
}

/* Also with an output that begins in the middle of a float. */
static void check_int8_fixture(const struct int8_fixture *fixture)
{
    size_t side = fixture->pool ? 2 : 1, channels = fixture->sizes.out_channels;
    size_t elements = fixture->layer.out_elements, wide = fixture->sizes.out_width / side;
    size_t floats = floats_of((1 + IMAGES * elements) * sizeof(int16_t));
    assert_int_equal(elements, fixture->sizes.out_height / side * wide * channels);
    float *room = array_guarded(floats);
    int16_t *out = (int16_t *)room + 1;
    winograd_layer_forward(out, fixture->in, IMAGES, fixture->packed, &fixture->layer,
                           fixture->scratch);
    for (size_t image = 0; image < IMAGES; image++)
        for (size_t i = image % 5; i < elements; i += 5) {
            size_t y = i / channels / wide, x = i / channels % wide;
            assert_int_equal(out[image * elements + i],
                             int8_expected(fixture, image, y, x, i % channels));
        }
    assert_guards(room, floats);
    array_free(room);
}

TEST(int8_results_are_the_same_by_all_tiles)
{
    for (size_t k = 0; kernels_at(k) != NULL; k++)
        for (size_t i = 0; i < KERNELS_WINOGRAD_TILINGS * SIZES * 2; i++) {
            const struct conv2d *conv = &sizes[i / 2 % SIZES];
            if (kernels_at(k)->winograd_int8 == NULL)
                continue;
            const struct winograd_tiling *tiling = &kernels_at(k)->winograd_int8[i / 2 / SIZES];
            size_t side = tiling->side;
            bool pool = i % 2 != 0;
            if (conv->out_height < side || conv->out_width < side || (pool && side % 2 != 0))
                continue;
            struct int8_fixture *fixture = make_int8_fixture(conv, pool, tiling, kernels_at(k));
            check_int8_fixture(fixture);
            free_int8_fixture(fixture);
        }
}

/* All activations and weights as large as possible, with as many channels as a tiling's sums allow. */
TEST(the_largest_sums_come_out_right)
{
    const struct kernels *kernels = kernels_with_tilings();
    for (size_t i = 0; kernels != NULL && i < 2 * KERNELS_WINOGRAD_TILINGS; i++) {
        const struct winograd_tiling *tiling = &kernels->winograd_int8[i / 2];
        size_t channels = (size_t)tiling->most_sum / (9 * 255 * 127) / KERNELS_INT8_MULTIPLE *
                          KERNELS_INT8_MULTIPLE;
        const struct conv2d conv = {channels, 8, 8, 1, 6, 6, 3, 3, 1, 1, 0, 0};
        struct int8_fixture *fixture = make_int8_fixture(&conv, false, tiling, kernels);
        int sign = i % 2 == 0 ? 1 : -1, largest = 9 * 255 * 127 * (int)channels;
        memset(fixture->matrix, sign * 127, 9 * channels);
        for (size_t c = 0; c < IMAGES * conv2d_in_elements(&conv); c++)
            fixture->in[c] = 255;
        fixture->start[0] = -sign * largest + 200;
        fixture->scale[0] = 1.0f;
        winograd_layer_pack_int8(fixture->packed, fixture->matrix, 1, &fixture->layer, kernels);
        check_int8_fixture(fixture);
        free_int8_fixture(fixture);
    }
}

TEST_MAIN(cmocka_unit_test(gives_plain_sums_and_each_image_the_same_bits_alone),
          cmocka_unit_test(nan_passes_relu_and_pooling),
          cmocka_unit_test(fits_where_it_saves_products),
          cmocka_unit_test(int8_tilings_take_fewer_products),
          cmocka_unit_test(int8_results_are_the_same_by_all_tiles),
          cmocka_unit_test(the_largest_sums_come_out_right))
