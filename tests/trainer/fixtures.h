/*
 * Shared by the tests of the trainer: temporary folders, and models whose predictions can be
 * computed by hand. A failure ends the cmocka test.
 */
#ifndef TESTS_TRAINER_FIXTURES_H
#define TESTS_TRAINER_FIXTURES_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/network/architecture.h"
#include "trainer/augment/warp.h"
#include "trainer/data/idx.h"

/* A new folder under $TMPDIR or /tmp; the caller removes it with folder_remove. */
char *folder_make(void);

/* Writes the file `name` in the folder. */
void folder_put(const char *folder, const char *name, const void *bytes, size_t size_bytes);

/* "folder/name"; the caller frees it. */
char *folder_path(const char *folder, const char *name);

/* Deletes the folder and its files and frees its name. */
void folder_remove(char *folder);

/* For cmocka_unit_test_setup_teardown: *state is a new folder during the test. */
int folder_set_up(void **state);
int folder_tear_down(void **state);

/* `count` black images with label 0; the caller releases them with dataset_release. */
void blank_dataset(struct dataset *out, size_t count);

/* All kinds of warps, with the ranges that trainings use. */
extern const struct warp_ranges all_warps;

/* A flatten layer and a dense layer with ten logits. */
void dense_architecture(struct architecture *out);

/*
 * A model that classifies an image by its first ten pixels: if only pixel k is lit, digit k has the
 * probability 3/4 and all others 1/36. The caller destroys it.
 */
struct digit_model *pixel_model(void);

/* An image in which only pixel `digit` is lit. */
void pixel_image(uint8_t out[DIGIT_PIXELS], size_t digit);

/* A model that classifies all images as `digit`, with a probability of 1 in float precision. The
 * caller destroys it. */
struct digit_model *stubborn_model(size_t digit);

#endif
