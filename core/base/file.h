/*
 * Reads whole files up to a size limit, and writes files atomically: whole or not at all.
 * Threads: any, on different files.
 */
#ifndef CORE_BASE_FILE_H
#define CORE_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <digit/status.h>

/*
 * Reads the regular file `path` into *out_bytes, which the caller frees. A NUL follows the last byte and is
 * not counted in *out_size_bytes, so that text can be used as a string. On failure *out_bytes is NULL.
 * Errors: IO (cannot be opened or read, not a regular file), LIMIT (larger than max_bytes), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status file_read(uint8_t **out_bytes, size_t *out_size_bytes,
                                             const char *path, size_t max_bytes,
                                             struct digit_error *error);

struct file_part {
    const void *bytes;
    size_t size_bytes;
};

/*
 * Writes the parts one after the other to `path`: into a temporary file in the same folder, then fsync,
 * rename and fsync of the folder. A reader sees the old file or the new one, never a part of it. Where the
 * file system supports it, the temporary file has no name until it is complete, so that a killed process
 * leaves nothing behind. The mode of the new file follows the umask. Errors: IO; the file at `path` is then
 * unchanged, except if the folder could not be synced.
 */
DIGIT_MUST_CHECK enum digit_status file_write(const char *path, const struct file_part *parts,
                                              size_t part_count, struct digit_error *error);

#endif
