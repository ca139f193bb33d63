/*
 * What several of the trainer's tests need: a folder that goes away again, and a model whose answers
 * can be worked out by hand. Failures end the cmocka test.
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

/* Writes a file into the folder. */
void folder_put(const char *folder, const char *name, const void *bytes, size_t size_bytes);

/* "folder/name"; the caller frees it. */
char *folder_path(const char *folder, const char *name);

/* Removes the folder with its files and frees its name. */
void folder_remove(char *folder);

/* `count` black images labelled 0; released with dataset_release. */
void blank_dataset(struct dataset *out, size_t count);

/* Every kind of warp, as far as trainings use it. */
extern const struct warp_ranges all_warps;

/* Flatten, then dense to ten logits. */
void dense_architecture(struct architecture *out);

/*
 * A model that reads an image by its first ten pixels: where only pixel k is lit, digit k gets
 * probability 3/4 and every other 1/36.
 */
struct digit_model *pixel_model(void);

/* An image of which only pixel `digit` is lit. */
void pixel_image(uint8_t out[DIGIT_PIXELS], size_t digit);

/* A model that reads everything as `digit`, with a probability of 1 to float precision. */
struct digit_model *stubborn_model(size_t digit);

#endif
