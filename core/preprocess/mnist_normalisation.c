#include "core/preprocess/mnist_normalisation.h"

#include <digit/image.h>

#include "core/preprocess/measure.h"

/* Sides in px, centres in 1/1000 px. */
#define EXACT_SIDE_MIN   19
#define EXACT_SIDE_MAX   20
#define EXACT_CENTRE_MIN 13900
#define EXACT_CENTRE_MAX 15000
#define NEAR_SIDE_MIN    16
#define NEAR_SIDE_MAX    24
#define NEAR_CENTRE_MIN  11000
#define NEAR_CENTRE_MAX  18000

/* A border is empty if no level is above NEAR_BACKGROUND. Levels up to NEAR_BLUR are blur around strokes. */
#define NEAR_BACKGROUND 8
#define NEAR_BLUR       64

struct limits {
    size_t side_min_px;
    size_t side_max_px;
    uint64_t centre_min_milli;
    uint64_t centre_max_milli;
};

static bool is_between(uint64_t moment, uint64_t mass, const struct limits *limits)
{
    uint64_t centre_milli = moment * 1000 / (2 * mass);
    return centre_milli >= limits->centre_min_milli && centre_milli <= limits->centre_max_milli;
}

/* Whether the pixels above `background` are within the limits. */
static bool is_within(const struct plane *plane, uint8_t background, const struct limits *limits)
{
    struct box box;
    if (!measure_box(&box, plane, background))
        return false;
    size_t side_px = box_longer_side(&box);
    if (side_px < limits->side_min_px || side_px > limits->side_max_px)
        return false;
    struct moments moments = measure_moments(plane, background);
    return is_between(moments.x, moments.mass, limits) &&
           is_between(moments.y, moments.mass, limits);
}

static uint8_t edge_peak(const struct plane *plane)
{
    size_t width = plane->width_px, last = (plane->height_px - 1) * width;
    uint8_t peak = 0;
    for (size_t x = 0; x < width; x++) {
        peak = plane->pixels[x] > peak ? plane->pixels[x] : peak;
        peak = plane->pixels[last + x] > peak ? plane->pixels[last + x] : peak;
    }
    for (size_t at = 0; at <= last; at += width) {
        peak = plane->pixels[at] > peak ? plane->pixels[at] : peak;
        peak = plane->pixels[at + width - 1] > peak ? plane->pixels[at + width - 1] : peak;
    }
    return peak;
}

enum mnist_normalisation mnist_normalisation_of(const struct plane *plane)
{
    static const struct limits exact = {EXACT_SIDE_MIN, EXACT_SIDE_MAX, EXACT_CENTRE_MIN,
                                        EXACT_CENTRE_MAX};
    static const struct limits near = {NEAR_SIDE_MIN, NEAR_SIDE_MAX, NEAR_CENTRE_MIN,
                                       NEAR_CENTRE_MAX};
    if (plane->width_px != DIGIT_SIDE_PX || plane->height_px != DIGIT_SIDE_PX)
        return MNIST_NORMALISATION_NONE;
    if (is_within(plane, 0, &exact))
        return MNIST_NORMALISATION_EXACT;
    if (edge_peak(plane) > NEAR_BACKGROUND || is_within(plane, NEAR_BLUR, &near))
        return MNIST_NORMALISATION_NEAR;
    return MNIST_NORMALISATION_FAR;
}
