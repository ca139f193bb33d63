#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "trainer/eval/mnist_c/gaussian.h"
#include "trainer/eval/mnist_c/kinds.h"

#define SIDE  DIGIT_SIDE_PX
#define FRAME (SIDE + 2)

static const float DEVIATION_PX = 1.0f;
/* Hysteresis thresholds of Sobel's unscaled gradient, which reaches 4 sqrt(2). */
static const float LOW = 0.1f, HIGH = 0.2f;

struct gradient {
    float x[DIGIT_PIXELS];
    float y[DIGIT_PIXELS];
    float size[DIGIT_PIXELS];
};

enum mark { MARK_NONE, MARK_WEAK, MARK_EDGE };

/* Pixels whose neighbours have not been examined yet; each is pushed at most once. */
struct stack {
    size_t count;
    size_t pixels[DIGIT_PIXELS];
};

/* Gaussian smoothing that ignores what lies beyond the border: sums are divided by the share of the
 * kernel that lies inside the image. */
static void smooth_image(float image[DIGIT_PIXELS])
{
    float share[DIGIT_PIXELS];
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        share[i] = 1.0f;
    gaussian_both(share, DEVIATION_PX, GAUSSIAN_ZEROS);
    gaussian_both(image, DEVIATION_PX, GAUSSIAN_ZEROS);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] /= share[i];
}

/* Copies the image into a frame that repeats its outermost pixels. */
static void frame_image(float out[FRAME][FRAME], const float image[DIGIT_PIXELS])
{
    for (size_t y = 0; y < SIDE; y++) {
        memcpy(out[y + 1] + 1, image + y * SIDE, SIDE * sizeof *image);
        out[y + 1][0] = out[y + 1][1];
        out[y + 1][FRAME - 1] = out[y + 1][FRAME - 2];
    }
    memcpy(out[0], out[1], sizeof out[0]);
    memcpy(out[FRAME - 1], out[FRAME - 2], sizeof out[0]);
}

/* The gradient by Sobel's operator. */
static void find_gradient(struct gradient *out, const float image[DIGIT_PIXELS])
{
    float frame[FRAME][FRAME];
    frame_image(frame, image);
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        size_t x = i % SIDE, y = i / SIDE;
        const float *above = frame[y] + x, *row = frame[y + 1] + x, *below = frame[y + 2] + x;
        out->x[i] = above[2] - above[0] + 2.0f * (row[2] - row[0]) + below[2] - below[0];
        out->y[i] = below[0] - above[0] + 2.0f * (below[1] - above[1]) + below[2] - above[2];
        out->size[i] = hypotf(out->x[i], out->y[i]);
    }
}

/* Non-maximum suppression: whether the gradient at pixel i, which is not at the border, is no
 * smaller than one pixel ahead and one pixel behind in its direction, interpolated between two
 * neighbours. */
static bool is_ridge(const struct gradient *gradient, size_t i)
{
    float along_x = fabsf(gradient->x[i]), along_y = fabsf(gradient->y[i]);
    ptrdiff_t dx = gradient->x[i] < 0.0f ? -1 : 1;
    ptrdiff_t dy = gradient->y[i] < 0.0f ? -SIDE : SIDE;
    ptrdiff_t straight = along_y >= along_x ? dy : dx, diagonal = dx + dy;
    float share = fminf(along_x, along_y) / fmaxf(along_x, along_y);
    const float *size = gradient->size + i;
    float ahead = share * size[diagonal] + (1.0f - share) * size[straight];
    float behind = share * size[-diagonal] + (1.0f - share) * size[-straight];
    return ahead <= size[0] && behind <= size[0];
}

static void stack_push(struct stack *stack, enum mark marks[DIGIT_PIXELS], size_t pixel)
{
    marks[pixel] = MARK_EDGE;
    stack->pixels[stack->count++] = pixel;
}

/* Marks ridges from LOW on as weak; those from HIGH on as edges, which are pushed onto the
 * stack. */
static void mark_ridges(enum mark marks[DIGIT_PIXELS], struct stack *stack,
                        const struct gradient *gradient)
{
    memset(marks, 0, DIGIT_PIXELS * sizeof *marks);
    for (size_t y = 1; y < SIDE - 1; y++)
        for (size_t x = 1; x < SIDE - 1; x++) {
            size_t i = y * SIDE + x;
            if (gradient->size[i] < LOW || !is_ridge(gradient, i))
                continue;
            marks[i] = MARK_WEAK;
            if (gradient->size[i] >= HIGH)
                stack_push(stack, marks, i);
        }
}

/* Weak pixels that touch an edge, also diagonally, become edges. No mark is at the border. */
static void follow_ridges(enum mark marks[DIGIT_PIXELS], struct stack *stack)
{
    static const ptrdiff_t AROUND[] = {-SIDE - 1, -SIDE,    -SIDE + 1, -1,
                                       1,         SIDE - 1, SIDE,      SIDE + 1};
    while (stack->count > 0) {
        size_t pixel = stack->pixels[--stack->count];
        for (size_t k = 0; k < sizeof AROUND / sizeof AROUND[0]; k++) {
            size_t near = pixel + (size_t)AROUND[k];
            if (marks[near] == MARK_WEAK)
                stack_push(stack, marks, near);
        }
    }
}

void corrupt_canny_edges(float image[DIGIT_PIXELS], struct rng *rng)
{
    (void)rng;
    struct gradient gradient;
    enum mark marks[DIGIT_PIXELS];
    struct stack stack = {.count = 0};
    smooth_image(image);
    find_gradient(&gradient, image);
    mark_ridges(marks, &stack, &gradient);
    follow_ridges(marks, &stack);
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        image[i] = marks[i] == MARK_EDGE ? 1.0f : 0.0f;
}
