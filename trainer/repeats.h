/*
 * The images that an epoch shows more often than once, each time warped anew: those that teachers are
 * least sure of. Most digits are read alike by all of them, and a student learns what they say of the
 * few on which it depends whether it reads as they do only if it is shown those often enough. Its
 * target is the same wherever an image is shown, so nothing is weighed that way but the care taken.
 *
 *     status = repeats_find(&repeats, &settings, &data, trained, count, teachers, team, &error);
 *     size_t image = repeats_image(&repeats, showing);
 *     repeats_release(&repeats);
 *
 * A showing is one place in an epoch: below the data's count it is the image of that index, and
 * behind those all repeated ones in order of their indices, as many times over as they are repeated.
 */
#ifndef TRAINER_REPEATS_H
#define TRAINER_REPEATS_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "trainer/idx.h"
#include "trainer/teachers.h"
#include "trainer/team.h"

struct repeat_settings {
    size_t images; /* that are repeated; 0: none */
    size_t times;  /* that an epoch shows each of them beside the first, 1 or more */
};

struct repeats {
    size_t data_count;
    size_t count;     /* of images */
    uint32_t *images; /* [count] in ascending order; owned */
};

/*
 * Finds the settings->images images whose answer by the teachers, as they are, has the greatest entropy
 * (Shannon 1948), of two that have the same the one with the lower index, among those of `data` that
 * `trained` [trained_count] names; settings->images is at most that, and where it is 0, teachers and team
 * may be NULL. The same for any number of members; only the thread that made the team may call.
 * The caller releases `out`, which holds nothing on failure. Errors: NO_MEMORY, those of
 * teachers_answer.
 */
DIGIT_MUST_CHECK enum digit_status repeats_find(struct repeats *out,
                                                const struct repeat_settings *settings,
                                                const struct dataset *data, const uint32_t *trained,
                                                size_t trained_count, struct teachers *teachers,
                                                struct team *team, struct digit_error *error);

/* Frees what `repeats` owns and zeroes it; a zeroed one is taken too. */
void repeats_release(struct repeats *repeats);

/* The index of the image that a showing shows. Threads: any. */
size_t repeats_image(const struct repeats *repeats, size_t showing);

/* Showings beside one of each image. */
size_t repeats_total(const struct repeat_settings *settings);

#endif
