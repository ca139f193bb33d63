#include "bench/preprocessing.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <digit/context.h>
#include <digit/reader.h>

#include "bench/timing.h"

/* Several different digits, so that branch predictors cannot learn one picture. */
#define DIGITS    64
#define SKETCH_PX 140

#define NUMBER_DIGITS 5
#define NUMBER_STEP   100 /* from one digit of a number to the next */

/* One kind of picture: a digit in a square at the left edge, or a number. The background has the level `background`; full
 * strokes have background + contrast. */
struct kind {
    const char *name;
    size_t width_px, height_px;
    size_t count;
    size_t off_px; /* shift of the digit to the right, in pixels of its 28 */
    int background, contrast;
    int slope; /* how many levels darker the right edge is */
    int noise; /* largest random addition to a pixel */
    bool is_number;
};

static const struct kind kinds[] = {
    {"28x28, MNIST-normalised", 28, 28, DIGITS, 0, 0, 255, 0, 0, false},
    {"28x28, MNIST-normalised, dark on light", 28, 28, DIGITS, 0, 255, -255, 0, 0, false},
    {"28x28, 3 px off", 28, 28, DIGITS, 3, 0, 255, 0, 0, false},
    {"28x28, 3 px off, dark on light", 28, 28, DIGITS, 3, 255, -255, 0, 0, false},
    {"28x28, noisy", 28, 28, DIGITS, 0, 0, 200, 0, 50, false},
    {"28x28, noisy, dark on light", 28, 28, DIGITS, 0, 205, -200, 0, 50, false},
    {"28x28, nothing but noise", 28, 28, DIGITS, 0, 0, 0, 0, 255, false},
    {"280x280, dark on light", 280, 280, 8, 0, 255, -255, 0, 0, false},
    {"1000x1000, photo", 1000, 1000, 1, 0, 200, -120, 40, 8, false},
    {"4032x3024, photo", 4032, 3024, 1, 0, 200, -120, 40, 8, false},
    {"640x160, a number of 5 digits", 640, 160, 1, 0, 255, -255, 0, 0, true},
    {"640x160, a number on a photo", 640, 160, 1, 0, 200, -120, 40, 8, true},
};

/* What one timed call needs; `status` is that of the last call that failed. */
struct work {
    struct digit_context *context;
    struct digit_reader *reader;
    const struct kind *kind;
    uint8_t *luma; /* [kind->count][height_px][width_px] */
    bool proposes_only;
    size_t hypotheses; /* of all pictures in the last call that read them */
    enum digit_status status;
    struct digit_error error;
};

/* The distance from (x, y) to the line segment from (ends[0], ends[1]) to (ends[2], ends[3]). */
static double distance_to_stroke(double x, double y, const double ends[4])
{
    double right = ends[2] - ends[0], down = ends[3] - ends[1];
    double along = ((x - ends[0]) * right + (y - ends[1]) * down) / (right * right + down * down);
    double share = fmin(fmax(along, 0.0), 1.0);

    return hypot(x - ends[0] - share * right, y - ends[1] - share * down);
}

/* The part of a pixel, 0 to 1, that a seven of 90 px covers whose upper left corner is (0, 0); `index` slants it. */
static double cover_by_seven(double x, double y, size_t index)
{
    const double foot = 5 + 50 * (double)index / DIGITS;
    const double bar[4] = {0, 0, 75, 0}, leg[4] = {75, 0, foot, 90};
    const double inside = 9 - fmin(distance_to_stroke(x, y, bar), distance_to_stroke(x, y, leg));

    return fmin(fmax(inside / 4, 0.0), 1.0);
}

/* Draws a seven and reads it, so that `out` is MNIST-normalised. */
static void draw_digit(uint8_t out[DIGIT_PIXELS], struct work *work, size_t index)
{
    static uint8_t luma[SKETCH_PX * SKETCH_PX];
    const struct digit_image image = {
        .luma = luma, .width_px = SKETCH_PX, .height_px = SKETCH_PX, .block_px = 1};
    struct digit_reading reading = {.hypotheses = 0};

    for (size_t i = 0; i < sizeof luma; i++)
        luma[i] = (uint8_t)(255 * cover_by_seven((double)(i % SKETCH_PX) - 25,
                                                 (double)i / SKETCH_PX - 25, index));
    digit_reader_leave_out(work->reader, UINT_MAX);
    digit_reader_propose(work->reader, &image);
    const enum digit_status status = digit_reader_read(work->reader, &reading, &work->error);

    if (status != DIGIT_OK)
        work->status = status;
    digit_reader_leave_out(work->reader, 0);
    memcpy(out, reading.octets, DIGIT_PIXELS);
}

