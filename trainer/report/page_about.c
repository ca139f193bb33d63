#include <stdlib.h>

#include <cjson/cJSON.h>

#include <digit/build_info.h>

#include "trainer/report/markup.h"
#include "trainer/report/page_parts.h"

#define LARGE_FIELD 9 /* receptive fields of this height or more are drawn larger */

bool page_has_first_layer(const struct report_contents *contents)
{
    return contents->first_layer.name != NULL;
}

enum digit_status page_add_first_layer(struct buffer *out, const struct report_contents *contents,
                                       struct digit_error *error)
{
    const struct first_layer *layer = &contents->first_layer;
    enum digit_status status = DIGIT_OK;
    buffer_text(out, "<p>The weights of each output of <code>");
    markup_text(out, layer->name);
    buffer_print(out,
                 "</code> for its %zux%zu pixels. Foreground raises the output where weights are "
                 "orange (positive) and lowers it where they are blue (negative); pale weights are "
                 "close to 0. Shown are %zu of %zu outputs; the largest magnitude is %.3g."
                 "</p>\n<ul class=\"weights card%s\">\n",
                 layer->height, layer->width, layer->shown, layer->count, (double)layer->largest,
                 layer->height >= LARGE_FIELD ? " large" : "");
    for (size_t i = 0; status == DIGIT_OK && i < layer->shown; i++) {
        buffer_print(out, "<li><img alt=\"output %zu\" title=\"output %zu\" src=\"", i, i);
        status = first_layer_add_uri(out, layer, i, error);
        buffer_text(out, "\"></li>\n");
    }
    buffer_text(out, "</ul>\n");
    return status;
}

static void add_table_begin(struct buffer *out, const char *name)
{
    buffer_print(out, "<div class=\"card scroll\"><h3>%s</h3><table>\n<tbody>\n", name);
}

static void add_table_end(struct buffer *out)
{
    buffer_text(out, "</tbody></table></div>\n");
}

static void add_row(struct buffer *out, const char *name, const char *value)
{
    buffer_text(out, "<tr><th scope=\"row\">");
    markup_text(out, name);
    buffer_text(out, "</th><td class=\"text\"><code>");
    markup_text(out, value);
    buffer_text(out, "</code></td></tr>\n");
}

static void add_number_row(struct buffer *out, const char *name, size_t value)
{
    buffer_print(out, "<tr><th scope=\"row\">%s</th><td class=\"text\">", name);
    markup_count(out, value);
    buffer_text(out, "</td></tr>\n");
}

/* Adds a row for a member; its name is preceded by that of the object that contains it. */
static void add_member(struct buffer *out, const char *object, const cJSON *member)
{
    struct buffer name = {0};
    buffer_print(&name, "%s%s%s", object, object[0] != '\0' ? "." : "", member->string);
    char *value = cJSON_IsString(member) ? NULL : cJSON_PrintUnformatted(member);
    const char *shown = cJSON_IsString(member) ? member->valuestring : value;
    if (name.failed || shown == NULL)
        out->failed = true;
    else
        add_row(out, name.bytes, shown);
    cJSON_free(value);
    buffer_release(&name);
}

/* Adds a row for each member, also for those of inner objects; deeper values are shown as JSON. */
static void add_members(struct buffer *out, const cJSON *object)
{
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (!cJSON_IsObject(item))
            add_member(out, "", item);
        for (const cJSON *inner = cJSON_IsObject(item) ? item->child : NULL; inner != NULL;
             inner = inner->next)
            add_member(out, item->string, inner);
    }
}

/* The training card of the model file, which may come from anywhere and have none. */
static void add_settings(struct buffer *out, const struct report_source *source)
{
    cJSON *training = source->file->training != NULL ? cJSON_Parse(source->file->training) : NULL;
    add_table_begin(out, "Training card of the model file");
    if (cJSON_IsObject(training))
        add_members(out, training);
    add_table_end(out);
    cJSON_Delete(training);
}

static void add_data(struct buffer *out, const struct report_source *source)
{
    add_table_begin(out, "Model and data");
    add_row(out, "model", source->model_path);
    add_row(out, "model SHA-256", source->model->sha256);
    add_row(out, "data", source->data);
    if (source->train != NULL) {
        add_number_row(out, "training images", source->train->count);
        add_row(out, "training SHA-256", source->train->sha256);
    }
    add_number_row(out, "test images", source->test->count);
    add_row(out, "test SHA-256", source->test->sha256);
    add_table_end(out);
}

static void add_machine(struct buffer *out, const struct report_contents *contents)
{
    add_table_begin(out, "Machine and program");
    add_row(out, "processor", contents->machine.processor);
    add_number_row(out, "CPUs available", contents->machine.cpus);
    add_number_row(out, "threads", contents->source->threads);
    add_row(out, "system", contents->machine.system);
    add_row(out, "kernels", contents->source->model->kernels);
    add_row(out, "program", contents->source->program);
    add_row(out, "version", digit_build_version());
    add_row(out, "revision", digit_build_revision());
    add_row(out, "compiler", digit_build_compiler());
    add_table_end(out);
}

static void add_files(struct buffer *out, const struct report_contents *contents)
{
    buffer_text(out,
                "<footer>The same contents as files beside this page: <a href=\"metrics.json\">"
                "metrics.json</a>, <a href=\"classes.csv\">classes.csv</a>, "
                "<a href=\"errors.csv\">errors.csv</a>");
    if (report_has_training(contents->source))
        buffer_text(out, ", <a href=\"history.csv\">history.csv</a>, a TensorBoard event file");
    buffer_text(out, "; charts as SVG, images as PNG.</footer>\n");
}

enum digit_status page_add_about(struct buffer *out, const struct report_contents *contents,
                                 struct digit_error *error)
{
    (void)error;
    buffer_text(out, "<div class=\"pair\">\n<div class=\"stack\">\n");
    add_data(out, contents->source);
    add_machine(out, contents);
    buffer_text(out, "</div>\n");
    add_settings(out, contents->source);
    buffer_text(out, "</div>\n");
    add_files(out, contents);
    return DIGIT_OK;
}
