#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static enum digit_status fail_io(struct digit_error *error, const char *verb, const char *path)
{
    return digit_fail(error, DIGIT_IO, "%s: cannot %s: %s", path, verb, strerror(errno));
}

/* Reads size_bytes from fd, in as many calls as needed; false on an error or if the file ends early. */
static bool read_all(int fd, uint8_t *out, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes) {
        ssize_t got = read(fd, out + done, size_bytes - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = ENODATA; /* the file shrank meanwhile */
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static enum digit_status check_size(size_t *out, int fd, const char *path, size_t max_bytes,
                                    struct digit_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail_io(error, "read", path);
    if (!S_ISREG(info.st_mode))
        return digit_fail(error, DIGIT_IO, "%s: not a regular file", path);
    if ((uintmax_t)info.st_size > max_bytes)
        return digit_fail(error, DIGIT_LIMIT, "%s: %jd bytes, the limit is %zu", path,
                          (intmax_t)info.st_size, max_bytes);
    *out = (size_t)info.st_size;
    return DIGIT_OK;
}

enum digit_status file_read(uint8_t **out_bytes, size_t *out_size_bytes, const char *path,
                            size_t max_bytes, struct digit_error *error)
{
    *out_bytes = NULL;
    *out_size_bytes = 0;
    /* Without O_NONBLOCK, opening a FIFO would block until there is a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_io(error, "open", path);

    size_t size_bytes = 0;
    uint8_t *bytes = NULL;
    enum digit_status status = check_size(&size_bytes, fd, path, max_bytes, error);
    if (status != DIGIT_OK)
        goto out;
    bytes = malloc(size_bytes + 1);
    if (bytes == NULL) {
        status =
            digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu bytes", path, size_bytes);
        goto out;
    }
    if (!read_all(fd, bytes, size_bytes)) {
        status = fail_io(error, "read", path);
        goto out;
    }
    bytes[size_bytes] = '\0';
    *out_bytes = bytes;
    *out_size_bytes = size_bytes;
    bytes = NULL;
out:
    free(bytes);
    close(fd);
    return status;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes) {
        ssize_t put = write(fd, bytes + done, size_bytes - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

static bool write_parts(int fd, const struct file_part *parts, size_t part_count)
{
    for (size_t i = 0; i < part_count; i++)
        if (!write_all(fd, parts[i].bytes, parts[i].size_bytes))
            return false;
    return fsync(fd) == 0;
}

/* A file that is being written and will be renamed to a path. */
struct new_file {
    int fd;
    char *folder; /* of the path */
    char *name;   /* its temporary name in the same folder */
    bool is_named;
};

static bool settle_names(struct new_file *file, const char *path)
{
    unsigned long long number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return false;
    char *name;
    if (asprintf(&name, "%s.%016llx", path, number) < 0)
        return false; /* asprintf leaves name undefined */
    file->name = name;
    char *copy = strdup(path); /* which dirname may cut */
    if (copy == NULL)
        return false;
    file->folder = strdup(dirname(copy));
    free(copy);
    return file->folder != NULL;
}

/*
 * With O_TMPFILE, where the file system supports it, the file has no name until it is complete. mkostemp is
 * not used because it would make the file private, and the umask cannot be read without changing it for all
 * threads.
 */
static bool new_file_create(struct new_file *file, const char *path)
{
    if (!settle_names(file, path))
        return false;
    if (access("/proc/self/fd", X_OK) == 0) /* see give_name */
        file->fd = open(file->folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        file->fd = open(file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        file->is_named = file->fd >= 0;
    }
    return file->fd >= 0;
}

/* Gives the file its temporary name, as open(2) describes for O_TMPFILE without privileges. */
static bool give_name(struct new_file *file)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file->fd);
    if (!file->is_named)
        file->is_named = linkat(AT_FDCWD, link, AT_FDCWD, file->name, AT_SYMLINK_FOLLOW) == 0;
    return file->is_named;
}

/* Closes the file, and removes it unless it was renamed. Preserves errno. */
static void new_file_release(struct new_file *file, bool renamed)
{
    int kept_errno = errno;
    if (file->fd >= 0)
        close(file->fd);
    if (file->is_named && !renamed)
        unlink(file->name);
    free(file->folder);
    free(file->name);
    errno = kept_errno;
}

/* After a rename the folder must reach the disk too, or a crash could restore the old file. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

enum digit_status file_write(const char *path, const struct file_part *parts, size_t part_count,
                             struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    struct new_file file = {.fd = -1};
    bool renamed = false;
    if (!new_file_create(&file, path)) {
        status = fail_io(error, "create a temporary file beside it", path);
        goto out;
    }
    renamed =
        write_parts(file.fd, parts, part_count) && give_name(&file) && rename(file.name, path) == 0;
    if (!renamed)
        status = fail_io(error, "write", path);
    else if (!sync_folder(file.folder))
        status = fail_io(error, "sync the folder of", path);
out:
    new_file_release(&file, renamed);
    return status;
}
