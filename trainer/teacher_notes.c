#include "trainer/teacher_notes.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <digit/image.h>
#include <digit/model.h>

#include "core/base/file.h"

#define PATH_BYTES 1200

/* A file begins with this; the answers follow, in the byte order of the machine. */
struct heading {
    char magic[8];
    uint32_t byte_order;
    uint32_t images;
    char key[72]; /* hex digits, then NULs: no byte of the struct is padding */
};

_Static_assert(sizeof(struct heading) == 88, "padding would be compared");

static const char MAGIC[8] = "dgtnote1";

#define BYTE_ORDER_MARK 0x01020304u

struct teacher_notes {
    char folder[PATH_BYTES - 64];
    struct heading heading;
    float *answers; /* [images][DIGIT_CLASSES] */
    size_t epoch;
    bool is_gentle;
    bool known;
};

enum digit_status teacher_notes_create(struct teacher_notes **out, const char *folder,
                                       const char key[SHA256_HEX_BYTES], size_t images,
                                       struct digit_error *error)
{
    *out = NULL;
    if (strlen(folder) >= sizeof(*out)->folder)
        return digit_fail(error, DIGIT_IO, "%s: the path is longer than %zu bytes", folder,
                          sizeof(*out)->folder - 1);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return digit_fail(error, DIGIT_IO, "%s: cannot make the folder: %s", folder,
                          strerror(errno));
    struct teacher_notes *notes = calloc(1, sizeof *notes);
    float *answers = calloc(images, DIGIT_CLASSES * sizeof *answers);
    if (notes == NULL || answers == NULL) {
        free(answers);
        free(notes);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the notes of %zu images", images);
    }
    snprintf(notes->folder, sizeof notes->folder, "%s", folder);
    notes->heading = (struct heading){.byte_order = BYTE_ORDER_MARK, .images = (uint32_t)images};
    memcpy(notes->heading.magic, MAGIC, sizeof MAGIC);
    memcpy(notes->heading.key, key, SHA256_HEX_BYTES);
    notes->answers = answers;
    *out = notes;
    return DIGIT_OK;
}

void teacher_notes_destroy(struct teacher_notes *notes)
{
    if (notes == NULL)
        return;
    free(notes->answers);
    free(notes);
}

static size_t answers_bytes(const struct teacher_notes *notes)
{
    return notes->heading.images * DIGIT_CLASSES * sizeof(float);
}

static void file_path(char out[PATH_BYTES], const struct teacher_notes *notes)
{
    snprintf(out, PATH_BYTES, "%s/epoch-%04zu%s.notes", notes->folder, notes->epoch + 1,
             notes->is_gentle ? "-gentle" : "");
}

static enum digit_status read_notes(struct teacher_notes *notes, const char *path,
                                    struct digit_error *error)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0, expected = sizeof notes->heading + answers_bytes(notes);
    enum digit_status status = file_read(&bytes, &size_bytes, path, expected, error);
    if (status != DIGIT_OK)
        return status;
    if (size_bytes < sizeof notes->heading ||
        memcmp(bytes, &notes->heading, offsetof(struct heading, images)) != 0)
        status = digit_fail(error, DIGIT_MALFORMED, "%s: not a file of teachers' notes", path);
    else if (memcmp(bytes, &notes->heading, sizeof notes->heading) != 0)
        status = digit_fail(error, DIGIT_INVALID,
                            "%s: notes of other teachers, data or augmentation", path);
    else if (size_bytes != expected)
        status = digit_fail(error, DIGIT_MALFORMED, "%s: %zu bytes, must be %zu", path, size_bytes,
                            expected);
    else
        memcpy(notes->answers, bytes + sizeof notes->heading, answers_bytes(notes));
    notes->known = status == DIGIT_OK;
    free(bytes);
    return status;
}

enum digit_status teacher_notes_open(struct teacher_notes *notes, size_t epoch, bool is_gentle,
                                     struct digit_error *error)
{
    char path[PATH_BYTES];
    notes->epoch = epoch;
    notes->is_gentle = is_gentle;
    notes->known = false;
    file_path(path, notes);
    return access(path, F_OK) == 0 ? read_notes(notes, path, error) : DIGIT_OK;
}

bool teacher_notes_known(const struct teacher_notes *notes)
{
    return notes->known;
}

float *teacher_notes_at(struct teacher_notes *notes, size_t image)
{
    return notes->answers + image * DIGIT_CLASSES;
}

enum digit_status teacher_notes_close(struct teacher_notes *notes, struct digit_error *error)
{
    if (notes->known)
        return DIGIT_OK;
    char path[PATH_BYTES];
    file_path(path, notes);
    const struct file_part parts[] = {{&notes->heading, sizeof notes->heading},
                                      {notes->answers, answers_bytes(notes)}};
    return file_write(path, parts, sizeof parts / sizeof *parts, error);
}
