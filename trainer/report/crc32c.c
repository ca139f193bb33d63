#include "trainer/report/crc32c.h"

#define POLYNOMIAL_REFLECTED UINT32_C(0x82F63B78)

/* Bit by bit: for the few kilobytes of a report, a table is not worth its size. */
uint32_t crc32c(const void *bytes, size_t size_bytes)
{
    const uint8_t *from = bytes;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size_bytes; i++) {
        crc ^= from[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (POLYNOMIAL_REFLECTED & (0 - (crc & 1)));
    }
    return ~crc;
}
