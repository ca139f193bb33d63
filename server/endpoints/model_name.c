#include "server/endpoints/model_name.h"

void model_name_write(struct text *out, const struct digit_model_info *model)
{
    text_append(out, "{\"name\":");
    text_json_string(out, model->name);
    text_append(out, ",\"version\":");
    text_json_string(out, model->version);
    text_append(out, "}");
}
