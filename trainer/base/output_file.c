#include "trainer/base/output_file.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether files can be created in `folder`; if not, errno holds the reason. */
static int is_writable_folder(const char *folder)
{
    struct stat info;
    if (stat(folder, &info) != 0)
        return 0;
    if (!S_ISDIR(info.st_mode)) {
        errno = ENOTDIR;
        return 0;
    }
    return access(folder, W_OK | X_OK) == 0;
}

enum digit_status output_file_check(const char *option, const char *path, struct digit_error *error)
{
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return digit_fail(error, DIGIT_INVALID, "%s %s: not a regular file", option, path);
    char *copy = strdup(path);
    if (copy == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s %s: no memory for the path", option, path);
    enum digit_status status = DIGIT_OK;
    if (!is_writable_folder(dirname(copy)))
        status = digit_fail(error, DIGIT_IO, "%s %s: cannot write to its folder: %s", option, path,
                            strerror(errno));
    free(copy);
    return status;
}
