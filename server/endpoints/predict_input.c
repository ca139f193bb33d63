#include "server/endpoints/predict_input.h"

#include <math.h>
#include <string.h>

#include "server/observe/clock.h"

/* Levels are rounded to a 64th, so that an octet that became a float is the same level again. */
#define LEVEL_PARTS 64.0F

float *predict_input_pixels(const struct predict_input *input, size_t index)
{
    return input->pixels + index * DIGIT_PIXELS;
}

uint8_t *predict_input_octets(const struct predict_input *input, size_t index)
{
    return input->octets + index * DIGIT_PIXELS;
}

/* What the lightest and the darkest pixel of a digit give cause for, on a scale of 255 levels. */
static unsigned warn_of_levels(float lowest, float highest)
{
    if (highest > lowest && highest - lowest < (float)DIGIT_CONTRAST_LOW)
        return DIGIT_WARNING_LOW_CONTRAST;
    return 0;
}

/* Pixels without "max" of which none is above 1. */
static bool is_too_dark(float highest)
{
    return highest > 0 && highest <= 1;
}

/* The level of 255 of a pixel; that of an octet exactly. */
static float level_of(int32_t bits)
{
    float pixel;
    memcpy(&pixel, &bits, sizeof pixel);
    return roundf(pixel * (float)PREDICT_MAX_OCTET * LEVEL_PARTS) / LEVEL_PARTS;
}

/* Floats that are not negative have the order of their bits, as integers, which compilers compare many at once. */
static unsigned warn_of_pixels(const float pixels[DIGIT_PIXELS], double max)
{
    int32_t lowest = INT32_MAX, highest = INT32_MIN;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        int32_t bits;
        memcpy(&bits, &pixels[i], sizeof bits);
        lowest = bits < lowest ? bits : lowest;
        highest = bits > highest ? bits : highest;
    }
    float highest_level = level_of(highest);
    if (max > 1 && is_too_dark(highest_level))
        return DIGIT_WARNING_MAX_PIXEL_IS_1;
    return warn_of_levels(level_of(lowest), highest_level);
}

static unsigned warn_of_octets(const uint8_t octets[DIGIT_PIXELS])
{
    uint8_t lowest = UINT8_MAX, highest = 0;
    for (size_t i = 0; i < DIGIT_PIXELS; i++) {
        lowest = octets[i] < lowest ? octets[i] : lowest;
        highest = octets[i] > highest ? octets[i] : highest;
    }
    if (is_too_dark(highest))
        return DIGIT_WARNING_MAX_PIXEL_IS_1;
    return warn_of_levels(lowest, highest);
}

/* Notes that instance `index` did not come as a picture. */
static enum problem note_no_picture(struct predict_input *input, size_t index, bool is_octets,
                                    unsigned warnings, struct fault *fault)
{
    input->sources[index] =
        (struct predict_source){.is_octets = is_octets, .receipt = {.warnings = warnings}};
    if (!input->many)
        return PROBLEM_NONE;
    return fault_set(fault, PROBLEM_INVALID_INPUT,
                     "digits=many, or their number, needs a picture; pixels are always one digit");
}

enum problem predict_note_pixels(struct predict_input *input, size_t index, double max,
                                 struct fault *fault)
{
    return note_no_picture(input, index, false,
                           warn_of_pixels(predict_input_pixels(input, index), max), fault);
}

enum problem predict_read_octets(struct predict_input *input, size_t index,
                                 const uint8_t octets[DIGIT_PIXELS], struct fault *fault)
{
    memcpy(predict_input_octets(input, index), octets, DIGIT_PIXELS);
    return note_no_picture(input, index, true, warn_of_octets(octets), fault);
}

/* The problem for a status of digit_image_decode. */
static enum problem picture_problem(enum digit_status status, enum problem if_unknown)
{
    switch (status) {
    case DIGIT_UNSUPPORTED:
        return if_unknown;
    case DIGIT_LIMIT:
        return PROBLEM_IMAGE_TOO_LARGE;
    case DIGIT_NO_MEMORY:
        return PROBLEM_NO_MEMORY;
    case DIGIT_OK:
    case DIGIT_IO:
    case DIGIT_MALFORMED:
    case DIGIT_INVALID:
    default:
        return PROBLEM_UNDECODABLE_IMAGE;
    }
}

