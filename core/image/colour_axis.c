#include "core/image/colour_axis.h"

#include <math.h>
#include <string.h>

#define CHANNELS 3
#define LEVEL    257.0 /* of 8 bits, in samples of 16 */

/* What is added to the variances of noise, because of rounding to 8 bits, and of light, so that an axis of little
 * contrast does not win because a picture happens to have nothing else along it. */
#define NOISE_VARIANCE_MIN (0.5 * LEVEL * LEVEL)
#define LIGHT_VARIANCE_MIN (9 * LEVEL * LEVEL)

/* The distances of pairs: these parts of the longer side, along rows and columns. */
struct distances {
    size_t count;
    size_t divisors[3];
    double variance_min;
};

/* A stroke's width, across which noise differs, and a large part of the picture, across which light differs, too. */
static const struct distances near = {3, {64, 32, 16}, NOISE_VARIANCE_MIN};
static const struct distances far = {2, {4, 2}, LIGHT_VARIANCE_MIN};

/* About how many pairs are looked at to find the noise, and to find the ink. */
#define NOISE_PAIRS 8192
#define INK_PAIRS   131072

/* The noise is estimated from this share of the pairs, in the metric of the estimate before it. Of Gaussian noise,
 * these pairs have 1 / TRIMMING of the variance. */
#define KEPT_OF_FIVE 3
#define TRIMMING     2.05
#define ESTIMATES    4

/* Pairs beyond this many standard deviations of the noise have ink; of Gaussian noise, one in two million is. */
#define INK_DISTANCE_SQUARED 36.0
#define INK_PAIRS_MIN        40

/* The least contrast that counts, as in preprocessing, and how many standard deviations of the noise it must be. Of 150
 * blank papers with noise and in uneven light, none had both and enough pairs. */
#define CONTRAST_MIN      (16 * 257 * COLOUR_AXIS_ONE)
#define CONTRAST_TO_NOISE 8

/* Jacobi's rotations converge quadratically; three channels need about four sweeps. */
#define SWEEPS 8

struct matrix {
    double at[CHANNELS][CHANNELS]; /* symmetric, or lower triangular */
};

/* Sums of products of differences; at most 2^20 pairs of 16 bits fit. */
struct scatter {
    int64_t at[CHANNELS][CHANNELS]; /* lower triangle */
    size_t count;
};

/* A lattice of pairs: pixels `step_px` apart along both axes, each with the one `right_px` and `down_px` away. */
struct pairs {
    const struct colour_planes *planes;
    size_t step_px;
    size_t right_px;
    size_t down_px;
};

static void find_difference(int32_t difference[CHANNELS], const struct pairs *pairs, size_t x,
                            size_t y)
{
    const size_t width = pairs->planes->width_px;
    const size_t here = y * width + x;
    const size_t there = here + pairs->down_px * width + pairs->right_px;

    for (size_t c = 0; c < CHANNELS; c++)
        difference[c] = pairs->planes->channels[c][there] - pairs->planes->channels[c][here];
}

/* The square of the difference's length in the metric of `inverse`. */
static double measure(const struct matrix *inverse, const int32_t difference[CHANNELS])
{
    const double a = difference[0];
    const double b = difference[1];
    const double c = difference[2];

    return a * (inverse->at[0][0] * a + 2 * inverse->at[0][1] * b) +
           b * (inverse->at[1][1] * b + 2 * inverse->at[1][2] * c) +
           c * (inverse->at[2][2] * c + 2 * inverse->at[2][0] * a);
}

static void add_to_scatter(struct scatter *scatter, const int32_t difference[CHANNELS])
{
    for (size_t i = 0; i < CHANNELS; i++)
        for (size_t j = 0; j <= i; j++)
            scatter->at[i][j] += (int64_t)difference[i] * difference[j];
    scatter->count++;
}

/* The bin of a length: its exponent and the upper four bits of its fraction as a float. Bins are in order. */
static size_t bin_of(double length)
{
    const float rounded = (float)length;
    uint32_t bits;

    memcpy(&bits, &rounded, sizeof bits);
    return (bits >> 19) % COLOUR_AXIS_BINS;
}

/* Sums of powers of what differences are along an axis. */
struct powers {
    int32_t weights[CHANNELS];
    double squares;
    double fourths;
};

static void add_to_powers(struct powers *powers, const int32_t difference[CHANNELS])
{
    int64_t along = 0;

    for (size_t c = 0; c < CHANNELS; c++)
        along += (int64_t)powers->weights[c] * difference[c];

    const double square = (double)along * (double)along;

    powers->squares += square;
    powers->fourths += square * square;
}

/* What is done with pairs: their lengths are counted; or those that are neither too short nor too long are added to
 * sums. */
struct visitor {
    const struct matrix *inverse;
    uint32_t *bins; /* NULL: not counted */
    double shortest;
    size_t last_bin;
    struct scatter *scatter; /* as the powers, may be NULL */
    struct powers *powers;
};

