#include "core/base/utf8.h"

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/*
 * The length that a sequence with this first byte has; 0 for a byte that no sequence begins with.
 */
static size_t announced_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    if (first >= 0xf0 && first <= 0xf4)
        return 4;
    return 0;
}

/* Excludes the second bytes of overlong forms, of surrogates and of values beyond U+10FFFF. */
static bool second_byte_fits(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second <= 0x9f;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second <= 0x8f;
    default:
        return true;
    }
}

size_t utf8_sequence(const uint8_t *bytes, size_t size)
{
    size_t needed = size > 0 ? announced_size(bytes[0]) : 0;
    if (needed == 0 || needed > size)
        return 0;
    for (size_t i = 1; i < needed; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
    }
    return needed == 1 || second_byte_fits(bytes[0], bytes[1]) ? needed : 0;
}

bool utf8_is_valid(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t sequence = utf8_sequence(bytes, size);
        if (sequence == 0)
            return false;
        bytes += sequence;
        size -= sequence;
    }
    return true;
}

uint32_t utf8_decode(const uint8_t *bytes, size_t size)
{
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code_point = bytes[0] & lead_bits[size];
    for (size_t i = 1; i < size; i++)
        code_point = code_point << 6 | (bytes[i] & 0x3f);
    return code_point;
}

bool utf8_is_control(uint32_t code_point)
{
    static const struct {
        uint32_t first, last;
    } controls[] = {
        {0x0000, 0x001f}, /* C0 */
        {0x007f, 0x009f}, /* DEL and C1 */
        {0x061c, 0x061c}, /* Arabic letter mark */
        {0x200e, 0x200f}, /* left-to-right and right-to-left mark */
        {0x2028, 0x202e}, /* line and paragraph separator, embeddings and overrides */
        {0x2066, 0x2069}, /* isolates */
        {0xfeff, 0xfeff}, /* byte order mark */
    };
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        if (code_point >= controls[i].first && code_point <= controls[i].last)
            return true;
    return false;
}

size_t utf8_encode(uint8_t out[UTF8_MAX_BYTES], uint32_t code_point)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (uint8_t)(lead[size] | code_point);
    return size;
}
