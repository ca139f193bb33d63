#include <digit/image.h>

#include <string.h>

/*
 * MNIST's own geometry, as Yadav & Bottou reconstructed it ("Cold Case: The Lost MNIST Digits",
 * NeurIPS 2019): the ink's square box, resampled by area to 20x20, its peak at 255, pasted into
 * 28x28 so that the centre of mass comes just right of and below the middle. Every sum is in
 * integers, so each machine gets the same 784 bytes.
 *
 * What depends on a pixel's luma alone (polarity, ground, noise floor) is a table of 256 entries;
 * the picture itself is never copied.
 */

#define LEVELS      256
#define BOX_SIDE_PX 20
#define BOX_PIXELS  (BOX_SIDE_PX * BOX_SIDE_PX)
#define OFFSET_MAX  (DIGIT_SIDE_PX - BOX_SIDE_PX)
/* Less contrast than this between ground and ink is the grain of a sensor, not a stroke. */
#define CONTRAST_MIN 16

/* Otsu's threshold over this is where ink begins: less is noise, the rest keeps its softness. */
#define NOISE_DIVISOR 4

_Static_assert(DIGIT_PIXELS == DIGIT_SIDE_PX * DIGIT_SIDE_PX, "the picture is square");

struct histogram {
    uint64_t counts[LEVELS];
};

/* Luma to ink: 0 is ground. */
struct curve {
    uint8_t ink[LEVELS];
};

/* A square crop; it may reach beyond the picture, where there is ground. */
struct square {
    int64_t left;
    int64_t top;
    int64_t side_px;
};

static struct histogram count_levels(const struct digit_image *image)
{
    struct histogram histogram = {{0}};
    const size_t count = image->width_px * image->height_px;

    for (size_t i = 0; i < count; i++)
        histogram.counts[image->luma[i]]++;
    return histogram;
}

static struct histogram count_border(const struct digit_image *image)
{
    struct histogram histogram = {{0}};
    const size_t width = image->width_px;
    const size_t height = image->height_px;

    for (size_t x = 0; x < width; x++) {
        histogram.counts[image->luma[x]]++;
        histogram.counts[image->luma[(height - 1) * width + x]]++;
    }
    for (size_t y = 0; y < height; y++) {
        histogram.counts[image->luma[y * width]]++;
        histogram.counts[image->luma[y * width + width - 1]]++;
    }
    return histogram;
}

static struct histogram through_curve(const struct histogram *histogram, const struct curve *curve)
{
    struct histogram inked = {{0}};

    for (int level = 0; level < LEVELS; level++)
        inked.counts[curve->ink[level]] += histogram->counts[level];
    return inked;
}

static int median(const struct histogram *histogram)
{
    uint64_t total = 0;
    uint64_t below = 0;
    int level = 0;

    for (int i = 0; i < LEVELS; i++)
        total += histogram->counts[i];
    while (2 * (below + histogram->counts[level]) < total)
        below += histogram->counts[level++];
    return level;
}

static int highest_level(const struct histogram *histogram)
{
    int level = LEVELS - 1;

    while (level > 0 && histogram->counts[level] == 0)
        level--;
    return level;
}

/*
 * Otsu's threshold (1979): the level that parts the histogram into two classes whose means lie
 * furthest apart, weighted by their sizes. Of equally good levels, the middle; of one level alone,
 * LEVELS / 2.
 */
static int otsu_threshold(const struct histogram *histogram)
{
    double total = 0, weighted = 0, below = 0, weighted_below = 0, best = 0;
    int first = LEVELS / 2;
    int last = LEVELS / 2;

    for (int i = 0; i < LEVELS; i++) {
        total += (double)histogram->counts[i];
        weighted += (double)histogram->counts[i] * i;
    }
    for (int i = 0; i < LEVELS; i++) {
        below += (double)histogram->counts[i];
        weighted_below += (double)histogram->counts[i] * i;
        if (below == 0 || below == total)
            continue;

        const double apart = weighted_below / below - (weighted - weighted_below) / (total - below);
        const double variance = below * (total - below) * apart * apart;

        if (variance > best)
            first = i;
        if (variance >= best)
            last = i;
        best = variance > best ? variance : best;
    }
    return (first + last) / 2;
}

