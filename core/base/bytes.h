/*
 * Reads big-endian (be) and little-endian (le) integers from bytes. The caller checks that the bytes exist.
 * Threads: any.
 */
#ifndef CORE_BASE_BYTES_H
#define CORE_BASE_BYTES_H

#include <stdint.h>

static inline uint32_t bytes_be16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static inline uint32_t bytes_be32(const uint8_t *bytes)
{
    return bytes_be16(bytes) << 16 | bytes_be16(bytes + 2);
}

static inline uint32_t bytes_le16(const uint8_t *bytes)
{
    return (uint32_t)bytes[1] << 8 | bytes[0];
}

static inline uint32_t bytes_le32(const uint8_t *bytes)
{
    return bytes_le16(bytes + 2) << 16 | bytes_le16(bytes);
}

#endif
