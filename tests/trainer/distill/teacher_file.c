#include "tests/trainer/distill/teacher_file.h"

#include "tests/support/model.h"
#include "tests/trainer/fixtures.h"

char *teacher_file_write(const char *folder, const char *name, uint64_t start)
{
    char *path = folder_path(folder, name);
    write_model(path, start);
    return path;
}