/* Ink is what lies on the far side of the ground; the near side and the ground itself become 0. */
static struct curve curve_from_ground(int ground, bool inverted)
{
    struct curve curve;

    for (int level = 0; level < LEVELS; level++) {
        const int ink = inverted ? ground - level : level - ground;

        curve.ink[level] = (uint8_t)(ink > 0 ? ink : 0);
    }
    return curve;
}

static void cut_below(struct curve *curve, int floor)
{
    for (int level = 0; level < LEVELS; level++)
        if (curve->ink[level] <= floor)
            curve->ink[level] = 0;
}

/* The smallest rectangle around the ink, its shorter side extended evenly to make it square. */
static struct square find_square(const struct digit_image *image, const struct curve *curve)
{
    size_t left = image->width_px, right = 0, top = image->height_px, bottom = 0;

    for (size_t y = 0; y < image->height_px; y++)
        for (size_t x = 0; x < image->width_px; x++)
            if (curve->ink[image->luma[y * image->width_px + x]] != 0) {
                left = x < left ? x : left;
                right = x > right ? x : right;
                top = y < top ? y : top;
                bottom = y;
            }

    const int64_t width = (int64_t)(right - left) + 1;
    const int64_t height = (int64_t)(bottom - top) + 1;
    const int64_t side = width > height ? width : height;

    return (struct square){.left = (int64_t)left - (side - width) / 2,
                           .top = (int64_t)top - (side - height) / 2,
                           .side_px = side};
}

static uint64_t ink_at(const struct digit_image *image, const struct curve *curve, int64_t x,
                       int64_t y)
{
    if (x < 0 || y < 0 || x >= (int64_t)image->width_px || y >= (int64_t)image->height_px)
        return 0;
    return curve->ink[image->luma[(size_t)y * image->width_px + (size_t)x]];
}

/*
 * How much of box cell `cell` the crop's pixel `pixel` covers along one axis, in units of which a
 * pixel has BOX_SIDE_PX and a cell has the crop's side.
 */
static uint64_t overlap(int64_t cell, int64_t pixel, int64_t side_px)
{
    const int64_t cell_from = cell * side_px;
    const int64_t pixel_from = pixel * BOX_SIDE_PX;
    const int64_t from = cell_from > pixel_from ? cell_from : pixel_from;
    const int64_t cell_to = cell_from + side_px;
    const int64_t pixel_to = pixel_from + BOX_SIDE_PX;
    const int64_t to = cell_to < pixel_to ? cell_to : pixel_to;

    return (uint64_t)(to - from);
}

/* Ink in one cell: each pixel's, times the area of the cell that it covers. */
static uint64_t cell_ink(const struct digit_image *image, const struct curve *curve,
                         const struct square *square, int64_t column, int64_t row)
{
    const int64_t side = square->side_px;
    const int64_t x_end = ((column + 1) * side + BOX_SIDE_PX - 1) / BOX_SIDE_PX;
    const int64_t y_end = ((row + 1) * side + BOX_SIDE_PX - 1) / BOX_SIDE_PX;
    uint64_t sum = 0;

    for (int64_t y = row * side / BOX_SIDE_PX; y < y_end; y++) {
        uint64_t line = 0;

        for (int64_t x = column * side / BOX_SIDE_PX; x < x_end; x++)
            line +=
                overlap(column, x, side) * ink_at(image, curve, square->left + x, square->top + y);
        sum += overlap(row, y, side) * line;
    }
    return sum;
}

