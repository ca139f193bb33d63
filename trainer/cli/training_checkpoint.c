#include "trainer/cli/training_checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/network/architecture_format.h"
#include "trainer/base/output_file.h"
#include "trainer/recipe/recipe_format.h"

/* A copy of `path`, or the default path, for the caller to free; NULL if memory runs out. */
static char *make_path(const char *output, const char *path)
{
    char *out;
    if (path != NULL)
        return strdup(path);
    return asprintf(&out, "%s" TRAINING_CHECKPOINT_SUFFIX, output) < 0 ? NULL : out;
}

enum digit_status training_checkpoint_place(struct training_checkpoint *out, const char *output,
                                            const char *path, bool resume,
                                            struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    out->path = make_path(output, path);
    if (out->path == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the path of the checkpoint");
    if (strcmp(out->path, output) == 0)
        return digit_fail(error, DIGIT_INVALID, "--checkpoint %s: must differ from --output",
                          out->path);
    enum digit_status status = output_file_check("--checkpoint", out->path, error);
    if (status != DIGIT_OK)
        return status;
    out->exists = access(out->path, F_OK) == 0;
    if (out->exists && !resume)
        return digit_fail(error, DIGIT_INVALID,
                          "%s: the checkpoint of an unfinished training exists: continue with "
                          "--resume, or delete the file",
                          out->path);
    return DIGIT_OK;
}

enum digit_status training_checkpoint_open(struct training_checkpoint *checkpoint,
                                           const struct recipe *recipe,
                                           const struct architecture *architecture,
                                           const struct dataset *train, struct digit_error *error)
{
    enum digit_status status = recipe_format(&checkpoint->recipe, recipe, error);
    if (status == DIGIT_OK)
        status = architecture_format(&checkpoint->architecture, architecture, error);
    if (status != DIGIT_OK)
        return status;
    checkpoint->origin =
        (struct checkpoint_origin){checkpoint->recipe, checkpoint->architecture, train->sha256};
    if (!checkpoint->exists)
        return DIGIT_OK;
    status = checkpoint_load(&checkpoint->from, checkpoint->path, &checkpoint->origin, error);
    if (status == DIGIT_OK)
        checkpoint->epochs = checkpoint_state(checkpoint->from)->epochs_run;
    return status;
}

const struct fit_state *training_checkpoint_state(const struct training_checkpoint *checkpoint)
{
    return checkpoint->from != NULL ? checkpoint_state(checkpoint->from) : NULL;
}

enum digit_status training_checkpoint_save(struct training_checkpoint *checkpoint,
                                           const struct fit_state *state, struct digit_error *error)
{
    enum digit_status status = checkpoint_save(checkpoint->path, &checkpoint->origin, state, error);
    if (status != DIGIT_OK)
        return status;
    checkpoint->exists = true;
    checkpoint->epochs = state->epochs_run;
    return DIGIT_OK;
}

enum digit_status training_checkpoint_remove(struct training_checkpoint *checkpoint,
                                             struct digit_error *error)
{
    if (checkpoint->exists && unlink(checkpoint->path) != 0)
        return digit_fail(error, DIGIT_IO, "%s: cannot delete: %s", checkpoint->path,
                          strerror(errno));
    checkpoint->exists = false;
    return DIGIT_OK;
}

void training_checkpoint_release(struct training_checkpoint *checkpoint)
{
    checkpoint_destroy(checkpoint->from);
    free(checkpoint->architecture);
    free(checkpoint->recipe);
    free(checkpoint->path);
    memset(checkpoint, 0, sizeof *checkpoint);
}
