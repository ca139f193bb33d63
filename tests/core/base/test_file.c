#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/failure.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"

#define NOBODY 65534

static struct digit_error error;

/* The linker's --wrap sends umask here. */
mode_t __real_umask(mode_t mask);
mode_t __wrap_umask(mode_t mask);
static int umask_calls;

mode_t __wrap_umask(mode_t mask)
{
    umask_calls++;
    return __real_umask(mask);
}

static enum digit_status write_text(const char *path, const char *text)
{
    struct file_part part = {text, strlen(text)};
    return file_write(path, &part, 1, &error);
}

static void assert_file_holds(const char *path, const char *text)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(file_read(&bytes, &size_bytes, path, 1024, &error), DIGIT_OK);
    assert_int_equal(size_bytes, strlen(text));
    assert_string_equal((const char *)bytes, text);
    free(bytes);
}

static void assert_read_fails(const char *path, size_t max_bytes, enum digit_status expected,
                              const char *words)
{
    uint8_t *bytes = (uint8_t *)&error;
    size_t size_bytes = 1;
    enum digit_status status = file_read(&bytes, &size_bytes, path, max_bytes, &error);
    assert_failure(status, &error, expected, words);
    assert_non_null(strstr(error.message, path));
    assert_null(bytes);
}

static void file_read_returns_every_byte_and_a_nul_behind_them(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "bytes");
    struct file_part part = {"a\0b\n", 4};
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(file_read(&bytes, &size_bytes, path, 4, &error), DIGIT_OK);
    assert_int_equal(size_bytes, 4);
    assert_memory_equal(bytes, "a\0b\n", 5);
    free(bytes);
}

static void file_read_takes_an_empty_file(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "empty");
    assert_int_equal(file_write(path, NULL, 0, &error), DIGIT_OK);
    assert_file_holds(path, "");
}

static void file_read_of_a_missing_file_is_an_io_error(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing");
    assert_read_fails(path, 10, DIGIT_IO, "cannot open: No such file");
}

static void file_read_of_a_folder_is_an_io_error(void **state)
{
    assert_read_fails(*state, 10, DIGIT_IO, "not a regular file");
}

static void file_read_of_a_fifo_does_not_wait(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(10); /* ends the test if open blocks until there is a writer */
    assert_read_fails(path, 10, DIGIT_IO, "not a regular file");
    alarm(0);
}

static void file_read_names_the_limit_that_a_file_exceeds(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "long");
    assert_int_equal(write_text(path, "12345"), DIGIT_OK);
    assert_read_fails(path, 4, DIGIT_LIMIT, "5 bytes, the limit is 4");
}

static void file_write_joins_parts_and_replaces_the_whole_file(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "joined");
    assert_int_equal(write_text(path, "a far longer text than the next"), DIGIT_OK);
    const struct file_part parts[] = {{"one ", 4}, {"", 0}, {"two", 3}};
    assert_int_equal(file_write(path, parts, 3, &error), DIGIT_OK);
    assert_file_holds(path, "one two");
    assert_int_equal(temp_folder_count(state), 1);
}

