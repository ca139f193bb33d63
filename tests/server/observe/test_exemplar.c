#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/observe/exemplar.h"

#include "tests/test.h"

static void fill_id(char *out, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)('a' + i % 26);
    out[length] = '\0';
}

TEST(exemplar_that_was_never_written_is_none)
{
    static const struct exemplar exemplar;
    struct exemplar_copy copy;
    assert_false(exemplar_read(&copy, &exemplar));
}

TEST(exemplar_keeps_ids_of_every_allowed_length)
{
    static struct exemplar exemplar;
    for (size_t length = EXEMPLAR_MAX_ID_LENGTH; length > 0; length--) {
        char id[EXEMPLAR_ID_BYTES + 1];
        struct exemplar_copy copy;
        fill_id(id, length);
        exemplar_write(&exemplar, id, (double)length, 1000 + length);
        assert_true(exemplar_read(&copy, &exemplar));
        assert_string_equal(copy.id, id);
        assert_true(copy.value == (double)length);
        assert_int_equal(copy.time_ms, 1000 + length);
    }
}

/* The names and values of the labels may have 128 characters together. */
TEST(exemplar_leaves_out_ids_that_openmetrics_does_not_allow)
{
    static struct exemplar exemplar;
    char id[EXEMPLAR_ID_BYTES + 16];
    struct exemplar_copy copy;
    assert_int_equal(strlen("request_id") + EXEMPLAR_MAX_ID_LENGTH, 128);
    fill_id(id, EXEMPLAR_MAX_ID_LENGTH + 1);
    exemplar_write(&exemplar, id, 1.0, 1);
    exemplar_write(&exemplar, "", 1.0, 1);
    assert_false(exemplar_read(&copy, &exemplar));
    exemplar_write(&exemplar, "kept", 2.0, 2);
    exemplar_write(&exemplar, id, 1.0, 1);
    assert_true(exemplar_read(&copy, &exemplar));
    assert_string_equal(copy.id, "kept");
}

#define WRITES 100000

/* Writes exemplars whose id, value and time are all the same number. */
static void *write_often(void *exemplar)
{
    for (unsigned i = 1; i <= WRITES; i++) {
        char id[96];
        snprintf(id, sizeof id, "%090u", i);
        exemplar_write(exemplar, id, (double)i, i);
    }
    return NULL;
}

TEST(exemplar_is_never_read_half_written)
{
    static struct exemplar exemplar;
    struct exemplar_copy copy = {.time_ms = 0};
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_often, &exemplar), 0);
    while (copy.time_ms < WRITES) {
        struct exemplar_copy next;
        if (!exemplar_read(&next, &exemplar))
            continue;
        assert_true(next.time_ms >= copy.time_ms);
        assert_true(next.value == (double)next.time_ms);
        assert_int_equal(strlen(next.id), 90);
        assert_int_equal(strtoul(next.id, NULL, 10), next.time_ms);
        copy = next;
    }
    assert_int_equal(pthread_join(writer, NULL), 0);
}

TEST_MAIN(cmocka_unit_test(exemplar_that_was_never_written_is_none),
          cmocka_unit_test(exemplar_keeps_ids_of_every_allowed_length),
          cmocka_unit_test(exemplar_leaves_out_ids_that_openmetrics_does_not_allow),
          cmocka_unit_test(exemplar_is_never_read_half_written))
