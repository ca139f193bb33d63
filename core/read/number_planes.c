#include "core/read/number_planes.h"

#include "core/preprocess/foreground.h"
#include "core/read/number_votes.h"

#define POLARITY_PRIOR (-0.4F)

/* When a hypothesis is worth a trial. */
enum condition {
    ALWAYS,
    IF_LINES, /* the usual steps removed lines */
    IF_DOUBT, /* the usual steps leave doubt about the foreground */
    IF_AGAIN, /* there is more contrast inside the foreground than around it */
};

static const struct plane_hypothesis {
    unsigned steps;
    enum condition condition;
    float log_prior;
} table[] = {
    {DIGIT_STEP_BACKGROUND | DIGIT_STEP_LINES, ALWAYS, -1.4F},
    {DIGIT_STEP_OTSU, IF_DOUBT, -1.0F},
    {DIGIT_STEP_BACKGROUND | DIGIT_STEP_OTSU | DIGIT_STEP_LINES, IF_DOUBT, -1.9F},
    {DIGIT_STEP_BACKGROUND, IF_LINES, 0.0F},
    {DIGIT_STEP_OTSU | DIGIT_STEP_OTSU_AGAIN, IF_AGAIN, -1.0F},
};

#define TABLE_COUNT (sizeof table / sizeof table[0])

_Static_assert(2 * TABLE_COUNT == NUMBER_VOTES_MAX, "each hypothesis may vote");

void number_planes_begin(struct number_planes *out)
{
    *out = (struct number_planes){.next = 0};
}

/* Makes the plane of planes->steps; whether it is worth a trial. */
static bool make_plane(struct number_planes *planes, struct digit_preprocessor *preprocessor,
                       const struct plane_hypothesis *hypothesis)
{
    if (hypothesis->condition == IF_LINES && planes->usual.lines == 0)
        return false;
    bool found = preprocessor_extract(preprocessor, planes->steps);
    const struct preprocessor_foreground *foreground = &preprocessor->foreground;
    switch (hypothesis->condition) {
    case ALWAYS:
        planes->has_usual = found;
        planes->usual = *foreground;
        return found && foreground->contrast >= FOREGROUND_CONTRAST_MIN;
    case IF_LINES:
        return found;
    case IF_AGAIN:
        return found && foreground->contrast > planes->usual.contrast;
    case IF_DOUBT:
    default:
        return found && !(planes->has_usual && planes->usual.lines == 0 &&
                          !planes->usual.background_removed &&
                          preprocessor_edges_agree(foreground, &planes->usual));
    }
}

bool number_planes_next(struct number_planes *planes, struct digit_preprocessor *preprocessor)
{
    const struct polarity polarity = preprocessor->picture.polarity;
    size_t count = polarity.is_clear ? TABLE_COUNT : 2 * TABLE_COUNT;
    while (planes->next < count) {
        const struct plane_hypothesis *hypothesis = &table[planes->next % TABLE_COUNT];
        bool other = planes->next >= TABLE_COUNT;
        bool inverted = polarity.dark_on_light != other;
        planes->next++;
        planes->steps = hypothesis->steps | (inverted ? DIGIT_STEP_INVERT : 0);
        planes->log_prior =
            hypothesis->log_prior + (other && !polarity.is_open ? POLARITY_PRIOR : 0.0F);
        if (make_plane(planes, preprocessor, hypothesis))
            return true;
    }
    return false;
}