/* The foreground at a pixel, 0 to 255. */
static int foreground_at(const struct kind *kind, const uint8_t digit[DIGIT_PIXELS], size_t x,
                         size_t y)
{
    const size_t column = x * DIGIT_SIDE_PX / kind->height_px;
    const size_t row = y * DIGIT_SIDE_PX / kind->height_px;

    if (kind->is_number)
        return x < 25 || x >= 25 + NUMBER_DIGITS * NUMBER_STEP
                   ? 0
                   : (int)(255 * cover_by_seven((double)((x - 25) % NUMBER_STEP), (double)y - 35,
                                                (x - 25) / NUMBER_STEP * 9));
    return column >= kind->off_px && column < DIGIT_SIDE_PX
               ? digit[row * DIGIT_SIDE_PX + column - kind->off_px]
               : 0;
}

/* The level of a pixel: a background with a slope and noise, and the digit's foreground. */
static uint8_t level_at(const struct kind *kind, const uint8_t digit[DIGIT_PIXELS], size_t x,
                        size_t y, uint32_t random)
{
    int level = kind->background + kind->contrast * foreground_at(kind, digit, x, y) / 255 -
                kind->slope * (int)x / (int)kind->width_px + (int)random % (kind->noise + 1);

    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
}

static void draw_pictures(struct work *work)
{
    const struct kind *kind = work->kind;
    uint64_t seed = 1;
    uint8_t *pixel = work->luma;

    for (size_t i = 0; i < kind->count; i++) {
        uint8_t digit[DIGIT_PIXELS];

        draw_digit(digit, work, i);
        for (size_t y = 0; y < kind->height_px; y++)
            for (size_t x = 0; x < kind->width_px; x++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                *pixel++ = level_at(kind, digit, x, y, (uint32_t)(seed >> 40));
            }
    }
}

static enum digit_status read_digit(struct work *work, const struct digit_image *image)
{
    struct digit_reading reading;

    digit_reader_propose(work->reader, image);
    if (work->proposes_only)
        return DIGIT_OK;

    const enum digit_status status = digit_reader_read(work->reader, &reading, &work->error);

    work->hypotheses += reading.hypotheses;
    return status;
}

/* If it only proposes, under the first hypothesis: the others depend on how that is read. */
static enum digit_status read_number(struct work *work, const struct digit_image *image)
{
    static struct digit_reading readings[DIGIT_DIGITS_MAX];
    struct digit_number number;
    enum digit_status status = DIGIT_OK;

    digit_reader_begin_number(work->reader, image, 0);
    while (status == DIGIT_OK && digit_reader_propose_number(work->reader)) {
        if (work->proposes_only)
            return DIGIT_OK;
        status = digit_reader_predict_number(work->reader, &work->error);
    }
    digit_reader_finish_number(work->reader, readings, &number);
    work->hypotheses += number.hypotheses;
    return status;
}

static void read_pictures(void *argument)
{
    struct work *work = argument;
    const struct kind *kind = work->kind;
    const size_t pixels = kind->width_px * kind->height_px;

    work->hypotheses = 0;
    for (size_t i = 0; i < kind->count; i++) {
        const struct digit_image image = {.luma = work->luma + i * pixels,
                                          .width_px = kind->width_px,
                                          .height_px = kind->height_px,
                                          .block_px = 1};
        const enum digit_status status = (kind->is_number ? read_number : read_digit)(work, &image);

        if (status != DIGIT_OK)
            work->status = status;
    }
}

static enum digit_status print_kind(struct work *work, double run_s, struct digit_error *error)
{
    const struct kind *kind = work->kind;
    const double per_picture = 1e6 / (double)kind->count;

    work->luma = calloc(kind->count * kind->width_px, kind->height_px);
    if (work->luma == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the pictures");
    draw_pictures(work);
    work->proposes_only = true;
    const double proposed_s = timing_of(read_pictures, work, run_s).median_s;

    work->proposes_only = false;
    const double read_s = timing_of(read_pictures, work, run_s).median_s;

    printf("%-38s %12.2f %12.2f %12.1f\n", kind->name, proposed_s * per_picture,
           read_s * per_picture, (double)work->hypotheses / (double)kind->count);
    free(work->luma);
    if (work->status != DIGIT_OK && error != NULL)
        *error = work->error;
    return work->status;
}

enum digit_status preprocessing_print(const struct digit_model *model, double run_s,
                                      struct digit_error *error)
{
    struct work work = {.status = DIGIT_OK};
    enum digit_status status = digit_context_create(&work.context, model, error);

    if (status == DIGIT_OK)
        status = digit_reader_create(&work.reader, work.context, NULL, error);
    printf("\n%-38s %12s %12s %12s\n", "preprocessing of", "us/picture", "and reading",
           "hypotheses");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && status == DIGIT_OK; i++) {
        work.kind = &kinds[i];
        status = print_kind(&work, run_s, error);
    }
    digit_reader_destroy(work.reader);
    digit_context_destroy(work.context);
    return status;
}