static struct predict_source make_source(const struct digit_image *image)
{
    return (struct predict_source){
        .is_octets = true,
        .is_picture = true,
        .format = image->format,
        .width_px = image->width_px,
        .height_px = image->height_px,
        .rotation_deg = image->rotation_deg,
        .mirrored = image->mirrored,
    };
}

static void note_work(struct predict_work *work, double begun_s, double ended_s)
{
    work->count++;
    work->seconds += ended_s - begun_s;
}

/* Whether the image is a projection on an axis of colour. */
static bool is_by_colour(const struct digit_image *image)
{
    return image->colour_contrast > 0;
}

/* Takes a reading of the picture as instance `index`. */
static void take_reading(struct predict_input *input, size_t index, const struct digit_image *image,
                         const struct digit_reading *reading)
{
    struct predict_source *source = &input->sources[index];
    *source = make_source(image);
    source->is_read = true;
    source->receipt = reading->receipt;
    source->hypotheses = reading->hypotheses;
    source->second = reading->second;
    source->line = reading->line;
    memcpy(source->colour_axis, image->colour_axis, sizeof source->colour_axis);
    input->predictions[index] = reading->prediction;
    memcpy(predict_input_octets(input, index), reading->octets, DIGIT_PIXELS);
}

/* Adds the warnings that the image itself gives cause for. */
static void warn_of_image(struct digit_receipt *receipt, const struct digit_image *image)
{
    if (image->stretched)
        receipt->warnings |= DIGIT_WARNING_LOW_CONTRAST;
    if (is_by_colour(image))
        receipt->warnings |= DIGIT_WARNING_COLOUR_CONTRAST;
}

static enum problem refuse_logits(const struct digit_error *error, struct fault *fault)
{
    return fault_set(fault, PROBLEM_INTERNAL, "%s", error->message);
}

/* Reads the picture's digit as instance `index`, unless another reading of it is there that is more probable. */
static enum problem read_one_digit(struct predict_input *input, size_t index,
                                   const struct digit_image *image, bool is_second,
                                   struct fault *fault)
{
    struct digit_reading reading;
    struct digit_error error;
    double begun_s = clock_monotonic_s();
    digit_reader_propose(input->reader, image);
    double proposed_s = clock_monotonic_s();
    enum digit_status status = digit_reader_read(input->reader, &reading, &error);
    input->decoded_cost_us += digit_reader_cost_us(input->reader);
    note_work(&input->preprocessing, begun_s, proposed_s);
    note_work(&input->inference, proposed_s, clock_monotonic_s());
    if (status != DIGIT_OK)
        return refuse_logits(&error, fault);
    warn_of_image(&reading.receipt, image);
    if (!is_second || reading.prediction.uncertainty < input->predictions[index].uncertainty)
        take_reading(input, index, image, &reading);
    return PROBLEM_NONE;
}

/* Has the reader read the picture's numbers. */
static enum problem run_number(struct predict_input *input, const struct digit_image *image,
                               struct digit_number *out, struct fault *fault)
{
    struct digit_error error;
    enum digit_status status = DIGIT_OK;
    double begun_s = clock_monotonic_s();
    digit_reader_begin_number(input->reader, image, input->exact);
    while (status == DIGIT_OK && digit_reader_propose_number(input->reader)) {
        double proposed_s = clock_monotonic_s();
        status = digit_reader_predict_number(input->reader, &error);
        note_work(&input->preprocessing, begun_s, proposed_s);
        begun_s = clock_monotonic_s();
        note_work(&input->inference, proposed_s, begun_s);
    }
    note_work(&input->preprocessing, begun_s, clock_monotonic_s());
    input->decoded_cost_us += digit_reader_cost_us(input->reader);
    if (status != DIGIT_OK)
        return refuse_logits(&error, fault);
    digit_reader_finish_number(input->reader, input->readings, out);
    return PROBLEM_NONE;
}

static enum problem refuse_count(size_t count, const char *what, size_t limit, struct fault *fault)
{
    fault_set(fault, PROBLEM_TOO_MANY_INSTANCES, "the picture has %zu %s; the limit is %zu", count,
              what, limit);
    return fault_set_limit(fault, limit);
}

static size_t digits_max(const struct predict_input *input)
{
    return input->capacity < input->max_digits ? input->capacity : input->max_digits;
}

