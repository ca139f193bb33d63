#include "trainer/fit/checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <zlib.h>

#include <digit/build_info.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/weights/safetensors.h"
#include "trainer/base/json_difference.h"

#define FORMAT        "digitd-checkpoint 1"
#define FORMAT_PREFIX "digitd-checkpoint "
#define MAX_BYTES     ((size_t)1 << 30) /* five times the largest network's 2^25 parameters */
#define CRC_BYTES     9                 /* eight hex digits and a NUL */
#define CRC_PIECE     ((size_t)1 << 30) /* zlib takes sizes of 32 bits */
#define PROGRAM_BYTES 120

/* The values of the metadata, in the order of the checksum. */
enum entry {
    ENTRY_FORMAT,
    ENTRY_PROGRAM,
    ENTRY_RECIPE,
    ENTRY_ARCHITECTURE,
    ENTRY_DATA,
    ENTRY_HISTORY,
    ENTRY_CRC,
    ENTRIES
};

static const char *const KEYS[ENTRIES] = {
    [ENTRY_FORMAT] = "format",     [ENTRY_PROGRAM] = "program",
    [ENTRY_RECIPE] = "recipe",     [ENTRY_ARCHITECTURE] = "architecture",
    [ENTRY_DATA] = "train_sha256", [ENTRY_HISTORY] = "history",
    [ENTRY_CRC] = "crc32",
};

/* The tensors, in the order of the file, and their offsets in struct fit_state. */
#define AT(member) offsetof(struct fit_state, member)

static const struct {
    const char *name;
    size_t offset;
} TENSORS[] = {
    {"parameters", AT(parameters)},
    {"mean", AT(mean)},
    {"square", AT(square)},
    {"ema", AT(ema)},
    {"kept", AT(kept)},
};

#define TENSOR_COUNT (sizeof TENSORS / sizeof *TENSORS)

/* Number of values in a row of the history. */
#define ROW_SHORT 3 /* without validation */
#define ROW_LONG  5 /* with validation */

struct checkpoint {
    struct safetensors *file; /* owns the tensors */
    struct fit_epoch *history;
    struct fit_state state;
};

static const float **tensor_of(struct fit_state *state, size_t index)
{
    return (const float **)(void *)((char *)state + TENSORS[index].offset);
}

static void format_program(char out[PROGRAM_BYTES])
{
    snprintf(out, PROGRAM_BYTES, "digitd-train %s %s", digit_build_version(),
             digit_build_revision());
}

static uint32_t crc_add(uint32_t crc, const void *bytes, size_t size_bytes)
{
    const unsigned char *at = bytes;
    for (; size_bytes > CRC_PIECE; at += CRC_PIECE, size_bytes -= CRC_PIECE)
        crc = (uint32_t)crc32(crc, at, (uInt)CRC_PIECE);
    return (uint32_t)crc32(crc, at, (uInt)size_bytes);
}

/* The CRC of all values, each with its NUL, and of the tensors. */
static void format_crc(char out[CRC_BYTES], const char *const values[ENTRIES],
                       struct fit_state *state)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < ENTRY_CRC; i++)
        crc = crc_add(crc, values[i], strlen(values[i]) + 1);
    for (size_t i = 0; i < TENSOR_COUNT; i++)
        crc = crc_add(crc, *tensor_of(state, i), state->parameter_total * sizeof(float));
    snprintf(out, CRC_BYTES, "%08" PRIx32, crc);
}

/* Seventeen digits restore a double to the bit, which cJSON's own printing does not guarantee. */
static void print_row(FILE *out, const struct fit_epoch *epoch)
{
    fprintf(out, "[%.17g,%.17g,%.3f", epoch->last.loss, epoch->last.accuracy, epoch->seconds);
    if (epoch->validated)
        fprintf(out, ",%.17g,%.17g", epoch->validation_loss, epoch->validation_accuracy);
    fputc(']', out);
}

