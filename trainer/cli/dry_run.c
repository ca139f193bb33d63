#include "trainer/cli/dry_run.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

void dry_run_reduce(struct recipe *recipe, struct dataset *train, struct dataset *test)
{
    recipe->fit.epochs = DRY_RUN_EPOCHS;
    test->count = at_most(test->count, DRY_RUN_EVALUATIONS);
    if (recipe->fit.validation_count >= train->count ||
        recipe->fit.hard_examples.count > train->count - recipe->fit.validation_count)
        return; /* an invalid recipe, which fit has to refuse */
    size_t whole = train->count - recipe->fit.validation_count;
    size_t training = at_most(whole, DRY_RUN_STEPS * recipe->fit.batch_size);
    /* The same share of hard examples, rounded up: one is left if there were any. */
    recipe->fit.hard_examples.count =
        (recipe->fit.hard_examples.count * training + whole - 1) / whole;
    recipe->fit.validation_count = at_most(recipe->fit.validation_count, DRY_RUN_EVALUATIONS);
    train->count = training + recipe->fit.validation_count;
}

/* "FOLDER/NAME", for the caller to free; NULL if memory runs out. */
static char *join_path(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

enum digit_status dry_run_open(struct dry_run *out, const char *output, struct digit_error *error)
{
    *out = (struct dry_run){NULL, NULL};
    enum digit_status status = DIGIT_OK;
    char *copy = strdup(output);
    char *folder = copy != NULL ? join_path(dirname(copy), "digitd-dry-run-XXXXXX") : NULL;
    char *path = NULL;
    if (folder == NULL)
        status = digit_fail(error, DIGIT_NO_MEMORY, "%.120s: no memory for a path", output);
    else if (mkdtemp(folder) == NULL)
        status = digit_fail(error, DIGIT_IO, "cannot create a folder beside %.120s: %s", output,
                            strerror(errno));
    else if ((path = join_path(folder, "model.safetensors")) == NULL) {
        rmdir(folder);
        status = digit_fail(error, DIGIT_NO_MEMORY, "%.120s: no memory for a path", output);
    }
    free(copy);
    if (status == DIGIT_OK) {
        *out = (struct dry_run){folder, path};
        return DIGIT_OK;
    }
    free(folder);
    return status;
}

static void remove_files(const char *folder)
{
    DIR *listing = opendir(folder);
    if (listing == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
}

void dry_run_close(struct dry_run *dry_run)
{
    if (dry_run->folder != NULL) {
        remove_files(dry_run->folder);
        rmdir(dry_run->folder);
    }
    free(dry_run->output);
    free(dry_run->folder);
    *dry_run = (struct dry_run){NULL, NULL};
}

void dry_run_describe(char out[DRY_RUN_MESSAGE_SIZE], size_t images, double seconds,
                      const struct recipe *recipe, size_t count)
{
    double rate = seconds > 0.0 ? (double)images / seconds : 0.0;
    double whole_s = rate > 0.0 ? (double)recipe->fit.epochs *
                                      (double)(count - recipe->fit.validation_count) / rate
                                : 0.0;
    bool is_long = whole_s >= 120.0;
    snprintf(
        out, DRY_RUN_MESSAGE_SIZE,
        "Dry run succeeded at %.0f images/s; %zu epochs of %zu images would take about %.0f %s",
        rate, recipe->fit.epochs, count - recipe->fit.validation_count,
        is_long ? whole_s / 60.0 : whole_s, is_long ? "min" : "s");
}
