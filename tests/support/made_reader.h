/*
 * A reader of pictures with a network whose weights are made up: its answers mean nothing.
 */
#ifndef TESTS_SUPPORT_MADE_READER_H
#define TESTS_SUPPORT_MADE_READER_H

#include <digit/reader.h>

struct made_reader {
    struct digit_model *model;
    struct digit_context *context;
    struct digit_reader *reader;
};

/* Within `limits`, or the usual ones if it is NULL. A failure ends the test. */
void made_reader_create(struct made_reader *out, const struct digit_reader_limits *limits);

void made_reader_destroy(struct made_reader *reader);

#endif
