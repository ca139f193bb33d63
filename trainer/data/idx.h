/*
 * Reads the MNIST files in LeCun's IDX format (http://yann.lecun.com/exdb/mnist/): a big-endian
 * header (magic number, one size for each dimension), then the bytes; plain or gzip (RFC 1952).
 *
 *     struct dataset train;
 *     status = dataset_load(&train, "mnist", "train", &error);
 *     dataset_release(&train);
 *
 * Nothing is taken on trust: magic numbers, 28x28 pixels, as many labels as images, labels from 0
 * to 9, and not a byte fewer or more than the header promises, in the gzip file as in what it
 * holds.
 */
#ifndef TRAINER_DATA_IDX_H
#define TRAINER_DATA_IDX_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/base/sha256.h"

/* Most images that a file may hold; EMNIST, the largest of the family, has 814,255. */
#define DATASET_MAX_IMAGES 1000000

struct dataset {
    uint8_t *images;               /* [count][28][28] row-major, 0 ground to 255 ink; owned */
    uint8_t *labels;               /* [count], 0 to 9; owned */
    size_t count;                  /* 1 to DATASET_MAX_IMAGES */
    char sha256[SHA256_HEX_BYTES]; /* of all image bytes, then all label bytes, headers left out */
};

/*
 * Reads `folder`/PART-images-idx3-ubyte and `folder`/PART-labels-idx1-ubyte, each as it is or, if
 * there is no such file, with ".gz" at its end. `part` is "train" or "t10k".
 * On success the caller releases `out`; on failure `out` holds nothing. Threads: any.
 * Errors: IO (absent, unreadable), MALFORMED (magic number, corrupt gzip, a file shorter or longer
 * than its header says), UNSUPPORTED (a side other than 28), LIMIT (too many images), INVALID (no
 * images, counts that differ, a label above 9), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status dataset_load(struct dataset *out, const char *folder,
                                                const char *part, struct digit_error *error);

/* Frees what `dataset` owns and zeroes it; a zeroed one is taken too. */
void dataset_release(struct dataset *dataset);

#endif