/* Whether so many digits can be asked for at all. */
static enum problem check_exact(const struct predict_input *input, struct fault *fault)
{
    if (!input->many || input->exact <= digits_max(input))
        return PROBLEM_NONE;
    fault_set(fault, PROBLEM_TOO_MANY_INSTANCES, "digits is %zu; the limit is %zu", input->exact,
              digits_max(input));
    return fault_set_limit(fault, digits_max(input));
}

static enum problem check_number(const struct predict_input *input,
                                 const struct digit_number *number, struct fault *fault)
{
    if (number->found_lines > input->max_lines)
        return refuse_count(number->found_lines, "lines of writing", input->max_lines, fault);
    if (number->found > digits_max(input))
        return refuse_count(number->found, "digits", digits_max(input), fault);
    if (input->exact > 0 && number->count != input->exact)
        return fault_set(fault, PROBLEM_INVALID_INPUT,
                         "digits is %zu, but the picture cannot be read as so many digits",
                         input->exact);
    return PROBLEM_NONE;
}

/* Takes the digits of the picture's numbers as instances from 0 on. */
static void take_number(struct predict_input *input, const struct digit_image *image,
                        struct digit_number *number)
{
    warn_of_image(&number->receipt, image);
    input->number = *number;
    input->count = number->count;
    for (size_t i = 0; i < number->count; i++) {
        warn_of_image(&input->readings[i].receipt, image);
        take_reading(input, i, image, &input->readings[i]);
    }
    if (number->count == 0) { /* a blank picture has a receipt, too */
        input->sources[0] = make_source(image);
        input->sources[0].receipt = number->receipt;
        input->sources[0].hypotheses = number->hypotheses;
        input->sources[0].second.digit = DIGIT_CLASSES;
        memcpy(input->sources[0].colour_axis, image->colour_axis,
               sizeof input->sources[0].colour_axis);
    }
}

/* Reads all digits of the picture's numbers, unless another reading of it is there that is more probable. */
static enum problem read_numbers(struct predict_input *input, const struct digit_image *image,
                                 bool is_second, struct fault *fault)
{
    struct digit_number number;
    enum problem problem = run_number(input, image, &number, fault);
    if (problem == PROBLEM_NONE)
        problem = check_number(input, &number, fault);
    if (problem != PROBLEM_NONE)
        return problem;
    if (!is_second || (number.count > 0 &&
                       (input->number.count == 0 || number.confidence > input->number.confidence)))
        take_number(input, image, &number);
    return PROBLEM_NONE;
}

/* Reads the picture's digit as instance `index`, or its numbers. `is_second`: a reading is there already. */
static enum problem read_picture(struct predict_input *input, size_t index,
                                 const struct digit_image *image, bool is_second,
                                 struct fault *fault)
{
    return input->many ? read_numbers(input, image, is_second, fault)
                       : read_one_digit(input, index, image, is_second, fault);
}

/* What the pictures before have left of the limits. Hypotheses may have cost more than was left. */
static struct digit_image_limits limits_left(const struct predict_input *input)
{
    struct digit_image_limits limits = input->limits;
    limits.max_pixels -= input->decoded_pixels;
    limits.max_cost_us -=
        input->decoded_cost_us < limits.max_cost_us ? input->decoded_cost_us : limits.max_cost_us;
    return limits;
}

static enum digit_status decode_picture(struct digit_image *out, struct predict_input *input,
                                        const uint8_t *bytes, size_t size,
                                        struct digit_error *error)
{
    const struct digit_image_limits limits = limits_left(input);
    enum digit_status status = digit_image_decode(out, bytes, size, &limits, input->arena, error);
    if (status == DIGIT_OK) {
        input->decoded_pixels += out->width_px * out->height_px;
        input->decoded_cost_us += out->cost_us;
    }
    return status;
}

/* Adds what decoding would add. */
static enum digit_status probe_picture(struct predict_input *input, const uint8_t *bytes,
                                       size_t size, struct digit_error *error)
{
    const struct digit_image_limits limits = limits_left(input);
    struct digit_image_probe probe;
    enum digit_status status = digit_image_probe(&probe, bytes, size, &limits, error);
    if (status == DIGIT_OK) {
        input->decoded_pixels += probe.width_px * probe.height_px;
        input->decoded_cost_us += probe.cost_us;
    }
    return status;
}

