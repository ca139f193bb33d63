#include "server/format/base64.h"

/* The six bits that a character stands for; -1 if it is not in the alphabet. */
static int sextet_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static enum digit_status fail_character(struct digit_error *error, uint8_t c, size_t position)
{
    if (c == '-' || c == '_')
        return digit_fail(error, DIGIT_MALFORMED,
                          "character %zu is '%c', which is in the URL-safe alphabet only; use the "
                          "standard alphabet",
                          position, c);
    if (c == '=')
        return digit_fail(error, DIGIT_MALFORMED, "character %zu is '=' before the end", position);
    return digit_fail(error, DIGIT_MALFORMED, "character %zu (0x%02x) is not in the alphabet",
                      position, (unsigned)c);
}

/* Reads `count` characters from text[first] on into the low 6 * count bits of *bits. */
static enum digit_status read_sextets(uint32_t *bits, const uint8_t *text, size_t first,
                                      size_t count, struct digit_error *error)
{
    *bits = 0;
    for (size_t i = first; i < first + count; i++) {
        if (sextet_of(text[i]) < 0)
            return fail_character(error, text[i], i);
        *bits = *bits << 6 | (uint32_t)sextet_of(text[i]);
    }
    return DIGIT_OK;
}

/* The last group, of which `padding` (1 or 2) characters are '='. */
static enum digit_status decode_last(uint8_t *out, const uint8_t *text, size_t first,
                                     size_t padding, struct digit_error *error)
{
    uint32_t bits, unused;
    enum digit_status status = read_sextets(&bits, text, first, 4 - padding, error);
    if (status != DIGIT_OK)
        return status;
    unused = padding == 1 ? bits & 0x3 : bits & 0xf;
    if (unused != 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "the unused bits of the last character are not zero");
    bits <<= 6 * padding;
    out[0] = (uint8_t)(bits >> 16);
    if (padding == 1)
        out[1] = (uint8_t)(bits >> 8);
    return DIGIT_OK;
}

static size_t padding_size(const uint8_t *text, size_t text_size)
{
    if (text_size == 0 || text[text_size - 1] != '=')
        return 0;
    return text[text_size - 2] == '=' ? 2 : 1;
}

enum digit_status base64_decode(uint8_t *out, size_t *out_size, const uint8_t *text,
                                size_t text_size, struct digit_error *error)
{
    size_t padding, whole, written = 0;
    uint32_t bits;
    if (text_size % 4 != 0)
        return digit_fail(error, DIGIT_MALFORMED,
                          "the length is %zu characters, not a multiple of 4", text_size);
    padding = padding_size(text, text_size);
    whole = padding > 0 ? text_size - 4 : text_size;
    for (size_t i = 0; i < whole; i += 4, written += 3) {
        if (read_sextets(&bits, text, i, 4, error) != DIGIT_OK)
            return DIGIT_MALFORMED;
        out[written] = (uint8_t)(bits >> 16);
        out[written + 1] = (uint8_t)(bits >> 8);
        out[written + 2] = (uint8_t)bits;
    }
    if (padding > 0) {
        if (decode_last(out + written, text, whole, padding, error) != DIGIT_OK)
            return DIGIT_MALFORMED;
        written += 3 - padding;
    }
    *out_size = written;
    return DIGIT_OK;
}

void base64_append(struct text *text, const uint8_t *bytes, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t count = size - i < 3 ? size - i : 3;
        uint32_t bits = (uint32_t)bytes[i] << 16;
        bits |= count > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= count > 2 ? bytes[i + 2] : 0u;
        char group[] = {alphabet[bits >> 18], alphabet[bits >> 12 & 63], '=', '='};
        if (count > 1)
            group[2] = alphabet[bits >> 6 & 63];
        if (count > 2)
            group[3] = alphabet[bits & 63];
        text_append_bytes(text, group, sizeof group);
    }
}
