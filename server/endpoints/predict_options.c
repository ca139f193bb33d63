#include "server/endpoints/predict_options.h"

#include <string.h>

#include <digit/model.h>
#include <digit/reader.h>

const char *const predict_parameters[] = {"digits", "explain", "preview", "top_k", NULL};

static enum problem refuse_value(struct fault *fault, const struct request_parameter *parameter,
                                 const char *allowed)
{
    return fault_set(fault, PROBLEM_INVALID_PARAMETER, "%s is \"%.64s\", must be %s",
                     parameter->name, parameter->value != NULL ? parameter->value : "", allowed);
}

static enum problem read_flag(bool *out, const struct request *request, const char *name,
                              struct fault *fault)
{
    const struct request_parameter *parameter = request_parameter(request, name);
    *out = false;
    if (parameter == NULL)
        return PROBLEM_NONE;
    if (parameter->value != NULL && strcmp(parameter->value, "1") != 0 &&
        strcmp(parameter->value, "0") != 0)
        return refuse_value(fault, parameter, "0 or 1");
    *out = parameter->value == NULL || parameter->value[0] == '1';
    return PROBLEM_NONE;
}

/* Reads a whole number of at most two digits, without a leading 0; 0 if `text` is none. */
static size_t read_count(const char *text)
{
    size_t length = strspn(text, "0123456789");
    size_t count = 0;
    if (length == 0 || length > 2 || text[0] == '0' || text[length] != '\0')
        return 0;
    for (size_t i = 0; i < length; i++)
        count = 10 * count + (size_t)(text[i] - '0');
    return count;
}

static enum problem read_top_k(size_t *out, const struct request *request, struct fault *fault)
{
    const struct request_parameter *parameter = request_parameter(request, "top_k");
    *out = 0;
    if (parameter == NULL)
        return PROBLEM_NONE;
    *out = read_count(parameter->value != NULL ? parameter->value : "");
    if (*out < 1 || *out > DIGIT_CLASSES)
        return refuse_value(fault, parameter, "a whole number from 1 to 10");
    return PROBLEM_NONE;
}

static enum problem read_digits(struct predict_options *out, const struct request *request,
                                struct fault *fault)
{
    const struct request_parameter *parameter = request_parameter(request, "digits");
    if (parameter == NULL)
        return PROBLEM_NONE;
    const char *value = parameter->value != NULL ? parameter->value : "";
    size_t count = read_count(value);
    bool many = count > 0 || strcmp(value, "many") == 0;
    if ((!many && strcmp(value, "one") != 0) || count > DIGIT_EXACT_MAX)
        return refuse_value(fault, parameter, "one, many or a whole number from 1 to 32");
    out->many = many;
    out->exact = count;
    return PROBLEM_NONE;
}

enum problem predict_options_read(struct predict_options *out, const struct request *request,
                                  struct fault *fault)
{
    *out = (struct predict_options){.top_k = 0};
    enum problem problem = read_top_k(&out->top_k, request, fault);
    if (problem == PROBLEM_NONE)
        problem = read_flag(&out->preview, request, "preview", fault);
    if (problem == PROBLEM_NONE)
        problem = read_flag(&out->explain, request, "explain", fault);
    if (problem == PROBLEM_NONE)
        problem = read_digits(out, request, fault);
    return problem;
}