/* Fills the box, [20][20], so that its darkest cell is 255. A sum stays below 2^41. */
static void resample(uint8_t box[BOX_PIXELS], const struct digit_image *image,
                     const struct curve *curve, const struct square *square)
{
    uint64_t sums[BOX_PIXELS];
    uint64_t peak = 0;

    for (int i = 0; i < BOX_PIXELS; i++) {
        sums[i] = cell_ink(image, curve, square, i % BOX_SIDE_PX, i / BOX_SIDE_PX);
        peak = sums[i] > peak ? sums[i] : peak;
    }
    for (int i = 0; i < BOX_PIXELS; i++)
        box[i] = (uint8_t)((sums[i] * 255 + peak / 2) / peak);
}

/*
 * Where the box goes along one axis: int(15 - b), cut off as MNIST was, where b is the centre of
 * mass with pixel centres at + 0.5. `moment` is the sum of mass times twice that coordinate.
 */
static size_t paste_offset(uint64_t moment, uint64_t mass)
{
    const uint64_t offset = (30 * mass - moment) / (2 * mass);

    return offset > OFFSET_MAX ? OFFSET_MAX : (size_t)offset;
}

static void paste(uint8_t out[DIGIT_PIXELS], const uint8_t box[BOX_PIXELS])
{
    uint64_t mass = 0, x_moment = 0, y_moment = 0;

    for (unsigned i = 0; i < BOX_PIXELS; i++) {
        mass += box[i];
        x_moment += (uint64_t)box[i] * (2 * (i % BOX_SIDE_PX) + 1);
        y_moment += (uint64_t)box[i] * (2 * (i / BOX_SIDE_PX) + 1);
    }

    const size_t left = paste_offset(x_moment, mass);
    const size_t top = paste_offset(y_moment, mass);

    memset(out, 0, DIGIT_PIXELS);
    for (size_t y = 0; y < BOX_SIDE_PX; y++)
        memcpy(out + (top + y) * DIGIT_SIDE_PX + left, box + y * BOX_SIDE_PX, BOX_SIDE_PX);
}

static void keep_pixels(uint8_t out[DIGIT_PIXELS], const struct digit_image *image, bool inverted)
{
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        out[i] = inverted ? 255 - image->luma[i] : image->luma[i];
}

static enum digit_status bring_into_form(uint8_t out[DIGIT_PIXELS], const struct digit_image *image,
                                         const struct histogram *levels, struct curve *curve,
                                         struct digit_error *error)
{
    const struct histogram inked = through_curve(levels, curve);
    const int contrast = highest_level(&inked);
    uint8_t box[BOX_PIXELS];

    if (contrast < CONTRAST_MIN)
        return digit_fail(
            error, DIGIT_INVALID,
            "the picture of %zux%zu px is blank: its contrast is %d of 255, at least %d "
            "is needed",
            image->width_px, image->height_px, contrast, CONTRAST_MIN);
    cut_below(curve, otsu_threshold(&inked) / NOISE_DIVISOR);

    const struct square square = find_square(image, curve);

    resample(box, image, curve, &square);
    paste(out, box);
    return DIGIT_OK;
}

enum digit_status digit_image_preprocess(uint8_t out[DIGIT_PIXELS], const struct digit_image *image,
                                         struct digit_image_report *report,
                                         struct digit_error *error)
{
    const struct histogram levels = count_levels(image);
    const struct histogram border = count_border(image);
    const int ground = median(&border);
    const bool inverted = ground > otsu_threshold(&levels);
    struct curve curve = curve_from_ground(ground, inverted);
    enum digit_status status = DIGIT_OK;

    if (image->width_px == DIGIT_SIDE_PX && image->height_px == DIGIT_SIDE_PX)
        keep_pixels(out, image, inverted);
    else
        status = bring_into_form(out, image, &levels, &curve, error);
    if (status == DIGIT_OK && report != NULL)
        report->inverted = inverted;
    return status;
}
