#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cpus.h"

#include "tests/test.h"

static char folder[64];

static void path_to(char out[256], const char *name)
{
    snprintf(out, 256, "%s/%s", folder, name);
}

static void make_folder(const char *name)
{
    char path[256];
    path_to(path, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void write_file(const char *name, const char *text)
{
    char path[256];
    path_to(path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A cgroup tree with the groups a and a/b, without quotas, in a new folder. */
static int make_tree(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_cpus_XXXXXX");
    assert_non_null(mkdtemp(folder));
    make_folder("root");
    make_folder("root/a");
    make_folder("root/a/b");
    make_folder("root/cpu");
    make_folder("root/cpu/a");
    write_file("cgroup", "0::/a/b\n");
    return 0;
}

static int remove_tree(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static size_t granted(void)
{
    char own[256];
    char root[256];
    path_to(own, "cgroup");
    path_to(root, "root");
    return cpus_granted(own, root);
}

static size_t affinity(void)
{
    cpu_set_t mask;
    assert_int_equal(sched_getaffinity(0, sizeof mask, &mask), 0);
    return (size_t)CPU_COUNT(&mask);
}

static void cpus_without_a_quota_are_those_of_the_affinity_mask(void **state)
{
    (void)state;
    assert_int_equal(granted(), affinity());
    write_file("root/a/b/cpu.max", "max 100000\n");
    assert_int_equal(granted(), affinity());
    assert_int_equal(cpus_granted("/nonexistent", "/nonexistent"), affinity());
}

static void cpus_follow_a_narrower_affinity_mask(void **state)
{
    (void)state;
    cpu_set_t before;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(granted(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

static void cpus_are_bound_by_the_quota_of_the_own_group(void **state)
{
    (void)state;
    write_file("root/a/b/cpu.max", "100000 100000\n");
    assert_int_equal(granted(), 1);
}

static void cpus_are_bound_by_the_quota_of_an_enclosing_group(void **state)
{
    (void)state;
    write_file("root/a/b/cpu.max", "max 100000\n");
    write_file("root/a/cpu.max", "100000 100000\n");
    assert_int_equal(granted(), 1);
}

static void cpus_are_bound_by_the_root_where_the_own_group_is_not_mounted(void **state)
{
    (void)state;
    write_file("cgroup", "0::/elsewhere/deep\n");
    write_file("root/cpu.max", "100000 100000\n");
    assert_int_equal(granted(), 1);
}

static void cpus_round_a_quota_down_but_not_to_none(void **state)
{
    (void)state;
    write_file("root/a/b/cpu.max", "199999 100000\n");
    assert_int_equal(granted(), 1);
    write_file("root/a/b/cpu.max", "50000 100000\n");
    assert_int_equal(granted(), 1);
}

static void cpus_of_a_large_quota_are_those_of_the_mask(void **state)
{
    (void)state;
    write_file("root/a/b/cpu.max", "99999999999 100000\n");
    assert_int_equal(granted(), affinity());
}

static void cpus_are_bound_by_a_version_1_quota(void **state)
{
    (void)state;
    write_file("cgroup", "12:memory:/x\n4:cpuacct,cpu:/a\n0::/\n");
    write_file("root/cpu/a/cpu.cfs_period_us", "100000\n");
    write_file("root/cpu/a/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(granted(), affinity());
    write_file("root/cpu/a/cpu.cfs_quota_us", "100000\n");
    assert_int_equal(granted(), 1);
}

static void cpus_ignore_what_is_not_a_quota(void **state)
{
    (void)state;
    static const char *const texts[] = {"",      "\n",           "100000\n", "x y\n", "-5 100000\n",
                                        "5 0\n", "100000 100000"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_file("root/a/b/cpu.max", texts[i]);
        assert_int_equal(granted(), affinity());
    }
    write_file("cgroup", "\n:\n0:\nnonsense\n5:cpuset,cpuacct:/a\n");
    write_file("root/cpu/a/cpu.cfs_period_us", "100000\n");
    write_file("root/cpu/a/cpu.cfs_quota_us", "100000\n");
    assert_int_equal(granted(), affinity());
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)

TEST_MAIN(CASE(cpus_without_a_quota_are_those_of_the_affinity_mask),
          CASE(cpus_follow_a_narrower_affinity_mask),
          CASE(cpus_are_bound_by_the_quota_of_the_own_group),
          CASE(cpus_are_bound_by_the_quota_of_an_enclosing_group),
          CASE(cpus_are_bound_by_the_root_where_the_own_group_is_not_mounted),
          CASE(cpus_round_a_quota_down_but_not_to_none),
          CASE(cpus_of_a_large_quota_are_those_of_the_mask),
          CASE(cpus_are_bound_by_a_version_1_quota), CASE(cpus_ignore_what_is_not_a_quota))
