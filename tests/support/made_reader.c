#include "tests/support/made_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/model.h"

void made_reader_create(struct made_reader *out, const struct digit_reader_limits *limits)
{
    struct digit_error error;
    out->model = make_model(TINY_JSON);
    if (digit_context_create(&out->context, out->model, &error) != DIGIT_OK ||
        digit_reader_create(&out->reader, out->context, limits, &error) != DIGIT_OK)
        fail_msg("%s", error.message);
}

void made_reader_destroy(struct made_reader *reader)
{
    digit_reader_destroy(reader->reader);
    digit_context_destroy(reader->context);
    digit_model_destroy(reader->model);
}
