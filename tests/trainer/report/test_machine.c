#include "trainer/report/machine.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/trainer/fixtures.h"

TEST(the_processor_has_the_name_that_the_kernel_gives)
{
    static const char text[] =
        "processor\t: 0\nmodel name\t: Example CPU @ 3.00GHz\nflags\t: fpu\n";
    char *folder = folder_make();
    folder_put(folder, "cpuinfo", text, sizeof text - 1);
    char *path = folder_path(folder, "cpuinfo");
    struct machine machine;
    machine_read(&machine, path);
    assert_string_equal(machine.processor, "Example CPU @ 3.00GHz");
    assert_true(machine.cpus >= 1);
    assert_true(machine.host[0] != '\0' && machine.system[0] != '\0');
    free(path);
    folder_remove(folder);
}

TEST(without_a_name_the_processor_is_the_architecture)
{
    struct machine machine;
    machine_read(&machine, "/nowhere");
    assert_true(machine.processor[0] != '\0');
}

TEST_MAIN(cmocka_unit_test(the_processor_has_the_name_that_the_kernel_gives),
          cmocka_unit_test(without_a_name_the_processor_is_the_architecture))
