/*
 * A file that a long run is to write at its end: what can be known of it at the beginning.
 */
#ifndef TRAINER_BASE_OUTPUT_FILE_H
#define TRAINER_BASE_OUTPUT_FILE_H

#include <digit/status.h>

/*
 * Fails unless `path`, which the command line's `option` ("--output") gave, can be written by
 * file_write as far as the file system says. Errors: INVALID (something there is not a regular
 * file), IO (its folder is absent, not a folder, or not writable), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status output_file_check(const char *option, const char *path,
                                                     struct digit_error *error);

#endif
