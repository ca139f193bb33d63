/*
 * The page of a report: one HTML document (WHATWG HTML) that needs no other file and no network,
 * runs no script, and is light or dark as the reader's system is.
 */
#ifndef TRAINER_REPORT_PAGE_H
#define TRAINER_REPORT_PAGE_H

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/contents.h"

/* Appends the document. Text from outside (paths, labels, names) is escaped. Threads: any. Errors:
 * NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status
page_add(struct buffer *out, const struct report_contents *contents, struct digit_error *error);

#endif