static void visit_pair(const struct visitor *visitor, const int32_t difference[CHANNELS])
{
    const double length = measure(visitor->inverse, difference);
    const size_t bin = bin_of(length);

    if (visitor->bins != NULL)
        visitor->bins[bin]++;
    if (length < visitor->shortest || bin > visitor->last_bin)
        return;
    if (visitor->scatter != NULL)
        add_to_scatter(visitor->scatter, difference);
    if (visitor->powers != NULL)
        add_to_powers(visitor->powers, difference);
}

static void visit_lattice(const struct visitor *visitor, const struct pairs *pairs)
{
    const size_t width = pairs->planes->width_px;
    const size_t height = pairs->planes->height_px;
    int32_t difference[CHANNELS];

    for (size_t y = 0; y + pairs->down_px < height; y += pairs->step_px)
        for (size_t x = 0; x + pairs->right_px < width; x += pairs->step_px) {
            find_difference(difference, pairs, x, y);
            visit_pair(visitor, difference);
        }
}

/* Visits about `count` pairs of all distances and both directions. */
static void visit_pairs(const struct visitor *visitor, const struct colour_planes *planes,
                        const struct distances *distances, size_t count)
{
    const size_t side = planes->width_px > planes->height_px ? planes->width_px : planes->height_px;
    const size_t all = planes->width_px * planes->height_px * 2 * distances->count;
    size_t step = 1;

    while (step * step * count < all)
        step++;
    for (size_t i = 0; i < distances->count; i++) {
        const size_t distance = 1 + side / distances->divisors[i];

        visit_lattice(visitor, &(struct pairs){planes, step, distance, 0});
        visit_lattice(visitor, &(struct pairs){planes, step, 0, distance});
    }
}

/* The mean of products times `factor`, and `variance` for each channel. */
static struct matrix covariance_of(const struct scatter *scatter, double factor, double variance)
{
    struct matrix out;
    const double count = scatter->count > 0 ? (double)scatter->count : 1;

    for (size_t i = 0; i < CHANNELS; i++)
        for (size_t j = 0; j <= i; j++) {
            out.at[i][j] = factor * (double)scatter->at[i][j] / count;
            out.at[j][i] = out.at[i][j];
        }
    for (size_t i = 0; i < CHANNELS; i++)
        out.at[i][i] += variance;
    return out;
}

/* The lower triangular factor of a positive definite matrix (Cholesky). */
static struct matrix factor_of(const struct matrix *matrix)
{
    struct matrix out = {{{0}}};

    for (size_t i = 0; i < CHANNELS; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix->at[i][j];

            for (size_t k = 0; k < j; k++)
                sum -= out.at[i][k] * out.at[j][k];
            out.at[i][j] = i == j ? sqrt(sum) : sum / out.at[j][j];
        }
    return out;
}

/* The inverse of a lower triangular matrix, which is one, too. */
static struct matrix invert_factor(const struct matrix *factor)
{
    struct matrix out = {{{0}}};

    for (size_t j = 0; j < CHANNELS; j++) {
        out.at[j][j] = 1 / factor->at[j][j];
        for (size_t i = j + 1; i < CHANNELS; i++) {
            double sum = 0;

            for (size_t k = j; k < i; k++)
                sum -= factor->at[i][k] * out.at[k][j];
            out.at[i][j] = sum / factor->at[i][i];
        }
    }
    return out;
}

/* left * right, or left transposed * right, or left * right transposed. */
static struct matrix multiply(const struct matrix *left, bool left_transposed,
                              const struct matrix *right, bool right_transposed)
{
    struct matrix out = {{{0}}};

    for (size_t i = 0; i < CHANNELS; i++)
        for (size_t j = 0; j < CHANNELS; j++)
            for (size_t k = 0; k < CHANNELS; k++)
                out.at[i][j] += (left_transposed ? left->at[k][i] : left->at[i][k]) *
                                (right_transposed ? right->at[j][k] : right->at[k][j]);
    return out;
}

static struct matrix invert(const struct matrix *covariance)
{
    const struct matrix factor = factor_of(covariance);
    const struct matrix inverse = invert_factor(&factor);

    return multiply(&inverse, true, &inverse, false);
}

/* Rotates axes p and q so that matrix[p][q] becomes 0 (Jacobi); `vectors` has the axes as columns. */
static void rotate(struct matrix *matrix, struct matrix *vectors, size_t p, size_t q)
{
    if (matrix->at[p][q] == 0)
        return;

    const double slope = (matrix->at[q][q] - matrix->at[p][p]) / (2 * matrix->at[p][q]);
    const double root = sqrt(slope * slope + 1);
    const double tangent = slope >= 0 ? 1 / (slope + root) : 1 / (slope - root);
    const double cosine = 1 / sqrt(tangent * tangent + 1);
    const double sine = tangent * cosine;
    struct matrix rotation = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

    rotation.at[p][p] = cosine;
    rotation.at[q][q] = cosine;
    rotation.at[p][q] = sine;
    rotation.at[q][p] = -sine;

    const struct matrix half = multiply(&rotation, true, matrix, false);

    *matrix = multiply(&half, false, &rotation, false);
    matrix->at[p][q] = 0;
    matrix->at[q][p] = 0;
    *vectors = multiply(vectors, false, &rotation, false);
}

