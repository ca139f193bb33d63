#include "trainer/fit/batch_loader.h"

#include <stdlib.h>
#include <string.h>

#include <digit/image.h>
#include <digit/model.h>

#include "trainer/augment/distort/distort.h"
#include "trainer/augment/mixup.h"
#include "trainer/augment/neighbours.h"
#include "trainer/augment/outliers/outliers.h"
#include "trainer/augment/variants/variants.h"
#include "trainer/augment/warp.h"
#include "trainer/base/rng.h"
#include "trainer/distill/hard_examples.h"

struct batch_loader {
    const struct dataset *data;
    const struct fit_settings *settings;
    struct teachers *teachers;   /* NULL: no teachers */
    struct teacher_cache *cache; /* NULL: no cache */
    struct thread_pool *pool;
    struct outlier_digits digits; /* the training images */
    struct hard_examples hard_examples;
    size_t epoch;
    float *pixels;              /* [batch_size][28][28] */
    struct rng *rngs;           /* [batch_size], each sample's generator after its warp */
    uint8_t *labels;            /* [batch_size] */
    struct train_mixup *mixups; /* [batch_size] */
    float *teacher_logits;      /* [batch_size][DIGIT_CLASSES] */
};

/* The job of one batch, shared by the threads. */
struct batch_work {
    struct batch_loader *loader;
    const uint32_t *samples; /* [count] */
};

static bool allocate_batch(struct batch_loader *loader, size_t batch_size)
{
    loader->pixels = calloc(batch_size, DIGIT_PIXELS * sizeof *loader->pixels);
    loader->rngs = calloc(batch_size, sizeof *loader->rngs);
    loader->labels = calloc(batch_size, sizeof *loader->labels);
    loader->mixups = calloc(batch_size, sizeof *loader->mixups);
    loader->teacher_logits = calloc(batch_size, DIGIT_CLASSES * sizeof *loader->teacher_logits);
    return loader->pixels != NULL && loader->rngs != NULL && loader->labels != NULL &&
           loader->mixups != NULL && loader->teacher_logits != NULL;
}

enum digit_status batch_loader_create(struct batch_loader **out, const struct dataset *data,
                                      const uint32_t *trained, size_t trained_count,
                                      const struct fit_settings *settings,
                                      const struct distillation *distillation,
                                      struct thread_pool *pool, struct digit_error *error)
{
    *out = NULL;
    size_t batch_size = settings->batch_size;
    struct batch_loader *loader = calloc(1, sizeof *loader);
    if (loader == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for batches of %zu samples",
                          batch_size);
    *loader = (struct batch_loader){
        .data = data,
        .settings = settings,
        .teachers = distillation != NULL ? distillation->teachers : NULL,
        .cache = distillation != NULL ? distillation->cache : NULL,
        .pool = pool,
        .digits = {data->images, data->labels, trained, trained_count},
    };
    enum digit_status status = DIGIT_OK;
    if (!allocate_batch(loader, batch_size))
        status =
            digit_fail(error, DIGIT_NO_MEMORY, "no memory for batches of %zu samples", batch_size);
    if (status == DIGIT_OK)
        status = hard_examples_select(&loader->hard_examples, &settings->hard_examples, data,
                                      trained, trained_count, loader->teachers, pool, error);
    if (status != DIGIT_OK) {
        batch_loader_destroy(loader);
        return status;
    }
    *out = loader;
    return DIGIT_OK;
}

void batch_loader_destroy(struct batch_loader *loader)
{
    if (loader == NULL)
        return;
    hard_examples_release(&loader->hard_examples);
    free(loader->teacher_logits);
    free(loader->mixups);
    free(loader->labels);
    free(loader->rngs);
    free(loader->pixels);
    free(loader);
}

enum digit_status batch_loader_begin_epoch(struct batch_loader *loader, size_t epoch,
                                           struct digit_error *error)
{
    loader->epoch = epoch;
    if (loader->cache == NULL)
        return DIGIT_OK;
    bool is_final = fit_is_final_epoch(loader->settings, epoch);
    size_t cached = fit_augment_epoch(loader->settings, epoch);
    return teacher_cache_begin_epoch(loader->cache, cached, is_final, error);
}

enum digit_status batch_loader_end_epoch(struct batch_loader *loader, struct digit_error *error)
{
    return loader->cache != NULL ? teacher_cache_end_epoch(loader->cache, error) : DIGIT_OK;
}

/* The strength of warps in this epoch. */
static float warp_strength(const struct batch_loader *loader)
{
    return fit_is_final_epoch(loader->settings, loader->epoch) ? 0.5f : 1.0f;
}

/* The multiplier of a probability in this epoch: final_multiplier in a final epoch, otherwise 1. */
static float multiplier(const struct batch_loader *loader, float final_multiplier)
{
    return fit_is_final_epoch(loader->settings, loader->epoch) ? final_multiplier : 1.0f;
}

