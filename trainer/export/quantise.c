#include "trainer/export/quantise.h"

#include <cjson/cJSON.h>

#include "core/network/model.h"
#include "trainer/export/golden_record.h"
#include "trainer/export/model_file.h"
#include "trainer/export/quantisation_measure.h"
#include "trainer/net/network.h"

static enum digit_status measure_ranges(struct quantisation *out, const struct digit_model *model,
                                        const struct dataset *train, struct digit_error *error)
{
    size_t count = train->count < QUANTISE_IMAGES ? train->count : QUANTISE_IMAGES;
    return quantisation_measure(out, model, train->images, count, error);
}

enum digit_status quantise(struct quantisation *out, const struct architecture *architecture,
                           const float *parameters, const struct dataset *train,
                           struct digit_error *error)
{
    struct digit_model *model;
    enum digit_status status =
        model_create(&model, architecture, parameters, &train_preprocessing, NULL, NULL, error);
    if (status == DIGIT_OK)
        status = measure_ranges(out, model, train, error);
    digit_model_destroy(model);
    return status;
}

static enum digit_status set_ranges(struct model_file *file, const char *path,
                                    const struct quantisation *quantisation,
                                    struct digit_error *error)
{
    char *ranges = quantisation_format(quantisation);
    if (ranges == NULL)
        return digit_fail(error, DIGIT_NO_MEMORY, "%s: no memory for the activation ranges", path);
    enum digit_status status =
        safetensors_set_metadata(file->tensors, MODEL_KEY_QUANTISATION, ranges, error);
    cJSON_free(ranges);
    return status;
}

enum digit_status quantise_file(const char *path, const struct dataset *train,
                                struct digit_error *error)
{
    static const struct digit_model_options f32 = {.precision = DIGIT_PRECISION_F32};
    struct quantisation quantisation;
    size_t recognised;
    struct model_file file = {0};
    struct digit_model *model = NULL;
    enum digit_status status = digit_model_load(&model, path, &f32, error);
    if (status == DIGIT_OK)
        status = model_file_open(&file, path, error);
    if (status == DIGIT_OK)
        status = measure_ranges(&quantisation, model, train, error);
    if (status == DIGIT_OK)
        status = set_ranges(&file, path, &quantisation, error);
    if (status == DIGIT_OK)
        status = golden_record_again(&recognised, &file, path, error);
    if (status == DIGIT_OK)
        status = model_file_write(path, &file, error);
    model_file_release(&file);
    digit_model_destroy(model);
    return status;
}
