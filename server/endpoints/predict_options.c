#include "server/endpoints/predict_options.h"

#include <string.h>

#include <digit/model.h>

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

static enum problem read_top_k(size_t *out, const struct request *request, struct fault *fault)
{
    const struct request_parameter *parameter = request_parameter(request, "top_k");
    *out = 0;
    if (parameter == NULL)
        return PROBLEM_NONE;
    const char *value = parameter->value != NULL ? parameter->value : "";
    size_t digits = strspn(value, "0123456789");
    for (size_t i = 0; i < digits && i < 3; i++)
        *out = 10 * *out + (size_t)(value[i] - '0');
    if (digits == 0 || digits > 2 || value[digits] != '\0' || *out < 1 || *out > DIGIT_CLASSES)
        return refuse_value(fault, parameter, "a whole number from 1 to 10");
    return PROBLEM_NONE;
}

static enum problem read_digits(bool *many, const struct request *request, struct fault *fault)
{
    const struct request_parameter *parameter = request_parameter(request, "digits");
    *many = false;
    if (parameter == NULL)
        return PROBLEM_NONE;
    const char *value = parameter->value != NULL ? parameter->value : "";
    *many = strcmp(value, "many") == 0;
    if (!*many && strcmp(value, "one") != 0)
        return refuse_value(fault, parameter, "one or many");
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
        problem = read_digits(&out->many, request, fault);
    return problem;
}
