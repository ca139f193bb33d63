#include "server/endpoints/predict_body.h"

#include <string.h>
#include <strings.h>

#include "server/endpoints/predict_idx.h"
#include "server/endpoints/predict_json.h"
#include "server/format/header_value.h"
#include "server/format/multipart.h"

#define OCTET_STREAM "application/octet-stream"

struct typed_body {
    struct header_value type;
    const uint8_t *bytes; /* [size] */
    size_t size;
};

static enum problem read_picture(struct predict_input *input, const uint8_t *bytes, size_t size,
                                 enum problem if_unknown, struct fault *fault)
{
    input->count = 1;
    return predict_read_picture(input, 0, bytes, size, if_unknown, fault);
}

/*
 * 784 bytes are pixels. Any other number of bytes must be a picture or an IDX file, whose first
 * bytes are those of no picture.
 */
static enum problem read_octets(struct predict_input *input, const uint8_t *bytes, size_t size,
                                struct fault *fault)
{
    enum problem problem;
    if (size == DIGIT_PIXELS) {
        input->count = 1;
        return predict_read_octets(input, 0, bytes, fault);
    }
    if (predict_is_idx(bytes, size))
        return predict_read_idx(input, bytes, size, fault);
    problem = read_picture(input, bytes, size, PROBLEM_INVALID_INPUT, fault);
    if (problem != PROBLEM_INVALID_INPUT)
        return problem;
    return fault_set(
        fault, PROBLEM_INVALID_INPUT,
        "the body's %zu bytes are neither a PNG, JPEG or BMP picture, nor the %d octets "
        "of a digit's pixels, nor an IDX file",
        size, DIGIT_PIXELS);
}

static enum problem read_octet_stream(struct predict_input *input, const struct typed_body *body,
                                      struct fault *fault)
{
    return read_octets(input, body->bytes, body->size, fault);
}

static enum problem read_declared_picture(struct predict_input *input,
                                          const struct typed_body *body, struct fault *fault)
{
    return read_picture(input, body->bytes, body->size, PROBLEM_UNDECODABLE_IMAGE, fault);
}

/* JSON is UTF-8 (RFC 8259 section 8.1), which includes ASCII. */
static enum problem read_json(struct predict_input *input, const struct typed_body *body,
                              struct fault *fault)
{
    char charset[32];
    switch (header_value_parameter(charset, sizeof charset, &body->type, "charset")) {
    case HEADER_PARAMETER_MALFORMED:
        return fault_set(fault, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                         "Content-Type has malformed parameters");
    case HEADER_PARAMETER_FOUND:
        if (strcasecmp(charset, "utf-8") != 0 && strcasecmp(charset, "us-ascii") != 0)
            return fault_set(fault, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                             "charset is \"%s\", must be utf-8 for JSON", charset);
        break;
    case HEADER_PARAMETER_MISSING:
        break;
    }
    return predict_read_json(input, body->bytes, body->size, fault);
}

static bool is_digit_part(const struct multipart_part *part)
{
    return part->has_filename || strcmp(part->name, "image") == 0 ||
           strcmp(part->name, "file") == 0;
}

static enum problem read_part(struct predict_input *input, const struct multipart_part *part,
                              struct fault *fault)
{
    if (!is_digit_part(part))
        return fault_set(
            fault, PROBLEM_INVALID_INPUT,
            "the part \"%s\" is not a picture: it has no filename and is not called image "
            "or file",
            part->name);
    if (input->count > 0 || input->has_picture)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "the part \"%s\" is a second picture; a form may have one", part->name);
    if (part->size == 0)
        return fault_set(fault, PROBLEM_INVALID_INPUT, "the part \"%s\" is empty", part->name);
    if (strcmp(part->type, OCTET_STREAM) == 0)
        return read_octets(input, part->bytes, part->size, fault);
    return read_picture(input, part->bytes, part->size, PROBLEM_UNDECODABLE_IMAGE, fault);
}

