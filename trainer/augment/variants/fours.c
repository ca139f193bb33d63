#include <math.h>
#include <string.h>

#include "trainer/augment/extent.h"
#include "trainer/augment/pen.h"
#include "trainer/augment/topology.h"
#include "trainer/augment/variants/kinds.h"
#include "trainer/augment/variants/rows.h"

#define SIDE       DIGIT_SIDE_PX
#define DIRECTIONS 5

static const size_t MIN_ARM_ROWS = 4; /* rows in which both arms of an open four are seen */
static const size_t MIN_GAP_PX = 2;   /* between the arms, at their lower end */
static const size_t MAX_BAR_ROWS = 5; /* below the arms, of the bar with its slope */
/* Of the bar, to the right of the stem: a closed four without a tail would look like a nine. */
static const float MIN_TAIL_PX = 2.0f, MAX_TAIL_PX = 4.5f;
static const float MIN_STEEPNESS = 0.7f; /* of the stroke that closes it: height by width */
static const size_t MIN_HOLE_PIXELS = 4; /* of the four that was closed */

static const size_t MIN_HEAD_PIXELS = 8; /* of the hole of a four that can be opened */
static const float MIN_CUT_PX = 1.0f, MAX_CUT_PX = 1.6f; /* half of the gap of an opened four */
static const float MAX_CUT = 0.2f;                       /* of the four's ink */
static const float MAX_CUT_LENGTH_PX = 7.0f;

/* An open four: rows `first` to `end` (excluded) show its two arms and nothing else. */
struct arms {
    size_t first, end;
    struct run left, right; /* in row end - 1 */
};

/* The row of the bar that joins the arms, the longest one below them; 0 if there is none. */
static size_t find_bar(struct run *bar, const float image[DIGIT_PIXELS], const struct arms *arms)
{
    struct run runs[ROW_MAX_RUNS];
    size_t found = 0;
    size_t end = arms->end + MAX_BAR_ROWS < SIDE ? arms->end + MAX_BAR_ROWS : SIDE;
    for (size_t y = arms->end; y < end && row_runs(runs, image, y) == 1; y++)
        if (found == 0 || runs[0].end - runs[0].first > bar->end - bar->first) {
            found = y;
            *bar = runs[0];
        }
    bool joins = found > 0 && bar->first < arms->left.end && bar->end > arms->right.first;
    return joins ? found : 0;
}

/* Finds the longest series of rows with two runs each in the upper two thirds. */
static bool find_arms(struct arms *out, const float image[DIGIT_PIXELS])
{
    size_t top, bottom, count = 0;
    extent_rows(&top, &bottom, image, TOPOLOGY_MIN_STROKE);
    *out = (struct arms){0};
    for (size_t y = top; 3 * y < 2 * bottom + top; y++) {
        struct run runs[ROW_MAX_RUNS];
        count = row_runs(runs, image, y) == 2 ? count + 1 : 0;
        if (count > out->end - out->first)
            *out = (struct arms){y + 1 - count, y + 1, runs[0], runs[1]};
    }
    return out->end - out->first >= MIN_ARM_ROWS && out->right.first - out->left.end >= MIN_GAP_PX;
}

/* Erases the left arm above the row in which the new stroke begins; returns the top of the right
 * arm. Where a row shows one arm only, it is the one that was nearer in the row below. */
static struct pen_point erase_left_arm(float image[DIGIT_PIXELS], const struct arms *arms)
{
    float left_px = arms->left.middle_px, right_px = arms->right.middle_px;
    struct pen_point top = {right_px, (float)(arms->end - 1)};
    for (size_t y = arms->end - 1; y-- > 0;) {
        struct run runs[ROW_MAX_RUNS];
        size_t count = row_runs(runs, image, y);
        bool is_left_only = count == 1 && runs[0].middle_px < 0.5f * (left_px + right_px);
        if (count > 0 && !is_left_only) {
            right_px = runs[count - 1].middle_px;
            top = (struct pen_point){right_px, (float)y};
        }
        if (count == 2 || is_left_only)
            left_px = runs[0].middle_px;
        size_t end = (size_t)(0.5f * (left_px + right_px)) + 1;
        end = count == 2 ? (runs[0].end + runs[1].first) / 2 : end;
        memset(image + y * SIDE, 0, end * sizeof *image);
    }
    return top;
}

/* Replaces the left arm by a stroke from its lower end to the top of the right arm, and draws the
 * bar across the stem if it ends there. Joining the tops by a level stroke would make a nine of it. */