/* The history as JSON, which the caller frees; NULL if memory runs out. */
static char *format_history(const struct fit_state *state)
{
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    if (out == NULL)
        return NULL;
    fputc('[', out);
    for (size_t i = 0; i < state->epochs_run; i++) {
        if (i > 0)
            fputc(',', out);
        print_row(out, &state->history[i]);
    }
    fputc(']', out);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

static enum digit_status write_file(const char *path, const char *const values[ENTRIES],
                                    struct fit_state *state, struct digit_error *error)
{
    struct safetensors_entry metadata[ENTRIES];
    struct safetensor tensors[TENSOR_COUNT];
    for (size_t i = 0; i < ENTRIES; i++)
        metadata[i] = (struct safetensors_entry){KEYS[i], values[i]};
    for (size_t i = 0; i < TENSOR_COUNT; i++)
        tensors[i] = (struct safetensor){.name = TENSORS[i].name,
                                         .rank = 1,
                                         .shape = {state->parameter_total},
                                         .count = state->parameter_total,
                                         .data = *tensor_of(state, i)};
    return safetensors_write(path, tensors, TENSOR_COUNT, metadata, ENTRIES, error);
}

enum digit_status checkpoint_save(const char *path, const struct checkpoint_origin *origin,
                                  const struct fit_state *state, struct digit_error *error)
{
    char crc[CRC_BYTES], program[PROGRAM_BYTES];
    char *history = format_history(state);
    if (history == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for the history", path);
    format_program(program);
    const char *const values[ENTRIES] = {
        [ENTRY_FORMAT] = FORMAT,
        [ENTRY_PROGRAM] = program,
        [ENTRY_RECIPE] = origin->recipe,
        [ENTRY_ARCHITECTURE] = origin->architecture,
        [ENTRY_DATA] = origin->train_sha256,
        [ENTRY_HISTORY] = history,
        [ENTRY_CRC] = crc,
    };
    struct fit_state copy = *state;
    format_crc(crc, values, &copy);
    enum digit_status status = write_file(path, values, &copy, error);
    free(history);
    return status;
}

/* Reads the file and points `values` to its metadata. */
static enum digit_status read_file(struct checkpoint *checkpoint, const char *values[ENTRIES],
                                   const char *path, struct digit_error *error)
{
    uint8_t *bytes;
    size_t size_bytes;
    enum digit_status status = file_read(&bytes, &size_bytes, path, MAX_BYTES, error);
    if (status != DIGIT_OK)
        return status;
    status = safetensors_parse(&checkpoint->file, bytes, size_bytes, path, error);
    free(bytes);
    for (size_t i = 0; status == DIGIT_OK && i < ENTRIES; i++)
        values[i] = safetensors_metadata(checkpoint->file, KEYS[i]);
    return status;
}

static enum digit_status check_format(const char *const values[ENTRIES], const char *path,
                                      struct digit_error *error)
{
    const char *format = values[ENTRY_FORMAT];
    if (format == NULL || strncmp(format, FORMAT_PREFIX, strlen(FORMAT_PREFIX)) != 0)
        return digit_fail(error, DIGIT_UNSUPPORTED, "%s: not a training checkpoint", path);
    if (strcmp(format, FORMAT) != 0)
        return digit_fail(error, DIGIT_UNSUPPORTED,
                          "%s: format \"%.40s\" is not supported, expected \"%s\"", path, format,
                          FORMAT);
    for (size_t i = 0; i < ENTRIES; i++)
        if (values[i] == NULL)
            return digit_fail(error, DIGIT_MALFORMED, "%s: damaged: \"%s\" is missing", path,
                              KEYS[i]);
    return DIGIT_OK;
}

/* Points the state's arrays to the tensors of the file. */
static enum digit_status set_tensors(struct checkpoint *checkpoint, const char *path,
                                     struct digit_error *error)
{
    struct fit_state *state = &checkpoint->state;
    for (size_t i = 0; i < TENSOR_COUNT; i++) {
        const struct safetensor *tensor = safetensors_find(checkpoint->file, TENSORS[i].name);
        if (tensor == NULL)
            return digit_fail(error, DIGIT_MALFORMED, "%s: damaged: tensor \"%s\" is missing", path,
                              TENSORS[i].name);
        if (i > 0 && tensor->count != state->parameter_total)
            return digit_fail(error, DIGIT_MALFORMED,
                              "%s: damaged: tensor \"%s\" has %zu elements, expected %zu", path,
                              TENSORS[i].name, tensor->count, state->parameter_total);
        state->parameter_total = tensor->count;
        *tensor_of(state, i) = tensor->data;
    }
    return DIGIT_OK;
}

static enum digit_status check_crc(struct checkpoint *checkpoint, const char *const values[ENTRIES],
                                   const char *path, struct digit_error *error)
{
    char crc[CRC_BYTES];
    format_crc(crc, values, &checkpoint->state);
    if (strcmp(crc, values[ENTRY_CRC]) != 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: damaged: its checksum is %s, expected %.16s",
                          path, crc, values[ENTRY_CRC]);
    return DIGIT_OK;
}

static enum digit_status check_equal(const char *actual, const char *expected, const char *what,
                                     const char *path, struct digit_error *error)
{
    char difference[JSON_DIFFERENCE_BYTES];
    if (strcmp(actual, expected) == 0)
        return DIGIT_OK;
    json_difference(difference, actual, expected);
    return digit_fail(error, DIGIT_INVALID, "%s: different %s: %s", path, what, difference);
}

static enum digit_status check_origin(const char *const values[ENTRIES],
                                      const struct checkpoint_origin *origin, const char *path,
                                      struct digit_error *error)
{
    enum digit_status status =
        check_equal(values[ENTRY_RECIPE], origin->recipe, "recipe", path, error);
    if (status == DIGIT_OK)
        status = check_equal(values[ENTRY_ARCHITECTURE], origin->architecture, "architecture", path,
                             error);
    if (status == DIGIT_OK && strcmp(values[ENTRY_DATA], origin->train_sha256) != 0)
        status = digit_fail(error, DIGIT_INVALID,
                            "%s: different training data: SHA-256 is %.12s..., expected %.12s...",
                            path, values[ENTRY_DATA], origin->train_sha256);
    return status;
}

/* Reads an epoch from [loss, accuracy, seconds, validation loss, validation accuracy]; the last two
 * are optional. Returns false if `json` is not such a row. */
static bool read_row(struct fit_epoch *out, const cJSON *json)
{
    int count = cJSON_IsArray(json) ? cJSON_GetArraySize(json) : 0;
    if (count != ROW_SHORT && count != ROW_LONG)
        return false;
    double numbers[ROW_LONG] = {0};
    for (int i = 0; i < count; i++) {
        const cJSON *item = cJSON_GetArrayItem(json, i);
        if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
            return false;
        numbers[i] = item->valuedouble;
    }
    *out = (struct fit_epoch){.last = {.loss = numbers[0], .accuracy = numbers[1]},
                              .seconds = numbers[2],
                              .validated = count == ROW_LONG,
                              .validation_loss = numbers[3],
                              .validation_accuracy = numbers[4]};
    return true;
}

static enum digit_status fill_history(struct checkpoint *checkpoint, const cJSON *json,
                                      const char *path, struct digit_error *error)
{
    struct fit_state *state = &checkpoint->state;
    size_t count = cJSON_IsArray(json) ? (size_t)cJSON_GetArraySize(json) : 0;
    if (count == 0)
        return digit_fail(error, DIGIT_MALFORMED, "%s: damaged: the history is empty", path);
    checkpoint->history = calloc(count, sizeof *checkpoint->history);
    if (checkpoint->history == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for %zu epochs", path, count);
    for (const cJSON *row = json->child; row != NULL; row = row->next)
        if (!read_row(&checkpoint->history[state->epochs_run++], row))
            return digit_fail(error, DIGIT_MALFORMED,
                              "%s: damaged: invalid epoch %zu in the history", path,
                              state->epochs_run);
    state->history = checkpoint->history;
    return DIGIT_OK;
}

static enum digit_status read_history(struct checkpoint *checkpoint, const char *text,
                                      const char *path, struct digit_error *error)
{
    cJSON *json;
    enum digit_status status = json_parse(&json, text, strlen(text), path, error);
    if (status != DIGIT_OK)
        return status;
    status = fill_history(checkpoint, json, path, error);
    cJSON_Delete(json);
    return status;
}

enum digit_status checkpoint_load(struct checkpoint **out, const char *path,
                                  const struct checkpoint_origin *origin, struct digit_error *error)
{
    *out = NULL;
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for the checkpoint", path);
    const char *values[ENTRIES] = {NULL};
    enum digit_status status = read_file(checkpoint, values, path, error);
    if (status == DIGIT_OK)
        status = check_format(values, path, error);
    if (status == DIGIT_OK)
        status = set_tensors(checkpoint, path, error);
    if (status == DIGIT_OK)
        status = check_crc(checkpoint, values, path, error);
    if (status == DIGIT_OK)
        status = check_origin(values, origin, path, error);
    if (status == DIGIT_OK)
        status = read_history(checkpoint, values[ENTRY_HISTORY], path, error);
    if (status == DIGIT_OK)
        *out = checkpoint;
    else
        checkpoint_destroy(checkpoint);
    return status;
}

void checkpoint_destroy(struct checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    free(checkpoint->history);
    safetensors_destroy(checkpoint->file);
    free(checkpoint);
}

const struct fit_state *checkpoint_state(const struct checkpoint *checkpoint)
{
    return &checkpoint->state;
}

bool checkpoint_is_of_this_program(const struct checkpoint *checkpoint)
{
    char program[PROGRAM_BYTES];
    format_program(program);
    return strcmp(safetensors_metadata(checkpoint->file, KEYS[ENTRY_PROGRAM]), program) == 0;
}
