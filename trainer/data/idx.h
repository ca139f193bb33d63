/*
 * Reads data sets in the IDX format of MNIST (LeCun, http://yann.lecun.com/exdb/mnist/): a
 * big-endian header (magic number, then the size of each dimension) followed by the bytes;
 * uncompressed or gzip (RFC 1952).
 *
 *     struct dataset train;
 *     status = dataset_load(&train, "mnist", "train", &error);
 *     dataset_release(&train);
 *
 * Everything is checked: magic numbers, 28x28 pixels, as many labels as images, labels from 0 to 9,
 * and that the file ends exactly where its header says, both the gzip stream and its contents.
 */
#ifndef TRAINER_DATA_IDX_H
#define TRAINER_DATA_IDX_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

#include "core/base/sha256.h"

/* Maximum number of images in a file; EMNIST, the largest data set of the family, has 814,255. */
#define DATASET_MAX_IMAGES 1000000

struct dataset {
    uint8_t *images; /* [count][28][28] row-major, 0 (background) to 255 (foreground); owned */
    uint8_t *labels; /* [count], 0 to 9; owned */
    size_t count;    /* 1 to DATASET_MAX_IMAGES */
    char sha256[SHA256_HEX_BYTES]; /* of all image bytes, then all label bytes, without headers */
};

/*
 * Reads `folder`/PART-images-idx3-ubyte and `folder`/PART-labels-idx1-ubyte; where one does not
 * exist, the file of that name with ".gz" appended. `part` is "train" or "t10k". On success the
 * caller releases `out`; on failure `out` is zeroed. Threads: any. Errors: IO (missing or
 * unreadable file), MALFORMED (magic number, corrupt gzip, a file shorter or longer than its header
 * says), UNSUPPORTED (width or height is not 28), LIMIT (too many images), INVALID (no images,
 * different numbers of images and labels, a label above 9), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status dataset_load(struct dataset *out, const char *folder,
                                                const char *part, struct digit_error *error);

/* Frees the images and labels and zeroes `dataset`, which may be zeroed already. */
void dataset_release(struct dataset *dataset);

#endif
