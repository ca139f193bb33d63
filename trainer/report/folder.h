/*
 * The folder of a report: the page, and beside it the same as files (docs/training.md lists them).
 *
 *     status = report_folder_prepare("report", &error);      before a long training
 *     status = report_folder_write("report", &source, &error);
 *
 * Threads: one for each folder.
 */
#ifndef TRAINER_REPORT_FOLDER_H
#define TRAINER_REPORT_FOLDER_H

#include <digit/status.h>

#include "trainer/report/contents.h"

/*
 * Makes the folder if it is not there and makes sure that files can be written to it, so that a
 * mistyped name is noticed before the training. Errors: IO (cannot be made, is no folder, may not be
 * written to).
 */
DIGIT_MUST_CHECK enum digit_status report_folder_prepare(const char *folder,
                                                         struct digit_error *error);

/*
 * Writes all files of the report, each whole or not at all, the page last. Files of an earlier
 * report that this one does not have, such as curves where nothing was trained and older event
 * files of ours, are removed; other files are left alone. Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status report_folder_write(const char *folder,
                                                       const struct report_source *source,
                                                       struct digit_error *error);

#endif
