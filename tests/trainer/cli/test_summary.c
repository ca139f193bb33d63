#include "trainer/cli/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/network/architecture_read.h"
#include "tests/test.h"

static char *summary_of(const char *json)
{
    struct architecture architecture;
    struct digit_error error;
    if (architecture_parse(&architecture, json, strlen(json), "here", &error) != DIGIT_OK)
        fail_msg("%s", error.message);
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    summary_print(out, &architecture);
    fclose(out);
    return text;
}

/* By hand: conv1 has 8 * 9 weights and 8 * 28 * 14 outputs of 9 products each; norm1 has a scale
 * and a shift for each of 8 channels; logits 8 * 14 * 7 * 10 weights and 10 biases. */
TEST(a_summary_has_a_line_for_each_layer_and_the_totals)
{
    char *text = summary_of(
        "{\"name\": \"small\", \"layers\": ["
        "{\"type\": \"conv2d\", \"name\": \"conv1\", \"out_channels\": 8, \"kernel_size\": [3, 3],"
        " \"stride\": [1, 2], \"padding\": 1, \"bias\": false},"
        "{\"type\": \"batchnorm2d\", \"name\": \"norm1\"}, {\"type\": \"relu\"},"
        "{\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"flatten\"},"
        "{\"type\": \"dropout\", \"p\": 0.25},"
        "{\"type\": \"dense\", \"name\": \"logits\", \"out_features\": 10}]}");
    static const char rule[] =
        "----------------------------------------------------------------------\n";
    assert_ptr_equal(
        strstr(text, "small\n\n"
                     "layer         kind                  output    parameters          MACs\n"),
        text);
    assert_non_null(strstr(text, rule));
    assert_non_null(
        strstr(text, "conv1         conv2d 3x3           8x28x14            72        28,224\n"
                     "norm1         batchnorm2d          8x28x14            16             0\n"
                     "              relu                 8x28x14             0             0\n"
                     "              maxpool2d 2x2         8x14x7             0             0\n"
                     "              flatten                  784             0             0\n"
                     "              dropout 0.25             784             0             0\n"
                     "logits        dense                     10         7,850         7,840\n"));
    assert_non_null(
        strstr(text, "total                                              7,938        36,064\n"
                     "plus 16 running statistics, which are not trained\n"));
    free(text);
}

TEST_MAIN(cmocka_unit_test(a_summary_has_a_line_for_each_layer_and_the_totals))
