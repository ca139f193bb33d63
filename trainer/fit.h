/*
 * The training loop: part of the images held out, then epochs of shuffled, augmented batches; AdamW
 * under a schedule; a moving average of the weights, which is what is validated and returned.
 *
 *     status = fit(&result, &architecture, &train, &settings, NULL, &observer, team, &error);
 *     ... model_save(path, &architecture, result.parameters, ...)
 *     fit_result_release(&result);
 *
 * The same seed, data and settings give the same weights to the bit for any number of threads, and
 * from a state that an earlier run left after any of its epochs. It prints nothing: an observer is
 * told.
 */
#ifndef TRAINER_FIT_H
#define TRAINER_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/model.h"
#include "trainer/adamw.h"
#include "trainer/augment.h"
#include "trainer/distort/distort.h"
#include "trainer/idx.h"
#include "trainer/junk/junk.h"
#include "trainer/mix.h"
#include "trainer/repeats.h"
#include "trainer/schedule.h"
#include "trainer/style.h"
#include "trainer/teacher_notes.h"
#include "trainer/teachers.h"
#include "trainer/team.h"

/* How often the gentle epochs do it, of how often the others do; 0 to 1. */
struct gentle_shares {
    float mix;
    float distort;
    float style;
    float junk;
};

struct fit_settings {
    size_t epochs;           /* 1 or more */
    size_t batch_size;       /* most images of a step, 1 or more; see fit_steps */
    size_t validation_count; /* images held out, below the data's count; 0 validates nothing */
    size_t patience;         /* epochs without a better validation loss; 0 does not stop early */
    size_t gentle_epochs;    /* last epochs, in which augmentation has half its strength */
    struct gentle_shares gentle;
    size_t recompute_statistics; /* images for it at the end, of those trained on; 0: off */
    enum schedule_kind schedule;
    double learning_rate; /* the schedule's peak */
    struct adamw_settings optimiser;
    double average_decay;  /* of the moving average, 0 to below 1 */
    float label_smoothing; /* 0 to below 1 */
    struct augment_ranges augment;
    struct mix_ranges mix; /* applied to warped images */
    struct style_ranges style;
    struct junk_ranges junk;
    struct distort_ranges distort; /* applied to what the others give */
    uint64_t seed;
    uint64_t augment_seed;         /* of what is done to the images; the same for students who share
                                    notes */
    struct repeat_settings repeat; /* of images that teachers are unsure of */
    struct teachers *teachers;     /* NULL: learn from the labels alone; borrowed */
    struct teacher_notes *notes;   /* NULL: ask the teachers each time; borrowed */
    float teacher_share;           /* of the loss, 0 to 1 */
    float temperature;             /* of the teachers' answers, above 0 */
};

/* Where an epoch stands. The means are over its images so far, as training saw them, without those
 * that show no digit; 0 if there was none else. */
struct fit_step {
    size_t epoch; /* from 1 */
    size_t epochs;
    size_t step; /* done in this epoch, from 1 */
    size_t steps;
    size_t images; /* shown in this epoch */
    double loss;
    double accuracy;
    double learning_rate; /* of this step */
};

/* What an epoch came to. */
struct fit_epoch {
    struct fit_step last;
    bool validated; /* whether the next three are set */
    double validation_loss;
    double validation_accuracy;
    bool best; /* the lowest validation loss yet */
    double
        seconds; /* that it took, validation included; the one figure that differs between runs */
};

/*
 * A training after a whole epoch: with architecture, data and settings, all that its later epochs
 * depend on. Everything else is a function of the seed and the epoch. All borrowed.
 */
struct fit_state {
    size_t epochs_run;               /* 1 or more */
    const struct fit_epoch *history; /* [epochs_run] */
    size_t parameter_total;
    const float *parameters; /* this and what follows: [parameter_total] */
    const float *mean;       /* the optimiser's m */
    const float *square;     /* the optimiser's v */
    const float *average;    /* the moving average */
    const float *kept;       /* what would be returned if this were the last epoch */
};

struct fit_observer {
    void *user;
    bool (*on_step)(void *user, const struct fit_step *step); /* false ends the training */
    void (*on_epoch)(void *user, const struct fit_epoch *epoch);
    /* After on_epoch, to save the state; a failure ends the training with it. May be NULL. */
    enum digit_status (*on_state)(void *user, const struct fit_state *state,
                                  struct digit_error *error);
};

enum fit_end {
    FIT_ALL_EPOCHS, /* every epoch was run */
    FIT_EARLY,      /* patience ran out */
    FIT_INTERRUPTED /* the observer ended it; result.parameters is then NULL */
};

/* Over images as they are, not augmented. */
struct fit_figures {
    double accuracy;
    double loss; /* mean negative log-likelihood */
};

struct fit_result {
    float *parameters; /* averaged, [parameter table's total]; owned */
    enum fit_end end;
    struct fit_epoch kept;       /* the epoch whose weights these are, validated as they are */
    struct fit_epoch *history;   /* [epochs_run], those before `from` included; owned */
    size_t epochs_run;           /* whole epochs */
    size_t training_count;       /* images trained on */
    struct fit_figures training; /* of `parameters` on those images */
};

/* What train_network_step makes of a pixel, and a model of its weights must too. */
extern const struct model_preprocessing fit_preprocessing;

/*
 * Steps of an epoch over `count` images: as many as full batches would need, the images then spread
 * evenly, so that no step is left with a remnant too small for batch statistics.
 */
size_t fit_steps(size_t count, size_t batch_size);

/*
 * Trains `architecture` on `data`: from scratch, or where `from` is not NULL, from that state, which
 * a training of the same architecture, data and settings was in; of its history, `last` needs loss
 * and accuracy only. With patience, the weights of the epoch with the lowest validation loss are
 * returned, else those of the last, where asked for with running statistics recomputed
 * (trainer/fit_statistics.h). The observer's functions run in the calling thread, which made
 * the team; epochs before `from` are not observed again. On success the caller releases `out`; on
 * failure it holds nothing.
 * Errors: INVALID (settings that contradict each other, a state that does not fit them, a loss or
 * weights that are no longer finite), NO_MEMORY, those of evaluate_model and of on_state.
 */
DIGIT_MUST_CHECK enum digit_status
fit(struct fit_result *out, const struct architecture *architecture, const struct dataset *data,
    const struct fit_settings *settings, const struct fit_state *from,
    const struct fit_observer *observer, struct team *team, struct digit_error *error);

/* Frees what `result` owns and zeroes it; a zeroed one is taken too. */
void fit_result_release(struct fit_result *result);

#endif
