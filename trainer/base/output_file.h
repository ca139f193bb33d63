/*
 * Checks at the start of a long run that its output file can be written at the end.
 */
#ifndef TRAINER_BASE_OUTPUT_FILE_H
#define TRAINER_BASE_OUTPUT_FILE_H

#include <digit/status.h>

/*
 * Fails if file_write could not write `path`, as far as the file system tells. `option` is the
 * command-line option that gave the path ("--output"), for the message. Errors: INVALID (`path`
 * exists and is not a regular file), IO (its folder does not exist, is not a folder or is not
 * writable), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status output_file_check(const char *option, const char *path,
                                                     struct digit_error *error);

#endif