/* The eigenvector of the largest eigenvalue of a symmetric matrix. */
static void find_largest(double out[CHANNELS], struct matrix matrix)
{
    struct matrix vectors = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    size_t largest = 0;

    for (size_t sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t p = 0; p < CHANNELS; p++)
            for (size_t q = p + 1; q < CHANNELS; q++)
                rotate(&matrix, &vectors, p, q);
    for (size_t i = 1; i < CHANNELS; i++)
        if (matrix.at[i][i] > matrix.at[largest][largest])
            largest = i;
    for (size_t i = 0; i < CHANNELS; i++)
        out[i] = vectors.at[i][largest];
}

/* The last bin of the shortest KEPT_OF_FIVE fifths of the pairs. */
static size_t find_last_bin(const uint32_t bins[COLOUR_AXIS_BINS])
{
    uint64_t total = 0;
    uint64_t below = 0;
    size_t bin = 0;

    for (size_t i = 0; i < COLOUR_AXIS_BINS; i++)
        total += bins[i];
    for (; bin < COLOUR_AXIS_BINS; bin++) {
        below += bins[bin];
        if (5 * below >= KEPT_OF_FIVE * total)
            break;
    }
    return bin;
}

static struct matrix estimate_noise(const struct colour_planes *planes,
                                    const struct distances *distances,
                                    struct colour_axis_scratch *scratch)
{
    struct matrix covariance =
        covariance_of(&(struct scatter){.count = 1}, 0, distances->variance_min);

    for (size_t i = 0; i < ESTIMATES; i++) {
        const struct matrix inverse = invert(&covariance);
        struct scatter scatter = {.count = 0};
        const struct visitor counter = {.inverse = &inverse, .bins = scratch->bins};

        memset(scratch->bins, 0, sizeof scratch->bins);
        visit_pairs(&counter, planes, distances, NOISE_PAIRS);

        const struct visitor adder = {
            .inverse = &inverse, .scatter = &scatter, .last_bin = find_last_bin(scratch->bins)};

        visit_pairs(&adder, planes, distances, NOISE_PAIRS);
        covariance = covariance_of(&scatter, TRIMMING, distances->variance_min);
    }
    return covariance;
}

/* The variance along an axis. */
static double variance_along(const struct matrix *covariance, const double axis[CHANNELS])
{
    double sum = 0;

    for (size_t i = 0; i < CHANNELS; i++)
        for (size_t j = 0; j < CHANNELS; j++)
            sum += axis[i] * covariance->at[i][j] * axis[j];
    return sum;
}

/* The unit vector of the largest ratio of the ink's differences to the noise. */
static void find_axis(double axis[CHANNELS], const struct matrix *ink, const struct matrix *noise)
{
    const struct matrix factor = factor_of(noise);
    const struct matrix inverse = invert_factor(&factor);
    const struct matrix half = multiply(&inverse, false, ink, false);
    double whitened[CHANNELS];
    double square = 0;

    find_largest(whitened, multiply(&half, false, &inverse, true));
    for (size_t i = 0; i < CHANNELS; i++) {
        axis[i] = 0;
        for (size_t k = 0; k < CHANNELS; k++)
            axis[i] += inverse.at[k][i] * whitened[k];
        square += axis[i] * axis[i];
    }
    for (size_t i = 0; i < CHANNELS; i++)
        axis[i] /= sqrt(square);
}

bool colour_axis_find(struct colour_axis *out, const struct colour_planes *planes,
                      struct colour_axis_scratch *scratch)
{
    const struct matrix noise = estimate_noise(planes, &near, scratch);
    const struct matrix light = estimate_noise(planes, &far, scratch);
    const struct matrix inverse = invert(&noise);
    struct scatter scatter = {.count = 0};
    struct powers powers = {.squares = 0};
    struct visitor visitor = {.inverse = &inverse,
                              .shortest = INK_DISTANCE_SQUARED,
                              .last_bin = COLOUR_AXIS_BINS,
                              .scatter = &scatter};
    double axis[CHANNELS];

    visit_pairs(&visitor, planes, &near, INK_PAIRS);
    if (scatter.count < INK_PAIRS_MIN)
        return false;

    const struct matrix ink = covariance_of(&scatter, 1, 0);

    find_axis(axis, &ink, &light);
    for (size_t c = 0; c < CHANNELS; c++)
        powers.weights[c] = (int32_t)lround(axis[c] * COLOUR_AXIS_ONE);
    visitor.scatter = NULL;
    visitor.powers = &powers;
    visit_pairs(&visitor, planes, &near, INK_PAIRS);
    if (powers.squares == 0)
        return false;
    memcpy(out->weights, powers.weights, sizeof out->weights);
    /* Pairs that are partly in the ink count little in this mean. */
    out->contrast = llround(sqrt(powers.fourths / powers.squares));
    /* A difference of two pixels has twice the variance of one. */
    out->noise = sqrt(variance_along(&noise, axis) / 2) * COLOUR_AXIS_ONE;
    return out->contrast >= CONTRAST_MIN && (double)out->contrast >= CONTRAST_TO_NOISE * out->noise;
}