static bool close_four(float image[DIGIT_PIXELS], struct rng *rng)
{
    struct arms arms;
    struct run bar = {0};
    if (!find_arms(&arms, image))
        return false;
    size_t bar_row = find_bar(&bar, image, &arms);
    if (bar_row == 0)
        return false;
    struct pen_point from = {arms.left.middle_px, (float)(arms.end - 1)};
    const struct pen pen = {fmaxf(0.5f * fminf(arms.left.width_px, arms.right.width_px), 0.6f),
                            1.0f};
    struct pen_point to = erase_left_arm(image, &arms);
    if (from.y - to.y < MIN_STEEPNESS * (to.x - from.x))
        return false;
    pen_line(image, from, to, &pen);
    float tail = (float)arms.right.end + rng_range(rng, MIN_TAIL_PX, MAX_TAIL_PX);
    if ((float)bar.end < (float)arms.right.end + MIN_TAIL_PX)
        pen_line(image, (struct pen_point){arms.right.middle_px, (float)bar_row},
                 (struct pen_point){tail, (float)bar_row}, &pen);
    struct topology closed = topology_of(image);
    return closed.strokes == 1 && closed.holes == 1 && closed.hole_pixels >= MIN_HOLE_PIXELS;
}

/* Whether no stroke covers the place. */
static bool is_background(const float image[DIGIT_PIXELS], float x, float y)
{
    if (x < 0.0f || y < 0.0f || x > SIDE - 1.0f || y > SIDE - 1.0f)
        return true;
    return image[(size_t)lrintf(y) * SIDE + (size_t)lrintf(x)] < TOPOLOGY_MIN_STROKE;
}

/* The length of a straight way from `from` out of the four; a large number if it is too long. */
static float way_out(const float image[DIGIT_PIXELS], struct pen_point from, struct pen_point way)
{
    bool has_entered = false;
    const size_t halves_max = (size_t)(2.0f * MAX_CUT_LENGTH_PX);
    for (size_t halves = 1; halves <= halves_max; halves++) {
        float length = 0.5f * (float)halves;
        bool outside = is_background(image, from.x + length * way.x, from.y + length * way.y);
        has_entered = has_entered || !outside;
        if (has_entered && outside)
            return length;
    }
    return 2.0f * MAX_CUT_LENGTH_PX;
}

/* Erases with a soft round rubber; returns how much. */
static float erase_line(float image[DIGIT_PIXELS], struct pen_point from, struct pen_point to,
                        float half_width_px)
{
    float rubber[DIGIT_PIXELS] = {0}, erased = 0.0f;
    pen_line(rubber, from, to, &(struct pen){half_width_px, 1.0f});
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        erased += rubber[i] * image[i];
        image[i] -= rubber[i] * image[i];
    }
    return erased;
}

/* Cuts the left stroke near the top of the hole, from where the way out to the upper left is
 * shortest. */
static bool open_four(float image[DIGIT_PIXELS], size_t hole_top, struct rng *rng)
{
    static const struct pen_point WAYS[DIRECTIONS] = {{-0.966f, -0.259f},
                                                      {-0.866f, -0.5f},
                                                      {-0.707f, -0.707f},
                                                      {-0.5f, -0.866f},
                                                      {-0.259f, -0.966f}};
    struct pen_point from = {(float)(hole_top % SIDE), (float)(hole_top / SIDE)};
    float shortest = MAX_CUT_LENGTH_PX, ink = 0.0f;
    size_t best = DIRECTIONS;
    for (size_t i = 0; i < DIRECTIONS; i++) {
        float length = way_out(image, from, WAYS[i]);
        best = length < shortest ? i : best;
        shortest = fminf(length, shortest);
    }
    if (best == DIRECTIONS)
        return false;
    for (size_t i = 0; i < DIGIT_PIXELS; i++)
        ink += image[i];
    struct pen_point to = {from.x + shortest * WAYS[best].x, from.y + shortest * WAYS[best].y};
    float erased = erase_line(image, from, to, rng_range(rng, MIN_CUT_PX, MAX_CUT_PX));
    struct topology open = topology_of(image);
    return open.strokes == 1 && open.holes == 0 && erased <= MAX_CUT * ink;
}

bool variant_four(float image[DIGIT_PIXELS], const struct variant_settings *settings,
                  struct rng *rng)
{
    (void)settings;
    struct topology plain = topology_of(image);
    if (plain.strokes != 1)
        return false;
    if (plain.holes == 0)
        return close_four(image, rng);
    return plain.holes == 1 && plain.hole_pixels >= MIN_HEAD_PIXELS &&
           open_four(image, plain.hole_top, rng);
}
