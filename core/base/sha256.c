#include "core/base/sha256.h"

#include <sys/types.h>

#include <sha2.h>

void sha256_hex(char out[SHA256_HEX_BYTES], const struct sha256_part *parts, size_t part_count)
{
    SHA2_CTX context;
    SHA256Init(&context);
    for (size_t i = 0; i < part_count; i++)
        SHA256Update(&context, parts[i].bytes, parts[i].size_bytes);
    SHA256End(&context, out);
}
