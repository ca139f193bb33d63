/*
 * The folder of a report: the page and, beside it, its contents as files (docs/training.md lists
 * them).
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
 * Creates the folder if it does not exist and checks that files can be written to it, so that a
 * wrong path is reported before the training. Errors: IO (cannot be created, is not a folder, is
 * not writable).
 */
DIGIT_MUST_CHECK enum digit_status report_folder_prepare(const char *folder,
                                                         struct digit_error *error);

/*
 * Prepares the folder and writes all files of the report, each completely or not at all, the page
 * last. Files of an earlier report that this one does not have (curves where nothing was trained,
 * older event files of digitd) are removed; other files are not touched. Errors: IO, NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status report_folder_write(const char *folder,
                                                       const struct report_source *source,
                                                       struct digit_error *error);

#endif
