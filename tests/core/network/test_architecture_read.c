#include "core/network/architecture_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/network/architecture_format.h"
#include "core/network/architecture_read.h"
#include "core/network/parameters.h"
#include "tests/support/failure.h"
#include "tests/support/model.h"
#include "tests/support/temp_folder.h"
#include "tests/test.h"

#define TEXT_BYTES 8192

static struct digit_error error;

/* The ways to end a network. */
#define FLATTEN "{\"type\":\"flatten\"}"
#define LOGITS  "{\"type\":\"dense\",\"name\":\"logits\",\"out_features\":10}"

static enum digit_status parse(struct architecture *out, const char *text)
{
    return architecture_parse(out, text, strlen(text), "file.json", &error);
}

static enum digit_status parse_layers(struct architecture *out, const char *layers)
{
    char text[TEXT_BYTES];
    int length = snprintf(text, sizeof text, "{\"name\":\"test\",\"layers\":[%s]}", layers);
    assert_in_range(length, 1, TEXT_BYTES - 1);
    return parse(out, text);
}

static void assert_layers_refused(const char *layers, enum digit_status expected, const char *words)
{
    struct architecture out;
    assert_failure(parse_layers(&out, layers), &error, expected, words);
    assert_non_null(strstr(error.message, "file.json: "));
}

static void assert_costs(const char *path, const char *name, size_t layers, size_t macs,
                         size_t trained)
{
    struct architecture architecture;
    load_architecture(&architecture, path);
    struct parameter_table table;
    parameter_table_init(&table, &architecture);
    assert_string_equal(architecture.name, name);
    assert_int_equal(architecture.layer_count, layers);
    assert_int_equal(architecture_macs(&architecture), macs);
    assert_int_equal(parameter_table_trained(&table), trained);
}

TEST(the_shipped_architectures_cost_what_is_documented)
{
    assert_costs(DIGITS_JSON, "digits", 23, 2565632, 144954);
    assert_costs(BASELINE_JSON, "baseline", 11, 2631040, 225034);
}

static void assert_shape(const struct shape *shape, size_t channels, size_t height, size_t width)
{
    assert_int_equal(shape->channels, channels);
    assert_int_equal(shape->height, height);
    assert_int_equal(shape->width, width);
}

TEST(shapes_follow_from_layer_to_layer)
{
    struct architecture tiny;
    load_architecture(&tiny, TINY_JSON);
    assert_shape(&tiny.layers[0].in, 1, 28, 28);
    assert_shape(&tiny.layers[0].out, 4, 14, 10); /* kernel 5x3, stride 2x3, padding 2x1 */
    assert_shape(&tiny.layers[3].out, 4, 6,
                 4); /* kernel 3, stride 2: no window covers the last row */
    assert_shape(&tiny.layers[4].out, 6, 4, 2);
    assert_shape(&tiny.layers[7].out, 48, 1, 1);
    assert_shape(&tiny.layers[11].out, 10, 1, 1);
    for (size_t i = 1; i < tiny.layer_count; i++)
        assert_memory_equal(&tiny.layers[i].in, &tiny.layers[i - 1].out, sizeof(struct shape));
}

TEST(settings_left_out_have_pytorchs_defaults)
{
    struct architecture out;
    const char *layers = "{\"type\":\"conv2d\",\"name\":\"c\",\"out_channels\":2,"
                         "\"kernel_size\":[3,5]},{\"type\":\"batchnorm2d\",\"name\":\"n\"},"
                         "{\"type\":\"maxpool2d\",\"kernel_size\":[2,4]}," FLATTEN "," LOGITS;
    assert_int_equal(parse_layers(&out, layers), DIGIT_OK);
    const struct layer *conv = &out.layers[0], *norm = &out.layers[1], *pool = &out.layers[2];
    assert_true(conv->kernel.height == 3 && conv->kernel.width == 5);
    assert_true(conv->stride.height == 1 && conv->stride.width == 1);
    assert_true(conv->padding.height == 0 && conv->padding.width == 0);
    assert_true(conv->has_bias && out.layers[4].has_bias);
    assert_true(norm->epsilon == 1e-5f);
    assert_true(pool->stride.height == 2 && pool->stride.width == 4);
}

