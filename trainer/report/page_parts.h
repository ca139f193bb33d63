/*
 * The sections of the page of a report, for page.c only.
 */
#ifndef TRAINER_REPORT_PAGE_PARTS_H
#define TRAINER_REPORT_PAGE_PARTS_H

#include <stdbool.h>

#include <digit/status.h>

#include "trainer/report/buffer.h"
#include "trainer/report/contents.h"

/* Whether a page has the section. */
bool page_always(const struct report_contents *contents);
bool page_has_training(const struct report_contents *contents);
bool page_has_errors(const struct report_contents *contents);
bool page_has_corruptions(const struct report_contents *contents);
bool page_has_first_layer(const struct report_contents *contents);

/* Append the contents of a section, without its heading. Errors: NO_MEMORY. */
DIGIT_MUST_CHECK enum digit_status page_add_training(struct buffer *out,
                                                     const struct report_contents *contents,
                                                     struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_confusions(struct buffer *out,
                                                       const struct report_contents *contents,
                                                       struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_classes(struct buffer *out,
                                                    const struct report_contents *contents,
                                                    struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_errors(struct buffer *out,
                                                   const struct report_contents *contents,
                                                   struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_calibration(struct buffer *out,
                                                        const struct report_contents *contents,
                                                        struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_corruptions(struct buffer *out,
                                                        const struct report_contents *contents,
                                                        struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_first_layer(struct buffer *out,
                                                        const struct report_contents *contents,
                                                        struct digit_error *error);
DIGIT_MUST_CHECK enum digit_status page_add_about(struct buffer *out,
                                                  const struct report_contents *contents,
                                                  struct digit_error *error);

#endif
