/*
 * Records what a model answers for the golden digits (trainer/export/golden_digits.h), in float32
 * and, if the model runs in int8, in int8: a server repeats them at its start
 * (<digit/self_test.h>).
 */
#ifndef TRAINER_EXPORT_GOLDEN_RECORD_H
#define TRAINER_EXPORT_GOLDEN_RECORD_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"
#include "core/network/calibration.h"
#include "core/network/golden.h"
#include "core/network/quantisation.h"
#include "trainer/export/model_file.h"

/*
 * Records the answers of a network with parameters [table->total], preprocessed as in training.
 * `quantisation`: activation ranges, NULL for none; `calibration`: NULL for none. Uses the fastest
 * kernels. Errors: those of model_create; INVALID (the logits of a golden digit are not finite: the
 * network cannot be served), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status
golden_record(struct golden *out, const struct architecture *architecture, const float *parameters,
              const struct quantisation *quantisation, const struct model_calibration *calibration,
              struct digit_error *error);

/*
 * Replaces the golden digits of `file`, which is at `path`, by the answers of the network that it
 * contains now, and sets *recognised as golden_record_recognised. Errors: as digit_model_load and
 * golden_record; NO_MEMORY. `file` is then not changed.
 */
DIGIT_MUST_CHECK enum digit_status golden_record_again(size_t *recognised, struct model_file *file,
                                                       const char *path, struct digit_error *error);

/*
 * The same for the file at `path`, which is replaced atomically; the rest of its contents does not
 * change. Errors: those of model_file_open, golden_record_again and model_file_write.
 */
DIGIT_MUST_CHECK enum digit_status golden_record_file(size_t *recognised, const char *path,
                                                      struct digit_error *error);

/* The number of digits that are recognised as they were drawn, in int8 if the model runs in it. */
size_t golden_record_recognised(const struct golden *golden);

#endif
