/*
 * Files, whole: read whole under a limit, written whole or not at all.
 * Threads: any, on different files.
 */
#ifndef CORE_BASE_FILE_H
#define CORE_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

/*
 * Reads the regular file `path` into *out_bytes, which the caller frees; a NUL that is not counted
 * in *out_size_bytes follows the last byte, so that text can be read as a string.
 * Errors: IO (cannot be opened or read, not a regular file), LIMIT (longer than max_bytes),
 * NO_MEMORY. On failure *out_bytes is NULL.
 */
DIGIT_MUST_CHECK enum digit_status file_read(uint8_t **out_bytes, size_t *out_size_bytes,
                                             const char *path, size_t max_bytes,
                                             struct digit_error *error);

struct file_part {
    const void *bytes;
    size_t size_bytes;
};

/*
 * Writes the parts one after the other to `path`: into a temporary file beside it, fsync, rename,
 * fsync of the folder. A reader sees the old file or the new one, never a part; where the file system
 * can, the temporary file has no name before it is whole, so that a killed process leaves none. The
 * new file has the mode that the umask grants. Errors: IO; the file at `path` is then untouched, unless it was the
 * folder that could not be synced.
 */
DIGIT_MUST_CHECK enum digit_status file_write(const char *path, const struct file_part *parts,
                                              size_t part_count, struct digit_error *error);

#endif
