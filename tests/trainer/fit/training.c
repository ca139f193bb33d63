#include "tests/trainer/fit/training.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <digit/image.h>

#include "core/network/architecture_read.h"
#include "tests/trainer/fixtures.h"
#include "trainer/base/rng.h"
#include "trainer/net/schedule.h"

static bool record_step(void *user, const struct fit_step *step)
{
    struct training_record *record = user;
    size_t batch = step->images - (step->step == 1 ? 0 : record->images_before);
    record->images_before = step->images;
    if (batch > record->largest_batch)
        record->largest_batch = batch;
    if (record->smallest_batch == 0 || batch < record->smallest_batch)
        record->smallest_batch = batch;
    return ++record->steps != record->stop_after;
}

static void record_epoch(void *user, const struct fit_epoch *epoch)
{
    struct training_record *record = user;
    record->epoch[record->epochs++] = *epoch;
}

static float *copy(const float *values, size_t count)
{
    float *out = calloc(count, sizeof *out);
    assert_non_null(out);
    return memcpy(out, values, count * sizeof *out);
}

static enum digit_status record_state(void *user, const struct fit_state *state,
                                      struct digit_error *error)
{
    struct training_record *record = user;
    if (record->save_fails)
        return digit_fail(error, DIGIT_IO, "the disk is full");
    if (state->epochs_run != record->save_after)
        return DIGIT_OK;
    size_t total = state->parameter_total;
    record->saved = *state;
    record->saved.history = record->epoch;
    record->saved.parameters = record->copies[0] = copy(state->parameters, total);
    record->saved.mean = record->copies[1] = copy(state->mean, total);
    record->saved.square = record->copies[2] = copy(state->square, total);
    record->saved.ema = record->copies[3] = copy(state->ema, total);
    record->saved.kept = record->copies[4] = copy(state->kept, total);
    return DIGIT_OK;
}

void training_record_release(struct training_record *record)
{
    for (size_t i = 0; i < sizeof record->copies / sizeof *record->copies; i++)
        free(record->copies[i]);
}

void training_make_bars(struct dataset *out, size_t count)
{
    blank_dataset(out, count);
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(1, RNG_INITIALISE, i);
        out->labels[i] = (uint8_t)(i % 10);
        for (size_t j = 0; j < DIGIT_PIXELS; j++) {
            bool lit = j / DIGIT_SIDE_PX / 2 == 2 + i % 10;
            out->images[i * DIGIT_PIXELS + j] = (uint8_t)((lit ? 150 : 0) + rng_below(&rng, 100));
        }
    }
}

void training_make_noise(struct dataset *out, size_t count)
{
    training_make_bars(out, count);
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(2, RNG_INITIALISE, i);
        out->labels[i] = (uint8_t)rng_below(&rng, 10);
    }
}

struct fit_settings training_settings(void)
{
    return (struct fit_settings){
        .epochs = 8,
        .batch_size = 32,
        .validation_count = 60,
        .schedule = SCHEDULE_CONSTANT,
        .learning_rate = 0.003,
        .optimiser = adamw_settings_make(0.01),
        .ema_decay = 0.9,
        .seed = 3,
    };
}

struct distillation training_distillation;

enum digit_status training_resume(const struct fit_state *from, struct fit_result *out,
                                  struct training_record *record,
                                  const struct architecture *architecture,
                                  const struct dataset *data, const struct fit_settings *settings,
                                  size_t threads, struct digit_error *error)
{
    const struct fit_observer observer = {record, record_step, record_epoch, record_state};
    struct thread_pool *pool;
    assert_int_equal(thread_pool_create(&pool, threads, NULL), DIGIT_OK);
    enum digit_status status = fit(out, architecture, data, settings, &training_distillation, from,
                                   &observer, pool, error);
    thread_pool_destroy(pool);
    return status;
}

enum digit_status training_run(struct fit_result *out, struct training_record *record,
                               const struct architecture *architecture, const struct dataset *data,
                               const struct fit_settings *settings, size_t threads,
                               struct digit_error *error)
{
    return training_resume(NULL, out, record, architecture, data, settings, threads, error);
}

void training_run_dense(struct fit_result *out, struct training_record *record,
                        const struct dataset *data, const struct fit_settings *settings)
{
    struct architecture architecture;
    struct digit_error error;
    dense_architecture(&architecture);
    memset(record, 0, sizeof *record);
    if (training_run(out, record, &architecture, data, settings, 2, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

void training_architecture(struct architecture *out)
{
    static const char text[] =
        "{\"name\": \"small\", \"layers\": ["
        "{\"type\": \"conv2d\", \"name\": \"conv1\", \"out_channels\": 4, \"kernel_size\": 5,"
        " \"stride\": 3, \"bias\": false},"
        "{\"type\": \"batchnorm2d\", \"name\": \"norm1\"}, {\"type\": \"relu\"},"
        "{\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"flatten\"},"
        "{\"type\": \"dropout\", \"p\": 0.25},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}";
    assert_int_equal(architecture_parse(out, text, sizeof text - 1, "test", NULL), DIGIT_OK);
}