/* The random generator of a sample for one purpose in an epoch. */
static struct rng epoch_rng(const struct batch_loader *loader, enum rng_purpose purpose,
                            size_t epoch, size_t sample)
{
    size_t samples = loader->data->count + hard_examples_extra(&loader->settings->hard_examples);
    uint64_t place = (uint64_t)epoch * samples + sample;
    return rng_make(fit_augment_seed(loader->settings), purpose, place);
}

/* The same for what is drawn anew in each epoch. */
static struct rng sample_rng(const struct batch_loader *loader, enum rng_purpose purpose,
                             size_t sample)
{
    return epoch_rng(loader, purpose, loader->epoch, sample);
}

/* The same for what the teachers see. */
static struct rng teacher_rng(const struct batch_loader *loader, enum rng_purpose purpose,
                              size_t sample)
{
    size_t epoch = fit_augment_epoch(loader->settings, loader->epoch);
    return epoch_rng(loader, purpose, epoch, sample);
}

/* The image of a sample, [28][28], without augmentation. */
static const uint8_t *sample_image(const struct batch_loader *loader, size_t sample)
{
    size_t image = hard_examples_image(&loader->hard_examples, sample);
    return loader->data->images + image * DIGIT_PIXELS;
}

static uint8_t sample_label(const struct batch_loader *loader, size_t sample)
{
    return loader->data->labels[hard_examples_image(&loader->hard_examples, sample)];
}

/* With the probability of mixup, blends another training image, which has a warp of its own, into
 * the sample at index `at` of the batch. */
static void mixup_sample(struct batch_loader *loader, size_t at, size_t sample)
{
    const struct fit_settings *settings = loader->settings;
    const struct outlier_digits *digits = &loader->digits;
    struct rng rng = teacher_rng(loader, RNG_MIXUP, sample);
    struct mixup mixup;
    loader->mixups[at] = (struct train_mixup){0, 0.0f};
    if (!mixup_draw(&mixup, &settings->mixup, multiplier(loader, settings->final.mixup),
                    (uint32_t)digits->count, &rng))
        return;
    size_t other = digits->indices[mixup.other];
    float pixels[DIGIT_PIXELS];
    warp_image(pixels, digits->images + other * DIGIT_PIXELS, &settings->warp,
               warp_strength(loader), &rng);
    mixup_images(loader->pixels + at * DIGIT_PIXELS, pixels, mixup.share);
    loader->mixups[at] = (struct train_mixup){digits->labels[other], mixup.share};
}

/* Applies the sample's warp and mixup to `image`. Both depend on the sample only, not on
 * `image`. */
static void warp_and_mixup(struct batch_loader *loader, size_t at, size_t sample,
                           const uint8_t *image)
{
    loader->rngs[at] = teacher_rng(loader, RNG_WARP, sample);
    warp_image(loader->pixels + at * DIGIT_PIXELS, image, &loader->settings->warp,
               warp_strength(loader), &loader->rngs[at]);
    mixup_sample(loader, at, sample);
}

static void warp_sample(struct batch_loader *loader, size_t at, size_t sample)
{
    warp_and_mixup(loader, at, sample, sample_image(loader, sample));
    loader->labels[at] = sample_label(loader, sample);
}

/* Reads the teachers' logits from the cache, or computes them and stores them there. */
static enum digit_status load_teacher_logits(const struct batch_work *work, size_t first,
                                             size_t count, size_t thread, struct digit_error *error)
{
    struct batch_loader *loader = work->loader;
    float *logits = loader->teacher_logits + first * DIGIT_CLASSES;
    size_t logits_bytes = DIGIT_CLASSES * sizeof *logits;
    bool is_filled = loader->cache != NULL && teacher_cache_is_filled(loader->cache);
    if (!is_filled) {
        enum digit_status status = teachers_predict(
            loader->teachers, logits, loader->pixels + first * DIGIT_PIXELS, count, thread, error);
        if (status != DIGIT_OK || loader->cache == NULL)
            return status;
    }
    for (size_t i = first; i < first + count; i++, logits += DIGIT_CLASSES) {
        float *entry = teacher_cache_entry(loader->cache, work->samples[i]);
        memcpy(is_filled ? logits : entry, is_filled ? entry : logits, logits_bytes);
    }
    return DIGIT_OK;
}

/* With the probability of its class, replaces the digit by a variant of it, under the same warp and
 * mixup. */
static void vary_sample(struct batch_loader *loader, size_t at, size_t sample)
{
    const struct fit_settings *settings = loader->settings;
    struct rng rng = sample_rng(loader, RNG_VARIANT, sample);
    uint8_t variant[DIGIT_PIXELS];
    if (variant_image(variant, sample_image(loader, sample), sample_label(loader, sample),
                      &settings->variants, multiplier(loader, settings->final.variants), &rng))
        warp_and_mixup(loader, at, sample, variant);
}

