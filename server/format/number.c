#include "server/format/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_DIGITS 6
#define MAX_DIGITS 9

/*
 * Powers of ten that a double represents exactly: a product or quotient with one is rounded once.
 */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Values in [MIN_FAST, MAX_FAST) need no other power, and no sign. */
#define MIN_FAST 1e-13
#define MAX_FAST 1e6

/* The number digits * 10^(exponent - count + 1); digits has `count` digits, the first is not 0. */
struct decimal {
    uint32_t digits;
    int count;
    int exponent;
};

/*
 * The decimal exponent of a positive double. A double in [2^(n-1), 2^n) is below 10^(n log10 2),
 * which gives an exponent that is right or one too large. 1233 / 4096 is log10 2 to five digits;
 * 4096 is added so that the shifted number is positive.
 */
static int exponent_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int below = (int)(bits >> 52) - 1022;
    int exponent = ((below + 4096) * 1233 >> 12) - 1233;
    bool too_large = exponent < 0 ? value * powers[-exponent] < 1.0 : value < powers[exponent];
    return exponent - too_large;
}

/*
 * The decimal of `count` digits that is closest to `value`; true if it reads back as the same
 * float.
 */
static bool round_to_decimal(struct decimal *out, double value, int exponent, int count)
{
    int shift = count - 1 - exponent;
    double scaled = shift >= 0 ? value * powers[shift] : value / powers[-shift];
    double digits = (uint32_t)(scaled + 0.5);
    double back = shift >= 0 ? digits / powers[shift] : digits * powers[-shift];
    *out = (struct decimal){(uint32_t)digits, count, exponent};
    if (digits == powers[count]) {
        out->digits /= 10;
        out->exponent++;
    }
    return (float)back == (float)value;
}

/* Tries eight digits first: most floats need eight or nine, and nine are always enough. */
static void find_shortest_decimal(struct decimal *out, double value)
{
    struct decimal shorter;
    int exponent = exponent_of(value), count = MAX_DIGITS - 1;
    if (!round_to_decimal(out, value, exponent, count)) {
        (void)round_to_decimal(out, value, exponent, MAX_DIGITS);
        return;
    }
    while (count-- > MIN_DIGITS && round_to_decimal(&shorter, value, exponent, count))
        *out = shorter;
}

static void strip_zeros(struct decimal *decimal)
{
    while (decimal->count > 1 && decimal->digits % 10 == 0) {
        decimal->digits /= 10;
        decimal->count--;
    }
}

static void write_integer(char *out, uint32_t digits, int count)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    for (; count >= 2; count -= 2) {
        memcpy(out + count - 2, pairs + 2 * (digits % 100), 2);
        digits /= 100;
    }
    if (count > 0)
        *out = (char)('0' + digits);
}

/* Writes `count` digits with a decimal point after the first `whole` of them, at least one. */
static size_t write_digits(char *out, uint32_t digits, int count, int whole)
{
    if (whole == count) {
        write_integer(out, digits, count);
        return (size_t)count;
    }
    write_integer(out + 1, digits, count);
    memmove(out, out + 1, (size_t)whole);
    out[whole] = '.';
    return (size_t)count + 1;
}

/* 1.23e-07; the exponent is -99 to -1 */
static size_t write_scientific(char *out, const struct decimal *decimal)
{
    size_t length = write_digits(out, decimal->digits, decimal->count, 1);
    memcpy(out + length, "e-", 2);
    return length + 2 + write_digits(out + length + 2, (uint32_t)-decimal->exponent, 2, 2);
}

/* 0.000123 */
static size_t write_fraction(char *out, const struct decimal *decimal)
{
    size_t zeros = (size_t)(-decimal->exponent - 1);
    memcpy(out, "0.0000", 2 + zeros);
    size_t length = 2 + zeros;
    return length + write_digits(out + length, decimal->digits, decimal->count, decimal->count);
}

/* 123.45, or 12300 with the stripped zeros again */
static size_t write_whole(char *out, const struct decimal *decimal)
{
    int whole = decimal->exponent + 1;
    if (decimal->count > whole)
        return write_digits(out, decimal->digits, decimal->count, whole);
    size_t length = write_digits(out, decimal->digits, decimal->count, decimal->count);
    memset(out + length, '0', (size_t)(whole - decimal->count));
    return (size_t)whole;
}

static size_t format_fast(char *out, double value)
{
    struct decimal decimal;
    find_shortest_decimal(&decimal, value);
    strip_zeros(&decimal);
    size_t length = decimal.exponent < -4  ? write_scientific(out, &decimal)
                    : decimal.exponent < 0 ? write_fraction(out, &decimal)
                                           : write_whole(out, &decimal);
    out[length] = '\0';
    return length;
}

size_t number_format(char out[NUMBER_TEXT_BYTES], float value)
{
    if (value >= (float)MIN_FAST && value < (float)MAX_FAST)
        return format_fast(out, (double)value);
    if (value == 0 && !signbit(value)) {
        memcpy(out, "0", 2);
        return 1;
    }
    int length = 0;
    for (int precision = MIN_DIGITS; precision <= MAX_DIGITS; precision++) {
        length = snprintf(out, NUMBER_TEXT_BYTES, "%.*g", precision, (double)value);
        if (strtof(out, NULL) == value)
            break;
    }
    return (size_t)length;
}