static enum problem set_multipart_fault(struct fault *fault, const struct digit_error *error)
{
    return fault_set(fault, PROBLEM_MALFORMED_MULTIPART, "%s", error->message);
}

/* Reads the whole form: one that ends too early or has a part too many is refused. */
static enum problem read_parts(struct predict_input *input, struct multipart *multipart,
                               struct fault *fault)
{
    struct digit_error error;
    struct multipart_part part;
    enum problem problem;
    bool found = true;
    while (found) {
        if (multipart_next(multipart, &part, &found, &error) != DIGIT_OK)
            return set_multipart_fault(fault, &error);
        if (!found)
            break;
        problem = read_part(input, &part, fault);
        if (problem != PROBLEM_NONE)
            return problem;
    }
    if (input->count == 0 && !input->has_picture)
        return fault_set(
            fault, PROBLEM_INVALID_INPUT,
            "the form has no picture: no part has a filename or is called image or file");
    return PROBLEM_NONE;
}

static enum problem read_multipart(struct predict_input *input, const struct typed_body *body,
                                   struct fault *fault)
{
    char boundary[MULTIPART_MAX_BOUNDARY_BYTES + 1];
    struct multipart multipart;
    struct digit_error error;
    if (header_value_parameter(boundary, sizeof boundary, &body->type, "boundary") !=
        HEADER_PARAMETER_FOUND)
        return fault_set(fault, PROBLEM_MALFORMED_MULTIPART,
                         "Content-Type has no boundary of 1 to %d characters",
                         MULTIPART_MAX_BOUNDARY_BYTES);
    if (multipart_init(&multipart, boundary, body->bytes, body->size, &error) != DIGIT_OK)
        return set_multipart_fault(fault, &error);
    if (input->max_multipart_parts > 0)
        multipart.max_parts = input->max_multipart_parts;
    return read_parts(input, &multipart, fault);
}

/* For a type that is not in the table: the bytes decide, as with curl --data-binary. */
static enum problem read_undeclared(struct predict_input *input, const struct typed_body *body,
                                    struct fault *fault)
{
    if (predict_is_idx(body->bytes, body->size))
        return predict_read_idx(input, body->bytes, body->size, fault);
    enum problem problem =
        read_picture(input, body->bytes, body->size, PROBLEM_UNSUPPORTED_MEDIA_TYPE, fault);
    if (problem != PROBLEM_UNSUPPORTED_MEDIA_TYPE)
        return problem;
    return fault_set(fault, problem,
                     "Content-Type is %s, and the body is not a PNG, JPEG or BMP picture or an IDX "
                     "file; supported types are " PREDICT_ACCEPT,
                     body->type.value[0] != '\0' ? body->type.value : "missing");
}

typedef enum problem read_function(struct predict_input *input, const struct typed_body *body,
                                   struct fault *fault);

static read_function *reader_for(const char *type)
{
    static const struct {
        const char *type;
        read_function *read;
    } readers[] = {
        {"application/json", read_json},       {"multipart/form-data", read_multipart},
        {OCTET_STREAM, read_octet_stream},     {"image/png", read_declared_picture},
        {"image/jpeg", read_declared_picture}, {"image/bmp", read_declared_picture},
    };
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(type, readers[i].type) == 0)
            return readers[i].read;
    }
    return read_undeclared;
}

enum problem predict_read_body(struct predict_input *input, const char *content_type,
                               const uint8_t *bytes, size_t size, struct fault *fault)
{
    struct typed_body body = {.bytes = bytes, .size = size};
    input->count = 0;
    input->batch = false;
    input->decoded_pixels = 0;
    if (content_type != NULL && !header_value_parse(&body.type, content_type))
        return fault_set(fault, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                         "Content-Type is malformed; supported types are " PREDICT_ACCEPT);
    return reader_for(body.type.value)(input, &body, fault);
}
