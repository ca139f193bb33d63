#include "bench/preprocessing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <digit/preprocess.h>

#include "bench/timing.h"

/* Several different digits, so that branch predictors cannot learn one picture. */
#define DIGITS    64
#define SKETCH_PX 140

/* One kind of picture: a digit in a square at the left edge. The background has the level `background`; full
 * strokes have background + contrast. */
struct kind {
    const char *name;
    size_t width_px, height_px;
    size_t count;
    size_t off_px; /* shift of the digit to the right, in pixels of its 28 */
    int background, contrast;
    int slope; /* how many levels darker the right edge is */
    int noise; /* largest random addition to a pixel */
};

static const struct kind kinds[] = {
    {"28x28, MNIST-normalised", 28, 28, DIGITS, 0, 0, 255, 0, 0},
    {"28x28, MNIST-normalised, dark on light", 28, 28, DIGITS, 0, 255, -255, 0, 0},
    {"28x28, 3 px off", 28, 28, DIGITS, 3, 0, 255, 0, 0},
    {"28x28, 3 px off, dark on light", 28, 28, DIGITS, 3, 255, -255, 0, 0},
    {"28x28, noisy", 28, 28, DIGITS, 0, 0, 200, 0, 50},
    {"28x28, noisy, dark on light", 28, 28, DIGITS, 0, 205, -200, 0, 50},
    {"28x28, nothing but noise", 28, 28, DIGITS, 0, 0, 0, 0, 255},
    {"280x280, dark on light", 280, 280, 8, 0, 255, -255, 0, 0},
    {"1000x1000, photo", 1000, 1000, 1, 0, 200, -120, 40, 8},
    {"4032x3024, photo", 4032, 3024, 1, 0, 200, -120, 40, 8},
};

/* What one timed call needs. */
struct work {
    struct digit_preprocessor *preprocessor;
    const struct kind *kind;
    uint8_t *luma; /* [kind->count][height_px][width_px] */
};

/* The distance from (x, y) to the line segment from (ends[0], ends[1]) to (ends[2], ends[3]). */
static double distance_to_stroke(double x, double y, const double ends[4])
{
    double right = ends[2] - ends[0], down = ends[3] - ends[1];
    double along = ((x - ends[0]) * right + (y - ends[1]) * down) / (right * right + down * down);
    double share = fmin(fmax(along, 0.0), 1.0);

    return hypot(x - ends[0] - share * right, y - ends[1] - share * down);
}

/* Draws a seven, slanted by `index`, and preprocesses it, so that `out` is MNIST-normalised. */
static void draw_digit(uint8_t out[DIGIT_PIXELS], struct digit_preprocessor *preprocessor,
                       size_t index)
{
    static uint8_t luma[SKETCH_PX * SKETCH_PX];
    const struct digit_image image = {
        .luma = luma, .width_px = SKETCH_PX, .height_px = SKETCH_PX, .block_px = 1};
    const double foot = 30 + 50 * (double)index / DIGITS;
    const double bar[4] = {25, 25, 100, 25}, leg[4] = {100, 25, foot, 115};
    struct digit_receipt receipt;

    for (size_t i = 0; i < sizeof luma; i++) {
        double x = (double)(i % SKETCH_PX), y = (double)i / SKETCH_PX;
        double inside = 9 - fmin(distance_to_stroke(x, y, bar), distance_to_stroke(x, y, leg));

        luma[i] = (uint8_t)(255 * fmin(fmax(inside / 4, 0.0), 1.0));
    }
    digit_preprocess(preprocessor, out, &receipt, &image);
}

/* The level of a pixel: a background with a slope and noise, and the digit's foreground. */
static uint8_t level_at(const struct kind *kind, const uint8_t digit[DIGIT_PIXELS], size_t x,
                        size_t y, uint32_t random)
{
    size_t column = x * DIGIT_SIDE_PX / kind->height_px;
    size_t row = y * DIGIT_SIDE_PX / kind->height_px;
    bool inside = column >= kind->off_px && column < DIGIT_SIDE_PX;
    int foreground = inside ? digit[row * DIGIT_SIDE_PX + column - kind->off_px] : 0;
    int level = kind->background + kind->contrast * foreground / 255 -
                kind->slope * (int)x / (int)kind->width_px + (int)random % (kind->noise + 1);

    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
}

static void draw_pictures(const struct work *work)
{
    const struct kind *kind = work->kind;
    uint64_t seed = 1;
    uint8_t *pixel = work->luma;

    for (size_t i = 0; i < kind->count; i++) {
        uint8_t digit[DIGIT_PIXELS];

        draw_digit(digit, work->preprocessor, i);
        for (size_t y = 0; y < kind->height_px; y++)
            for (size_t x = 0; x < kind->width_px; x++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                *pixel++ = level_at(kind, digit, x, y, (uint32_t)(seed >> 40));
            }
    }
}

static void preprocess(void *argument)
{
    const struct work *work = argument;
    const struct kind *kind = work->kind;
    const size_t pixels = kind->width_px * kind->height_px;
    uint8_t out[DIGIT_PIXELS];
    struct digit_receipt receipt;

    for (size_t i = 0; i < kind->count; i++) {
        const struct digit_image image = {.luma = work->luma + i * pixels,
                                          .width_px = kind->width_px,
                                          .height_px = kind->height_px,
                                          .block_px = 1};

        digit_preprocess(work->preprocessor, out, &receipt, &image);
    }
}

static enum digit_status print_kind(struct work *work, double run_s, struct digit_error *error)
{
    const struct kind *kind = work->kind;

    work->luma = calloc(kind->count * kind->width_px, kind->height_px);
    if (work->luma == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the pictures");
    draw_pictures(work);

    const struct timing timing = timing_of(preprocess, work, run_s);
    const double per_picture = 1e6 / (double)kind->count;

    printf("%-38s %12.2f %12.2f\n", kind->name, timing.median_s * per_picture,
           timing.best_s * per_picture);
    free(work->luma);
    return DIGIT_OK;
}

enum digit_status preprocessing_print(double run_s, struct digit_error *error)
{
    struct work work = {0};
    enum digit_status status = digit_preprocessor_create(&work.preprocessor, error);

    printf("\n%-38s %12s %12s\n", "preprocessing of", "us/picture", "fastest");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && status == DIGIT_OK; i++) {
        work.kind = &kinds[i];
        status = print_kind(&work, run_s, error);
    }
    digit_preprocessor_destroy(work.preprocessor);
    return status;
}