static void assert_layers_equal(const struct layer *a, const struct layer *b)
{
    assert_int_equal(a->type, b->type);
    assert_string_equal(a->name, b->name);
    assert_memory_equal(&a->in, &b->in, sizeof a->in);
    assert_memory_equal(&a->out, &b->out, sizeof a->out);
    assert_memory_equal(&a->kernel, &b->kernel, sizeof a->kernel);
    assert_memory_equal(&a->stride, &b->stride, sizeof a->stride);
    assert_memory_equal(&a->padding, &b->padding, sizeof a->padding);
    assert_int_equal(a->has_bias, b->has_bias);
    assert_true(a->epsilon == b->epsilon);
    assert_true(a->probability == b->probability);
}

static void assert_format_reads_back(const struct architecture *architecture)
{
    char *text = NULL;
    struct architecture again;
    assert_int_equal(architecture_format(&text, architecture, &error), DIGIT_OK);
    if (parse(&again, text) != DIGIT_OK)
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(again.name, architecture->name);
    assert_int_equal(again.layer_count, architecture->layer_count);
    for (size_t i = 0; i < again.layer_count; i++)
        assert_layers_equal(&again.layers[i], &architecture->layers[i]);
    free(text);
}

TEST(a_formatted_architecture_reads_back_the_same)
{
    static const char *const paths[] = {DIGITS_JSON, BASELINE_JSON, TINY_JSON};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct architecture architecture;
        load_architecture(&architecture, paths[i]);
        assert_format_reads_back(&architecture);
    }
}

TEST(settings_at_their_limits_read_back_too)
{
    static const char *const layers[] = {
        "{\"type\":\"batchnorm2d\",\"name\":\"n\",\"epsilon\":1e-8}," FLATTEN "," LOGITS,
        "{\"type\":\"batchnorm2d\",\"name\":\"n\",\"epsilon\":1}," FLATTEN "," LOGITS,
        FLATTEN ",{\"type\":\"dropout\",\"p\":0.95}," LOGITS,
        FLATTEN ",{\"type\":\"dropout\",\"p\":0}," LOGITS,
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct architecture architecture;
        assert_int_equal(parse_layers(&architecture, layers[i]), DIGIT_OK);
        assert_format_reads_back(&architecture);
    }
}

