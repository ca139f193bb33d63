/*
 * Model files for tests: TINY_JSON's network saved with a card, and drafts, which are files taken apart so
 * that a test can change them before they are written again. A failure ends the test.
 */
#ifndef TESTS_CORE_NETWORK_MODEL_DRAFT_H
#define TESTS_CORE_NETWORK_MODEL_DRAFT_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/model.h"
#include "core/weights/safetensors.h"
#include "tests/support/temp_folder.h"

/* A card without ranges and calibration. */
extern const struct model_card draft_card;

/* Saves the network of the architecture at `json` with made-up parameters. */
void draft_save(const char *path, const char *json, const struct model_card *card);

/* Loads a model with the options; the caller destroys it. */
struct digit_model *draft_load(const char *path, const struct digit_model_options *options);

/* Expects that loading fails with a message that contains `words`. */
void draft_assert_load_refused(const char *path, enum digit_status expected, const char *words);

/* Parses the file; the caller destroys the result. */
struct safetensors *draft_read_tensors(const char *path);

struct draft {
    char path[TEMP_FOLDER_PATH_BYTES];
    struct safetensors *file; /* the members below point into it */
    struct safetensor tensors[PARAMETERS_MAX];
    size_t tensor_count;
    struct safetensors_entry metadata[8];
    size_t metadata_count;
};

/* Saves TINY_JSON with draft_card in the folder of `state` and takes the file apart. */
void draft_open(struct draft *out, void **state);

/* Sets the value of a metadata key, or removes the key if `value` is NULL. */
void draft_set_metadata(struct draft *draft, const char *key, const char *value);

/* Adds a metadata key. */
void draft_add_metadata(struct draft *draft, const char *key, const char *value);

struct safetensor *draft_tensor(struct draft *draft, const char *name);

/* Writes the draft, releases it, and expects that loading fails with a message that contains `words`. */
void draft_assert_refused(struct draft *draft, enum digit_status expected, const char *words);

#endif
