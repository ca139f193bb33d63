#include "trainer/report/first_layer.h"

#include <stdlib.h>
#include <string.h>

#include "core/network/architecture_read.h"
#include "core/network/model.h"
#include "tests/test.h"
#include "tests/trainer/fixtures.h"
#include "trainer/net/network.h"

/* Writes the architecture with weights 0, 1, 2, ... and opens the file. */
static void open_file(struct model_file *out, const char *json)
{
    struct architecture architecture;
    struct digit_error error;
    if (architecture_parse(&architecture, json, strlen(json), "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    struct parameter_table table;
    parameter_table_init(&table, &architecture);
    float *parameters = calloc(table.total, sizeof *parameters);
    assert_non_null(parameters);
    for (size_t i = 0; i < table.total; i++)
        parameters[i] = (float)i;
    const struct model_card card = {.labels = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
                                    .preprocessing = train_preprocessing,
                                    .training = "{\"seed\":3}"};
    char *folder = folder_make();
    char *path = folder_path(folder, "m");
    assert_int_equal(model_save(path, &architecture, parameters, &card, NULL), DIGIT_OK);
    assert_int_equal(model_file_open(out, path, NULL), DIGIT_OK);
    free(path);
    folder_remove(folder);
    free(parameters);
}

TEST(a_convolution_is_shown_by_its_kernels)
{
    struct model_file file;
    open_file(
        &file,
        "{\"name\": \"small\", \"layers\": ["
        "{\"type\": \"conv2d\", \"name\": \"eyes\", \"out_channels\": 8, \"kernel_size\": [3, 5],"
        " \"stride\": 1, \"padding\": 1, \"bias\": false}, {\"type\": \"flatten\"},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}");
    struct first_layer layer;
    first_layer_find(&layer, &file);
    assert_string_equal(layer.name, "eyes");
    assert_int_equal(layer.count, 8);
    assert_int_equal(layer.height, 3);
    assert_int_equal(layer.width, 5);
    assert_true(layer.largest == 8.0f * 15.0f - 1.0f);
    assert_string_equal(file.training, "{\"seed\":3}");
    struct buffer uri = {0};
    assert_int_equal(first_layer_add_uri(&uri, &layer, 7, NULL), DIGIT_OK);
    assert_memory_equal(uri.bytes, "data:image/png;base64,iVBORw0KGgo", 33);
    buffer_release(&uri);
    model_file_release(&file);
}

TEST(a_dense_layer_is_shown_in_the_shape_of_its_input)
{
    struct model_file file;
    open_file(&file, "{\"name\": \"small\", \"layers\": [{\"type\": \"flatten\"},"
                     "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}");
    struct first_layer layer;
    first_layer_find(&layer, &file);
    assert_string_equal(layer.name, "logits");
    assert_int_equal(layer.height, 28);
    assert_int_equal(layer.width, 28);
    assert_int_equal(layer.shown, 10);
    model_file_release(&file);
}

TEST_MAIN(cmocka_unit_test(a_convolution_is_shown_by_its_kernels),
          cmocka_unit_test(a_dense_layer_is_shown_in_the_shape_of_its_input))
