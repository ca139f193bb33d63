/*
 * SHA-256 (FIPS 180-4) of bytes in memory, as 64 lower-case hex digits and a NUL. Uses libmd.
 */
#ifndef CORE_BASE_SHA256_H
#define CORE_BASE_SHA256_H

#include <stddef.h>

#define SHA256_HEX_BYTES 65

struct sha256_part {
    const void *bytes;
    size_t size_bytes;
};

/* The digest of the concatenated parts. Cannot fail. Threads: any. */
void sha256_hex(char out[SHA256_HEX_BYTES], const struct sha256_part *parts, size_t part_count);

#endif
