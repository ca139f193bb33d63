#include "trainer/cli/summary.h"

#include <string.h>

#include "core/network/parameters.h"

#define TEXT_BYTES 48

/* "2565632" as "2,565,632". */
static void format_count(char out[TEXT_BYTES], size_t count)
{
    char digits[TEXT_BYTES / 2];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", count);
    char *to = out;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
}

/* "16x28x28"; "128" if height and width are 1. */
static void format_shape(char out[TEXT_BYTES], const struct shape *shape)
{
    if (shape->height == 1 && shape->width == 1)
        snprintf(out, TEXT_BYTES, "%zu", shape->channels);
    else
        snprintf(out, TEXT_BYTES, "%zux%zux%zu", shape->channels, shape->height, shape->width);
}

/* The layer's type and its most important property. */
static void format_kind(char out[TEXT_BYTES], const struct layer *layer)
{
    const char *type = layer_type_name(layer->type);
    if (layer->type == LAYER_CONV2D || layer->type == LAYER_MAXPOOL2D)
        snprintf(out, TEXT_BYTES, "%s %zux%zu", type, layer->kernel.height, layer->kernel.width);
    else if (layer->type == LAYER_DROPOUT)
        snprintf(out, TEXT_BYTES, "%s %g", type, (double)layer->probability);
    else
        snprintf(out, TEXT_BYTES, "%s", type);
}

static size_t trained_parameters(const struct parameter_table *table, size_t layer)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->items[i].layer == layer && parameter_is_trained(&table->items[i]))
            count += table->items[i].count;
    return count;
}

static void print_layer(FILE *out, const struct layer *layer, size_t parameter_count)
{
    char kind[TEXT_BYTES], shape[TEXT_BYTES], parameters[TEXT_BYTES], macs[TEXT_BYTES];
    format_kind(kind, layer);
    format_shape(shape, &layer->out);
    format_count(parameters, parameter_count);
    format_count(macs, layer_macs(layer));
    fprintf(out, "%-12s  %-14s  %12s  %12s  %12s\n", layer->name, kind, shape, parameters, macs);
}

static void print_rule(FILE *out)
{
    char rule[71];
    memset(rule, '-', sizeof rule - 1);
    rule[sizeof rule - 1] = '\0';
    fprintf(out, "%s\n", rule);
}

static void print_totals(FILE *out, const struct architecture *architecture,
                         const struct parameter_table *table)
{
    char parameters[TEXT_BYTES], statistics[TEXT_BYTES], macs[TEXT_BYTES];
    format_count(parameters, parameter_table_trained(table));
    format_count(statistics, table->total - parameter_table_trained(table));
    format_count(macs, architecture_macs(architecture));
    fprintf(out, "%-12s  %-14s  %12s  %12s  %12s\n", "total", "", "", parameters, macs);
    fprintf(out, "plus %s running statistics, which are not trained\n", statistics);
}

void summary_print(FILE *out, const struct architecture *architecture)
{
    struct parameter_table table;
    parameter_table_init(&table, architecture);
    fprintf(out, "%s\n\n", architecture->name);
    fprintf(out, "%-12s  %-14s  %12s  %12s  %12s\n", "layer", "kind", "output", "parameters",
            "MACs");
    print_rule(out);
    for (size_t i = 0; i < architecture->layer_count; i++)
        print_layer(out, &architecture->layers[i], trained_parameters(&table, i));
    print_rule(out);
    print_totals(out, architecture, &table);
}
