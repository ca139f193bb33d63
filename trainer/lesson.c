#include "trainer/lesson.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/model.h>

#include "trainer/augment.h"
#include "trainer/distort/distort.h"
#include "trainer/junk/junk.h"
#include "trainer/mix.h"
#include "trainer/repeats.h"
#include "trainer/rng.h"
#include "trainer/style.h"

struct lesson {
    const struct dataset *data;
    const struct fit_settings *settings;
    struct team *team;
    struct junk_digits digits; /* that parts of junk and what is mixed in may be taken from */
    struct repeats repeats;
    size_t epoch;
    float *pixels;     /* [batch_size][28][28] */
    struct rng *draws; /* [batch_size], what each image's random numbers have come to */
    uint8_t *labels;   /* [batch_size] */
    struct train_mixture *mixtures; /* [batch_size] */
    float *teacher;                 /* [batch_size][DIGIT_CLASSES] */
    struct team_failure *failures;  /* [members] */
};

/* One batch at work, shared by the team. */
struct filling {
    struct lesson *lesson;
    const uint32_t *showings; /* [count] */
    size_t count;
    bool ask; /* the teachers, if there are any */
};

enum digit_status lesson_create(struct lesson **out, const struct dataset *data,
                                const uint32_t *trained, size_t trained_count,
                                const struct fit_settings *settings, struct team *team,
                                struct digit_error *error)
{
    *out = NULL;
    size_t batch = settings->batch_size;
    struct lesson *lesson = calloc(1, sizeof *lesson);
    if (lesson == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for batches of %zu", batch);
    *lesson = (struct lesson){
        .data = data,
        .settings = settings,
        .team = team,
        .digits = {data->images, data->labels, trained, trained_count},
    };
    lesson->pixels = calloc(batch, DIGIT_PIXELS * sizeof *lesson->pixels);
    lesson->draws = calloc(batch, sizeof *lesson->draws);
    lesson->labels = calloc(batch, sizeof *lesson->labels);
    lesson->mixtures = calloc(batch, sizeof *lesson->mixtures);
    lesson->teacher = calloc(batch, DIGIT_CLASSES * sizeof *lesson->teacher);
    lesson->failures = calloc(team_members(team), sizeof *lesson->failures);
    if (lesson->pixels == NULL || lesson->draws == NULL || lesson->labels == NULL ||
        lesson->mixtures == NULL || lesson->teacher == NULL || lesson->failures == NULL) {
        lesson_destroy(lesson);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for batches of %zu", batch);
    }
    enum digit_status status = repeats_find(&lesson->repeats, &settings->repeat, data, trained,
                                            trained_count, settings->teachers, team, error);
    if (status != DIGIT_OK) {
        lesson_destroy(lesson);
        return status;
    }
    *out = lesson;
    return DIGIT_OK;
}

void lesson_destroy(struct lesson *lesson)
{
    if (lesson == NULL)
        return;
    repeats_release(&lesson->repeats);
    free(lesson->failures);
    free(lesson->teacher);
    free(lesson->mixtures);
    free(lesson->labels);
    free(lesson->draws);
    free(lesson->pixels);
    free(lesson);
}

/* An epoch behind the last one is like the last one. */
static bool is_gentle(const struct fit_settings *settings, size_t epoch)
{
    size_t last = settings->epochs - 1;
    return (epoch < last ? epoch : last) + settings->gentle_epochs >= settings->epochs;
}

/* Of warps. */
static float strength_of(const struct fit_settings *settings, size_t epoch)
{
    return is_gentle(settings, epoch) ? 0.5f : 1.0f;
}

/* Of how often something is done to images, if `gentle_share` is what gentle epochs have of it. */
static float share_of(const struct lesson *lesson, float gentle_share)
{
    return is_gentle(lesson->settings, lesson->epoch) ? gentle_share : 1.0f;
}

enum digit_status lesson_open_epoch(struct lesson *lesson, size_t epoch, struct digit_error *error)
{
    const struct fit_settings *settings = lesson->settings;
    lesson->epoch = epoch;
    if (settings->notes == NULL)
        return DIGIT_OK;
    return teacher_notes_open(settings->notes, epoch, is_gentle(settings, epoch), error);
}

enum digit_status lesson_close_epoch(struct lesson *lesson, struct digit_error *error)
{
    if (lesson->settings->notes == NULL)
        return DIGIT_OK;
    return teacher_notes_close(lesson->settings->notes, error);
}

/* One for each purpose and showing of an epoch. */
static struct rng rng_of(const struct lesson *lesson, enum rng_purpose purpose, size_t showing)
{
    size_t showings = lesson->data->count + repeats_total(&lesson->settings->repeat);
    uint64_t place = (uint64_t)lesson->epoch * showings + showing;
    return rng_make(lesson->settings->augment_seed, purpose, place);
}

/* [28][28], as the data has it. */
static const uint8_t *image_of(const struct lesson *lesson, size_t showing)
{
    return lesson->data->images + repeats_image(&lesson->repeats, showing) * DIGIT_PIXELS;
}

static uint8_t label_of(const struct lesson *lesson, size_t showing)
{
    return lesson->data->labels[repeats_image(&lesson->repeats, showing)];
}

/* Lays another image, warped by itself, over the one at that place of the batch, if it so happens. */
static void mix(struct lesson *lesson, size_t at, size_t showing)
{
    const struct fit_settings *settings = lesson->settings;
    const struct junk_digits *digits = &lesson->digits;
    struct rng rng = rng_of(lesson, RNG_MIX, showing);
    struct mixture mixture;
    lesson->mixtures[at] = (struct train_mixture){0, 0.0f};
    if (!mix_draw(&mixture, &settings->mix, share_of(lesson, settings->gentle.mix),
                  (uint32_t)digits->count, &rng))
        return;
    size_t other = digits->indices[mixture.other];
    float pixels[DIGIT_PIXELS];
    augment_image(pixels, digits->images + other * DIGIT_PIXELS, &settings->augment,
                  strength_of(settings, lesson->epoch), &rng);
    mix_images(lesson->pixels + at * DIGIT_PIXELS, pixels, mixture.share);
    lesson->mixtures[at] = (struct train_mixture){digits->labels[other], mixture.share};
}

/* Puts the image as the data has it, or written in another style, where the batch has that showing. */
static void warp_as(struct lesson *lesson, size_t at, size_t showing, const uint8_t *image)
{
    const struct fit_settings *settings = lesson->settings;
    lesson->draws[at] = rng_of(lesson, RNG_AUGMENT, showing);
    augment_image(lesson->pixels + at * DIGIT_PIXELS, image, &settings->augment,
                  strength_of(settings, lesson->epoch), &lesson->draws[at]);
    mix(lesson, at, showing);
}

static void warp(struct lesson *lesson, size_t at, size_t showing)
{
    warp_as(lesson, at, showing, image_of(lesson, showing));
    lesson->labels[at] = label_of(lesson, showing);
}

/* The same warp of another style. */
static void restyle(struct lesson *lesson, size_t at, size_t showing)
{
    const struct fit_settings *settings = lesson->settings;
    struct rng rng = rng_of(lesson, RNG_STYLE, showing);
    uint8_t restyled[DIGIT_PIXELS];
    if (style_image(restyled, image_of(lesson, showing), label_of(lesson, showing),
                    &settings->style, share_of(lesson, settings->gentle.style), &rng))
        warp_as(lesson, at, showing, restyled);
}

/* Perhaps something else instead, warped as a digit if it is written like one. */
static void replace(struct lesson *lesson, size_t at, size_t showing)
{
    const struct fit_settings *settings = lesson->settings;
    struct rng rng = rng_of(lesson, RNG_JUNK, showing);
    if (rng_uniform(&rng) >= share_of(lesson, settings->gentle.junk) * settings->junk.share)
        return;
    uint8_t junk[DIGIT_PIXELS];
    bool is_written = junk_draw(junk, &lesson->digits, &rng);
    augment_image(lesson->pixels + at * DIGIT_PIXELS, junk, &settings->augment,
                  is_written ? strength_of(settings, lesson->epoch) : 0.0f, &rng);
    lesson->labels[at] = TRAIN_NO_CLASS;
}

static void distort(struct lesson *lesson, size_t at)
{
    const struct fit_settings *settings = lesson->settings;
    distort_image(lesson->pixels + at * DIGIT_PIXELS, &settings->distort,
                  share_of(lesson, settings->gentle.distort), &lesson->draws[at]);
}

/* Fetches what the teachers said to images first to end - 1 of the batch, or asks them. */
static enum digit_status ask_teachers(const struct filling *filling, size_t first, size_t end,
                                      size_t member, struct digit_error *error)
{
    struct lesson *lesson = filling->lesson;
    struct teacher_notes *notes = lesson->settings->notes;
    float *answers = lesson->teacher + first * DIGIT_CLASSES;
    size_t answer_bytes = DIGIT_CLASSES * sizeof *answers;
    bool known = notes != NULL && teacher_notes_known(notes);
    if (!known) {
        const float *pixels = lesson->pixels + first * DIGIT_PIXELS;
        enum digit_status status = teachers_answer(lesson->settings->teachers, answers, pixels,
                                                   end - first, member, error);
        if (status != DIGIT_OK || notes == NULL)
            return status;
    }
    for (size_t i = first; i < end; i++, answers += DIGIT_CLASSES) {
        float *noted = teacher_notes_at(notes, filling->showings[i]);
        memcpy(known ? answers : noted, known ? noted : answers, answer_bytes);
    }
    return DIGIT_OK;
}

static void fill_share(void *job, size_t member, size_t members)
{
    const struct filling *filling = job;
    size_t first = filling->count * member / members;
    size_t end = filling->count * (member + 1) / members;
    for (size_t i = first; i < end; i++)
        warp(filling->lesson, i, filling->showings[i]);
    if (filling->ask) {
        struct team_failure *failure = &filling->lesson->failures[member];
        failure->status = ask_teachers(filling, first, end, member, &failure->error);
    }
    for (size_t i = first; i < end; i++) {
        restyle(filling->lesson, i, filling->showings[i]);
        replace(filling->lesson, i, filling->showings[i]);
        distort(filling->lesson, i);
    }
}

static void fill(struct lesson *lesson, struct train_batch *out, const uint32_t *showings,
                 size_t count, bool ask)
{
    struct filling filling = {lesson, showings, count, ask};
    team_run(lesson->team, fill_share, &filling);
    *out = (struct train_batch){
        .pixels = lesson->pixels,
        .labels = lesson->labels,
        .mixtures = lesson->mixtures,
        .count = count,
        .label_smoothing = lesson->settings->label_smoothing,
    };
}

enum digit_status lesson_fill(struct lesson *lesson, struct train_batch *out,
                              const uint32_t *showings, size_t count, struct digit_error *error)
{
    const struct fit_settings *settings = lesson->settings;
    fill(lesson, out, showings, count, settings->teachers != NULL);
    if (settings->teachers == NULL)
        return DIGIT_OK;
    out->teacher = lesson->teacher;
    out->teacher_share = settings->teacher_share;
    out->temperature = settings->temperature;
    return team_first_failure(lesson->failures, team_members(lesson->team), error);
}

void lesson_show(struct lesson *lesson, struct train_batch *out, size_t epoch,
                 const uint32_t *showings, size_t count)
{
    lesson->epoch = epoch;
    fill(lesson, out, showings, count, false);
}