/* Says why a picture is refused. */
static enum problem refuse_picture(const struct predict_input *input, enum digit_status status,
                                   const struct digit_error *error, enum problem if_unknown,
                                   struct fault *fault)
{
    if (status == DIGIT_LIMIT && input->decoded_pixels > 0)
        return fault_set(
            fault, PROBLEM_IMAGE_TOO_LARGE,
            "%s, after %zu pixels of the pictures before it, which take %llu microseconds",
            error->message, input->decoded_pixels, (unsigned long long)input->decoded_cost_us);
    return fault_set(fault, picture_problem(status, if_unknown), "%s", error->message);
}

static enum problem measure_picture(struct predict_input *input, const uint8_t *bytes, size_t size,
                                    enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    enum digit_status status = probe_picture(input, bytes, size, &error);
    return status == DIGIT_OK ? PROBLEM_NONE
                              : refuse_picture(input, status, &error, if_unknown, fault);
}

/* Whether luma gives so little, `problem` included, that colours are worth another decoding. */
static bool is_doubtful(const struct predict_input *input, size_t index, enum problem problem)
{
    if (problem != PROBLEM_NONE)
        return problem == PROBLEM_INVALID_INPUT || problem == PROBLEM_TOO_MANY_INSTANCES;
    const struct digit_receipt *receipt =
        input->many ? &input->number.receipt : &input->sources[index].receipt;
    bool uncertain = input->many ? input->number.uncertain : input->predictions[index].uncertain;
    return uncertain ||
           (receipt->warnings & (DIGIT_WARNING_BLANK | DIGIT_WARNING_LOW_CONTRAST)) != 0;
}

/* Reads the picture by its colours. What luma gave, a reading or `problem`, stays if this gives no better reading. */
static enum problem read_colours(struct predict_input *input, size_t index,
                                 const struct digit_image *image, enum problem problem,
                                 struct fault *fault)
{
    struct fault second_fault;
    enum problem second = read_picture(input, index, image, problem == PROBLEM_NONE, &second_fault);
    if (second == PROBLEM_INTERNAL)
        *fault = second_fault;
    if (second == PROBLEM_INTERNAL || second == PROBLEM_NONE)
        return second;
    return problem;
}

/*
 * Decodes the picture again, along the axis of its colours' greatest contrast. If the limits leave no room for that,
 * what luma gave stays: `problem`, or a reading that says that it is doubtful.
 */
static enum problem read_by_colour(struct predict_input *input, size_t index, const uint8_t *bytes,
                                   size_t size, enum problem problem, struct fault *fault)
{
    const struct digit_image_limits limits = limits_left(input);
    struct digit_image image;
    struct digit_error error;
    double begun_s = clock_monotonic_s();
    enum digit_status status =
        digit_image_decode_by_colour(&image, bytes, size, &limits, input->arena, &error);
    note_work(&input->decoding, begun_s, clock_monotonic_s());
    if (status == DIGIT_LIMIT)
        return problem;
    if (status != DIGIT_OK)
        return fault_set(fault, picture_problem(status, PROBLEM_UNDECODABLE_IMAGE), "%s",
                         error.message);
    input->decoded_cost_us += image.colour_cost_us;
    if (is_by_colour(&image))
        problem = read_colours(input, index, &image, problem, fault);
    digit_image_release(&image);
    return problem;
}

enum problem predict_read_picture(struct predict_input *input, size_t index, const uint8_t *bytes,
                                  size_t size, enum problem if_unknown, struct fault *fault)
{
    struct digit_error error;
    struct digit_image image = {.luma = NULL};
    enum problem problem = check_exact(input, fault);
    if (problem != PROBLEM_NONE)
        return problem;
    if (input->is_measured)
        return measure_picture(input, bytes, size, if_unknown, fault);
    double begun_s = clock_monotonic_s();
    enum digit_status status = decode_picture(&image, input, bytes, size, &error);
    note_work(&input->decoding, begun_s, clock_monotonic_s());
    if (status != DIGIT_OK)
        return refuse_picture(input, status, &error, if_unknown, fault);
    input->has_picture = true;
    problem = read_picture(input, index, &image, false, fault);
    bool again = image.has_colour && is_doubtful(input, index, problem);
    digit_image_release(&image);
    return again ? read_by_colour(input, index, bytes, size, problem, fault) : problem;
}