TEST(documents_that_are_not_an_architecture_are_refused)
{
    static const struct {
        const char *text;
        enum digit_status status;
        const char *words;
    } cases[] = {
        {"{", DIGIT_MALFORMED, "file.json: not JSON"},
        {"[]", DIGIT_INVALID, "file.json: not a JSON object"},
        {"{\"name\":\"a\",\"layers\":[],\"input\":1}", DIGIT_INVALID, "unknown key \"input\""},
        {"{\"layers\":[]}", DIGIT_INVALID, "file.json: key \"name\" is missing"},
        {"{\"name\":1,\"layers\":[]}", DIGIT_INVALID, "\"name\" must be a string"},
        {"{\"name\":\"\",\"layers\":[]}", DIGIT_INVALID, "\"name\" must be 1 to 32 letters"},
        {"{\"name\":\"a/b\",\"layers\":[]}", DIGIT_INVALID, "\"name\" must be 1 to 32 letters"},
        {"{\"name\":\"a12345678901234567890123456789012\",\"layers\":[]}", DIGIT_INVALID,
         "\"name\" must be 1 to 32 letters"},
        {"{\"name\":\"a\"}", DIGIT_INVALID, "file.json: \"layers\" must be an array"},
        {"{\"name\":\"a\",\"layers\":{}}", DIGIT_INVALID, "\"layers\" must be an array"},
        {"{\"name\":\"a\",\"layers\":[]}", DIGIT_INVALID, "a flatten layer is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct architecture out;
        assert_failure(parse(&out, cases[i].text), &error, cases[i].status, cases[i].words);
    }
}

#define CONV(settings) "{\"type\":\"conv2d\",\"name\":\"c\"," settings "}"
#define TWO            "\"out_channels\":2,"

/* Impossible layers; all are INVALID. */
static const struct {
    const char *layers, *words;
} impossible_layers[] = {
    {"1", "layer 1: key \"type\" is missing"},
    {"{}", "layer 1: key \"type\" is missing"},
    {"{\"type\":1}", "layer 1: \"type\" must be a string"},
    {"{\"type\":\"Conv2d\"}", "layer 1: unknown type \"Conv2d\""},
    {"{\"type\":\"relu\"},{\"type\":\"gelu\"}", "layer 2: unknown type \"gelu\""},
    {"{\"type\":\"relu\",\"name\":\"r\"}", "layer 1 (relu): unknown key \"name\""},
    {"{\"type\":\"flatten\",\"p\":1}", "layer 1 (flatten): unknown key \"p\""},
    {CONV(TWO "\"kernel_size\":3,\"dilation\":2"), "layer 1 (conv2d): unknown key \"dilation\""},
    {"{\"type\":\"conv2d\"}", "layer 1 (conv2d): key \"name\" is missing"},
    {"{\"type\":\"conv2d\",\"name\":\"a.b\"}", "layer 1 (conv2d): \"name\" must be 1 to 32"},
    {"{\"type\":\"conv2d\",\"name\":\"\"}", "layer 1 (conv2d): \"name\" must be 1 to 32 letters"},
    {CONV("\"kernel_size\":3"), "layer 1 (conv2d): key \"out_channels\" is missing"},
    {CONV("\"out_channels\":0"), "(conv2d): \"out_channels\" is 0, must be 1 to 4096"},
    {CONV("\"out_channels\":4097"), "(conv2d): \"out_channels\" is 4097, must be 1 to 4096"},
    {CONV("\"out_channels\":1.5"), "(conv2d): \"out_channels\" must be a whole number"},
    {CONV("\"out_channels\":\"2\""), "(conv2d): \"out_channels\" must be a whole number"},
    {CONV("\"out_channels\":2"), "layer 1 (conv2d): key \"kernel_size\" is missing"},
    {CONV(TWO "\"kernel_size\":0"), "(conv2d): \"kernel_size\" is 0, must be 1 to 64"},
    {CONV(TWO "\"kernel_size\":65"), "(conv2d): \"kernel_size\" is 65, must be 1 to 64"},
    {CONV(TWO "\"kernel_size\":\"3\""), "(conv2d): \"kernel_size\" must be a whole number"},
    {CONV(TWO "\"kernel_size\":[]"),
     "(conv2d): \"kernel_size\" must be a number or an array of two numbers"},
    {CONV(TWO "\"kernel_size\":[3]"),
     "(conv2d): \"kernel_size\" must be a number or an array of two numbers"},
    {CONV(TWO "\"kernel_size\":[3,3,3]"),
     "(conv2d): \"kernel_size\" must be a number or an array of two numbers"},
    {CONV(TWO "\"kernel_size\":[3,0]"), "\"kernel_size\" must contain whole numbers from 1 to 64"},
    {CONV(TWO "\"kernel_size\":[65,3]"), "\"kernel_size\" must contain whole numbers from 1 to 64"},
    {CONV(TWO "\"kernel_size\":[3,2.5]"),
     "\"kernel_size\" must contain whole numbers from 1 to 64"},
    {CONV(TWO "\"kernel_size\":[3,null]"),
     "\"kernel_size\" must contain whole numbers from 1 to 64"},
    {CONV(TWO "\"kernel_size\":[3,1e999]"), "\"kernel_size\" must contain whole numbers"},
    {CONV(TWO "\"kernel_size\":3,\"stride\":0"), "(conv2d): \"stride\" is 0, must be 1 to 64"},
    {CONV(TWO "\"kernel_size\":3,\"padding\":-1"), "\"padding\" is -1, must be 0 to 64"},
    {CONV(TWO "\"kernel_size\":3,\"padding\":[0,65]"), "whole numbers from 0 to 64"},
    {CONV(TWO "\"kernel_size\":3,\"bias\":1"), "(conv2d): \"bias\" must be true or false"},
    {CONV(TWO "\"kernel_size\":29"), "a kernel of 29x29 does not fit an input of 28x28"},
    {CONV(TWO "\"kernel_size\":[1,31],\"padding\":1"), "a kernel of 1x31 does not fit"},
    {CONV(TWO "\"kernel_size\":3") "," CONV(TWO "\"kernel_size\":3"),
     "layer 2 (conv2d): name \"c\" is given twice"},
    {FLATTEN "," CONV(TWO "\"kernel_size\":1"), "layer 2 (conv2d): cannot follow flatten"},
    {"{\"type\":\"batchnorm2d\"}", "layer 1 (batchnorm2d): key \"name\" is missing"},
    {"{\"type\":\"batchnorm2d\",\"name\":\"n\",\"epsilon\":0}",
     "layer 1 (batchnorm2d): \"epsilon\" is 0, must be 1e-08 to 1"},
    {"{\"type\":\"batchnorm2d\",\"name\":\"n\",\"epsilon\":1.5}", "\"epsilon\" is 1.5, must be"},
    {"{\"type\":\"batchnorm2d\",\"name\":\"n\",\"epsilon\":\"\"}", "\"epsilon\" must be a number"},
    {"{\"type\":\"batchnorm2d\",\"name\":\"n\"},{\"type\":\"batchnorm2d\",\"name\":\"n\"}",
     "layer 2 (batchnorm2d): name \"n\" is given twice"},
    {FLATTEN ",{\"type\":\"batchnorm2d\",\"name\":\"n\"}",
     "layer 2 (batchnorm2d): cannot follow flatten"},
    {"{\"type\":\"maxpool2d\"}", "layer 1 (maxpool2d): key \"kernel_size\" is missing"},
    {"{\"type\":\"maxpool2d\",\"kernel_size\":2,\"padding\":1}", "unknown key \"padding\""},
    {"{\"type\":\"maxpool2d\",\"kernel_size\":2,\"stride\":0}", "\"stride\" is 0, must be 1 to 64"},
    {"{\"type\":\"maxpool2d\",\"kernel_size\":29}",
     "layer 1 (maxpool2d): a kernel of 29x29 does not fit an input of 28x28"},
    {FLATTEN ",{\"type\":\"maxpool2d\",\"kernel_size\":1}",
     "layer 2 (maxpool2d): cannot follow flatten"},
    {FLATTEN "," FLATTEN, "layer 2 (flatten): the input is flat already"},
    {LOGITS, "layer 1 (dense): needs a flat input: put flatten before it"},
    {FLATTEN ",{\"type\":\"dense\",\"out_features\":10}",
     "layer 2 (dense): key \"name\" is missing"},
    {FLATTEN ",{\"type\":\"dense\",\"name\":\"d\"}",
     "layer 2 (dense): key \"out_features\" is missing"},
    {FLATTEN ",{\"type\":\"dense\",\"name\":\"d\",\"out_features\":4097}",
     "layer 2 (dense): \"out_features\" is 4097, must be 1 to 4096"},
    {FLATTEN ",{\"type\":\"dense\",\"name\":\"d\",\"out_features\":10,\"bias\":\"no\"}",
     "layer 2 (dense): \"bias\" must be true or false"},
    {FLATTEN "," LOGITS "," LOGITS, "layer 3 (dense): name \"logits\" is given twice"},
    {"{\"type\":\"dropout\"}", "layer 1 (dropout): key \"p\" is missing"},
    {"{\"type\":\"dropout\",\"p\":0.96}", "layer 1 (dropout): \"p\" is 0.96, must be 0 to 0.95"},
    {"{\"type\":\"dropout\",\"p\":-0.1}", "layer 1 (dropout): \"p\" is -0.1, must be 0 to 0.95"},
    {"{\"type\":\"dropout\",\"p\":\"half\"}", "layer 1 (dropout): \"p\" must be a number"},
    {FLATTEN, "the last layer has 784 outputs, must have 10 logits"},
    {FLATTEN ",{\"type\":\"dense\",\"name\":\"d\",\"out_features\":9}",
     "the last layer has 9 outputs, must have 10 logits"},
    {CONV("\"out_channels\":10,\"kernel_size\":28"),
     "a flatten layer is missing: logits must be flat"},
};

TEST(layers_that_cannot_be_are_refused_by_number_type_and_reason)
{
    for (size_t i = 0; i < sizeof impossible_layers / sizeof *impossible_layers; i++)
        assert_layers_refused(impossible_layers[i].layers, DIGIT_INVALID,
                              impossible_layers[i].words);
}

/* `count` layers before flatten and logits. */
static void repeat_relu(char out[TEXT_BYTES], size_t count)
{
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        strcat(out, "{\"type\":\"relu\"},");
    strcat(out, FLATTEN "," LOGITS);
}

TEST(the_number_of_layers_is_limited)
{
    char layers[TEXT_BYTES];
    struct architecture out;
    repeat_relu(layers, ARCHITECTURE_MAX_LAYERS - 2);
    assert_int_equal(parse_layers(&out, layers), DIGIT_OK);
    assert_int_equal(out.layer_count, ARCHITECTURE_MAX_LAYERS);
    repeat_relu(layers, ARCHITECTURE_MAX_LAYERS - 1);
    assert_layers_refused(layers, DIGIT_LIMIT, "layer 65: the limit is 64 layers");
}

#define WIDE(name, settings)                                                                       \
    "{\"type\":\"conv2d\",\"name\":\"" name "\",\"out_channels\":4096,\"kernel_size\":" settings "}"

TEST(activations_and_parameters_are_limited)
{
    assert_layers_refused(WIDE("a", "1,\"padding\":3"), DIGIT_LIMIT,
                          "layer 1 (conv2d): 4734976 outputs, the limit is 4194304");
    assert_layers_refused(WIDE("a", "28") "," WIDE("b", "3,\"padding\":1"), DIGIT_LIMIT,
                          "layer 2 (conv2d): more than 33554432 weights");
    assert_layers_refused(
        WIDE("a", "14") "," FLATTEN ",{\"type\":\"dense\",\"name\":\"d\",\"out_features\":64}",
        DIGIT_LIMIT, "layer 3 (dense): more than 33554432 weights");
    assert_layers_refused(WIDE("a", "28") "," WIDE("b", "1") "," WIDE("c", "1") "," FLATTEN
                                                                                "," LOGITS,
                          DIGIT_LIMIT, "file.json: 36818954 parameters, the limit is 33554432");
}

TEST(load_reads_a_file_and_names_it)
{
    char path[TEMP_FOLDER_PATH_BYTES];
    struct architecture out;
    temp_folder_path(path, state, "broken.json");
    assert_failure(architecture_load(&out, path, &error), &error, DIGIT_IO, path);
    struct file_part part = {"{\"name\":\"a\"}", 12};
    assert_int_equal(file_write(path, &part, 1, &error), DIGIT_OK);
    assert_failure(architecture_load(&out, path, &error), &error, DIGIT_INVALID, path);
}

TEST_MAIN(cmocka_unit_test(the_shipped_architectures_cost_what_is_documented),
          cmocka_unit_test(shapes_follow_from_layer_to_layer),
          cmocka_unit_test(settings_left_out_have_pytorchs_defaults),
          cmocka_unit_test(a_formatted_architecture_reads_back_the_same),
          cmocka_unit_test(settings_at_their_limits_read_back_too),
          cmocka_unit_test(documents_that_are_not_an_architecture_are_refused),
          cmocka_unit_test(layers_that_cannot_be_are_refused_by_number_type_and_reason),
          cmocka_unit_test(the_number_of_layers_is_limited),
          cmocka_unit_test(activations_and_parameters_are_limited),
          cmocka_unit_test_setup_teardown(load_reads_a_file_and_names_it, temp_folder_make,
                                          temp_folder_remove))