/* With the probability of outliers, replaces the sample by an outlier, which is warped like a digit
 * if it consists of strokes like one. */
static void replace_by_outlier(struct batch_loader *loader, size_t at, size_t sample)
{
    const struct fit_settings *settings = loader->settings;
    struct rng rng = sample_rng(loader, RNG_OUTLIER, sample);
    float probability =
        multiplier(loader, settings->final.outliers) * settings->outliers.probability;
    if (rng_uniform(&rng) >= probability)
        return;
    uint8_t outlier[DIGIT_PIXELS];
    bool is_written = outlier_draw(outlier, &loader->digits, &rng);
    warp_image(loader->pixels + at * DIGIT_PIXELS, outlier, &settings->warp,
               is_written ? warp_strength(loader) : 0.0f, &rng);
    loader->labels[at] = TRAIN_NO_CLASS;
}

/* With the probability of neighbours for each side, adds a fragment of another training image, which
 * has a warp of its own, unless the sample has become an outlier. */
static void add_neighbours(struct batch_loader *loader, size_t at, size_t sample)
{
    const struct fit_settings *settings = loader->settings;
    const struct outlier_digits *digits = &loader->digits;
    struct rng rng = sample_rng(loader, RNG_NEIGHBOUR, sample);
    float strength = multiplier(loader, settings->final.neighbours);
    struct neighbour neighbour;
    if (loader->labels[at] == TRAIN_NO_CLASS)
        return;
    for (int side = 0; side < 2; side++) {
        if (!neighbour_draw(&neighbour, &settings->neighbours, strength, (uint32_t)digits->count,
                            &rng))
            continue;
        size_t other = digits->indices[neighbour.other];
        float pixels[DIGIT_PIXELS];
        warp_image(pixels, digits->images + other * DIGIT_PIXELS, &settings->warp,
                   warp_strength(loader), &rng);
        neighbour_add(loader->pixels + at * DIGIT_PIXELS, pixels, &neighbour, side == 1);
    }
}

/* Where the warp is one of an earlier epoch, the distortion is nevertheless a new one. */
static void distort_sample(struct batch_loader *loader, size_t at, size_t sample)
{
    const struct fit_settings *settings = loader->settings;
    if (fit_augment_epoch(settings, loader->epoch) != loader->epoch)
        loader->rngs[at] = sample_rng(loader, RNG_DISTORT, sample);
    distort_image(loader->pixels + at * DIGIT_PIXELS, &settings->distort,
                  multiplier(loader, settings->final.distort), &loader->rngs[at]);
}

/*
 * Prepares the samples at indices first to first + count - 1 of the batch. Steps 3 to 6 and mixup
 * have probabilities of their own:
 *
 *     1. warp      one bilinear resampling of the image, then mixup with another one
 *     2. predict   the teachers' logits for the result
 *     3. vary      a flag on a 1, a bar through a 7 and the like, under the same warp and mixup
 *     4. replace   an outlier, which has no class, in place of the sample
 *     5. surround  fragments of other digits at the left and right border of a digit
 *     6. distort   noise, blur, lines and the like
 *
 * The teachers see the sample before steps 3 to 6. The student learns to give the same logits for
 * the variant and the distorted sample.
 */
static enum digit_status fill_block(void *job, size_t first, size_t count, size_t thread,
                                    struct digit_error *error)
{
    const struct batch_work *work = job;
    struct batch_loader *loader = work->loader;
    for (size_t i = first; i < first + count; i++)
        warp_sample(loader, i, work->samples[i]);
    if (loader->teachers != NULL) {
        enum digit_status status = load_teacher_logits(work, first, count, thread, error);
        if (status != DIGIT_OK)
            return status;
    }
    for (size_t i = first; i < first + count; i++) {
        vary_sample(loader, i, work->samples[i]);
        replace_by_outlier(loader, i, work->samples[i]);
        add_neighbours(loader, i, work->samples[i]);
        distort_sample(loader, i, work->samples[i]);
    }
    return DIGIT_OK;
}

enum digit_status batch_loader_fill(struct batch_loader *loader, struct train_batch *out,
                                    const uint32_t *samples, size_t count,
                                    struct digit_error *error)
{
    const struct fit_settings *settings = loader->settings;
    struct batch_work work = {loader, samples};
    enum digit_status status = thread_pool_each_block(loader->pool, count, TEACHERS_BLOCK_IMAGES,
                                                      fill_block, &work, error);
    if (status != DIGIT_OK)
        return status;
    *out = (struct train_batch){
        .pixels = loader->pixels,
        .labels = loader->labels,
        .mixups = loader->mixups,
        .count = count,
        .label_smoothing = settings->label_smoothing,
    };
    if (loader->teachers != NULL) {
        out->teacher = loader->teacher_logits;
        out->teacher_share = settings->teacher_share;
        out->temperature = settings->temperature;
    }
    return DIGIT_OK;
}