static mode_t mode_under(void **state, const char *name, mode_t mask)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, name);
    mode_t before = umask(mask);
    enum digit_status status = write_text(path, "x");
    umask(before);
    assert_int_equal(status, DIGIT_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static void file_write_grants_what_the_umask_leaves(void **state)
{
    assert_int_equal(mode_under(state, "shared", 0002), 0664);
    assert_int_equal(mode_under(state, "group", 0027), 0640);
    assert_int_equal(mode_under(state, "private", 0077), 0600);
}

/* Writes fail at the file-size limit, as they do on a full disk. */
static void file_write_cut_short_leaves_the_old_file_alone(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "kept");
    assert_int_equal(write_text(path, "old"), DIGIT_OK);
    char text[200] = {0};
    memset(text, 'x', sizeof text - 1);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    const struct rlimit tight = {100, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    enum digit_status status = write_text(path, text);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_failure(status, &error, DIGIT_IO, "kept: cannot write: File too large");
    assert_file_holds(path, "old");
    assert_int_equal(temp_folder_count(state), 1);
}

/* Some file systems do not support files without a name. */
static bool knows_nameless_files(const char *folder)
{
    int fd = open(folder, O_WRONLY | O_TMPFILE, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* The signal of the file-size limit arrives during the write and kills the process as SIGKILL
 * does. */
static void file_write_that_is_killed_leaves_the_old_file_alone(void **state)
{
    if (!knows_nameless_files(*state))
        skip();
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "kept");
    assert_int_equal(write_text(path, "old"), DIGIT_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit tight = {10, 10};
        char text[200] = {0};
        memset(text, 'x', sizeof text - 1);
        signal(SIGXFSZ, SIG_DFL);
        if (setrlimit(RLIMIT_FSIZE, &tight) == 0 && write_text(path, text) == DIGIT_OK)
            _exit(0);
        _exit(1);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGXFSZ);
    assert_file_holds(path, "old");
    assert_int_equal(temp_folder_count(state), 1);
}

/* A name without a folder is in the working folder. */
static void file_write_takes_a_name_without_a_folder(void **state)
{
    char before[TEMP_FOLDER_PATH_BYTES];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(*state), 0);
    enum digit_status status = write_text("name", "text");
    assert_int_equal(chdir(before), 0);
    assert_int_equal(status, DIGIT_OK);
    assert_int_equal(temp_folder_count(state), 1);
}

static void file_write_onto_a_folder_leaves_no_temporary(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "folder");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_failure(write_text(path, "x"), &error, DIGIT_IO, "folder: cannot write: Is a directory");
    assert_int_equal(temp_folder_count(state), 1);
}

static void file_write_into_a_closed_folder_leaves_the_old_file_alone(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "kept");
    assert_int_equal(write_text(path, "old"), DIGIT_OK);
    assert_int_equal(chmod(*state, 0555), 0);
    uid_t user = geteuid();
    if (user == 0) /* file modes do not restrict root */
        assert_int_equal(seteuid(NOBODY), 0);
    enum digit_status status = write_text(path, "new");
    assert_int_equal(seteuid(user), 0);
    assert_failure(status, &error, DIGIT_IO,
                   "kept: cannot create a temporary file beside it: Permission denied");
    assert_file_holds(path, "old");
}

static void file_write_into_a_missing_folder_is_an_io_error(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "missing/file");
    assert_failure(write_text(path, "x"), &error, DIGIT_IO, "No such file or directory");
}

/* All threads share one umask: changing it even for a moment changes it for the others. */
static void file_write_leaves_the_umask_alone(void **state)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    temp_folder_path(path, state, "file");
    umask_calls = 0;
    assert_int_equal(write_text(path, "x"), DIGIT_OK);
    assert_int_equal(umask_calls, 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_folder_make, temp_folder_remove)

TEST_MAIN(IN_FOLDER(file_read_returns_every_byte_and_a_nul_behind_them),
          IN_FOLDER(file_read_takes_an_empty_file),
          IN_FOLDER(file_read_of_a_missing_file_is_an_io_error),
          IN_FOLDER(file_read_of_a_folder_is_an_io_error),
          IN_FOLDER(file_read_of_a_fifo_does_not_wait),
          IN_FOLDER(file_read_names_the_limit_that_a_file_exceeds),
          IN_FOLDER(file_write_joins_parts_and_replaces_the_whole_file),
          IN_FOLDER(file_write_grants_what_the_umask_leaves),
          IN_FOLDER(file_write_cut_short_leaves_the_old_file_alone),
          IN_FOLDER(file_write_that_is_killed_leaves_the_old_file_alone),
          IN_FOLDER(file_write_takes_a_name_without_a_folder),
          IN_FOLDER(file_write_onto_a_folder_leaves_no_temporary),
          IN_FOLDER(file_write_into_a_closed_folder_leaves_the_old_file_alone),
          IN_FOLDER(file_write_into_a_missing_folder_is_an_io_error),
          IN_FOLDER(file_write_leaves_the_umask_alone))
