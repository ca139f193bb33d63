#include "trainer/report/tensorboard.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

/* test_report_folder.py reads the records. */
TEST(a_host_name_cannot_leave_the_folder)
{
    char name[TENSORBOARD_NAME_BYTES];
    tensorboard_name(name, 1700000000.5, "../a b.c");
    assert_string_equal(name, "events.out.tfevents.1700000000.---a-b-c.digitd");
    char host[500];
    memset(host, 'h', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    tensorboard_name(name, 5.0, host);
    assert_ptr_equal(strstr(name, "events.out.tfevents.0000000005.hhh"), name);
    assert_string_equal(name + strlen(name) - 8, "h.digitd");
}

/* Eight bytes of length, 9 + 2 + 13 bytes of data, two checksums of four bytes. */
TEST(an_empty_history_has_only_the_first_event)
{
    const struct history history = {NULL, 0, 0.0};
    struct buffer buffer = {0};
    tensorboard_add_events(&buffer, &history);
    assert_int_equal(buffer.size_bytes, 8 + 4 + 24 + 4);
    assert_memory_equal(buffer.bytes + 23, "brain.Event:2", 13);
    buffer_release(&buffer);
}

TEST_MAIN(cmocka_unit_test(a_host_name_cannot_leave_the_folder),
          cmocka_unit_test(an_empty_history_has_only_the_first_event))
