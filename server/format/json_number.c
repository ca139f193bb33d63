#include "server/format/json_number.h"

#include <endian.h>
#include <string.h>

#include "server/format/ascii.h"

#define WORD_BYTES 8

/* Every integer up to this is exactly a double. */
#define MAX_EXACT ((uint64_t)1 << 53)

__extension__ typedef unsigned __int128 uint128;

/* 2^exponent, which must be a normal double. */
static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(1023 + exponent) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/*
 * dividend / divisor, neither of them 0, rounded once. Both are shifted until their highest bit is
 * set, so the integer quotient has at least 62 bits; the lowest bit is set if there is a remainder,
 * and the conversion to double then rounds correctly. No quotient is below 2^-64, so that scaling
 * by the power of two is exact.
 */
static double divide_integers(uint64_t dividend, uint64_t divisor)
{
    int dividend_zeros = __builtin_clzll(dividend), divisor_zeros = __builtin_clzll(divisor);
    uint128 shifted = (uint128)(dividend << dividend_zeros) << 63;
    uint64_t scaled = divisor << divisor_zeros;
    uint64_t quotient = (uint64_t)(shifted / scaled);
    quotient |= (uint128)quotient * scaled != shifted;
    return (double)quotient * power_of_two(divisor_zeros - dividend_zeros - 63);
}

/* digits / 10^places, rounded once; a plain division if both are exactly doubles. */
static double decimal_value(uint64_t digits, size_t places)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    return digits <= MAX_EXACT ? (double)(int64_t)digits / powers[places]
                               : divide_integers(digits, (uint64_t)powers[places]);
}

/* Eight bytes as a word, the first byte lowest, on any processor. */
static inline uint64_t load_word(const uint8_t bytes[WORD_BYTES])
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

/* The number of eight digits, the first in the lowest byte: adds up pairs, then fours, then all. */
static inline uint64_t join_eight_digits(uint64_t values)
{
    const uint64_t every_fourth = 0x000000ff000000ff;
    uint64_t pairs = 10 * values + (values >> 8);
    return ((pairs & every_fourth) * (100 + (1000000ULL << 32)) +
            (pairs >> 16 & every_fourth) * (1 + (10000ULL << 32))) >>
           32;
}

/*
 * Appends the digits at `at` to *value, modulo 2^64, and returns a pointer to the byte after them.
 * Takes a word at a time: with a branch for each digit, the branch predictor would miss the end of
 * most numbers.
 */
static inline const uint8_t *read_digits(uint64_t *value, const uint8_t *at, const uint8_t *end)
{
    static const uint64_t powers[WORD_BYTES + 1] = {1,      10,      100,      1000,     10000,
                                                    100000, 1000000, 10000000, 100000000};
    while (end - at >= WORD_BYTES) {
        /* Digits become their values; in `others` the first byte that is no digit has bit 7 set. */
        uint64_t values = load_word(at) ^ 0x3030303030303030;
        uint64_t others = ((values + 0x7676767676767676) | values) & 0x8080808080808080;
        int count = others == 0 ? WORD_BYTES : __builtin_ctzll(others) / 8;
        if (count == 0)
            return at;
        *value = powers[count] * *value + join_eight_digits(values << (64 - 8 * count));
        at += count;
        if (count < WORD_BYTES)
            return at;
    }
    for (; at < end && ascii_is_digit(*at); at++)
        *value = 10 * *value + (uint64_t)(*at - '0');
    return at;
}

static inline const uint8_t *read_plain_number(double *out, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *first = at, *fraction;
    uint64_t digits = 0;
    size_t count, places = 0;
    /* A case of its own, so that reading the fraction need not wait for the length before it. */
    if (end - at > 1 && ascii_is_digit(at[0]) && at[1] == '.')
        digits = (uint64_t)(*at++ - '0');
    else
        at = read_digits(&digits, first, end);
    count = (size_t)(at - first);
    if (count == 0 || (count > 1 && *first == '0'))
        return NULL;
    if (at < end && *at == '.') {
        fraction = at + 1;
        at = read_digits(&digits, fraction, end);
        places = (size_t)(at - fraction);
        if (places == 0)
            return NULL;
    }
    if (count + places > JSON_PLAIN_DIGITS || at == end || *at == '.' || *at == 'e' || *at == 'E')
        return NULL;
    *out = decimal_value(digits, places);
    return at;
}

const uint8_t *json_number_plain(double *out, const uint8_t *at, const uint8_t *end)
{
    return read_plain_number(out, at, end);
}

/* The number of bytes from `at` on that equal the byte `period` before them. */
static inline size_t repeated_bytes(const uint8_t *at, size_t period, const uint8_t *end)
{
    const uint8_t *first = at;
    for (; end - at >= WORD_BYTES; at += WORD_BYTES) {
        uint64_t difference = load_word(at) ^ load_word(at - period);
        if (difference != 0)
            return (size_t)(at - first) + (size_t)__builtin_ctzll(difference) / 8;
    }
    while (at < end && *at == *(at - period))
        at++;
    return (size_t)(at - first);
}

/*
 * How many more times the element that ends at `at`, `bytes` long with its comma, follows there.
 * The comma after a repetition must match too; otherwise the repetition could be the start of a
 * longer number.
 */
static inline size_t count_repetitions(const uint8_t *at, size_t bytes, const uint8_t *end)
{
    size_t same = repeated_bytes(at, bytes, end);
    return same > bytes ? (same - 1) / bytes : 0;
}

/* Reads the number after the comma at `comma`, as json_number_plain does. */
static inline const uint8_t *read_element(double *out, const uint8_t *comma, const uint8_t *end)
{
    const uint8_t *at = comma + 1;
    while (at < end && (*at == ' ' || *at == '\n'))
        at++;
    return read_plain_number(out, at, end);
}

size_t json_number_elements(double *out, size_t room, const uint8_t **at, const uint8_t *end)
{
    const uint8_t *comma = *at;
    size_t count = 0;
    while (count < room && comma < end && *comma == ',') {
        double value;
        const uint8_t *behind = read_element(&value, comma, end);
        if (behind == NULL)
            break;
        size_t bytes = (size_t)(behind - comma), more = count_repetitions(behind, bytes, end);
        size_t stop = more < room - count ? count + 1 + more : room;
        comma = behind + (stop - count - 1) * bytes;
        while (count < stop)
            out[count++] = value;
    }
    *at = comma;
    return count;
}
