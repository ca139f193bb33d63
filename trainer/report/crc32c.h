/*
 * CRC-32C, Castagnoli's polynomial 0x1EDC6F41 (RFC 3720, section 12.1, and its appendix B.4).
 */
#ifndef TRAINER_REPORT_CRC32C_H
#define TRAINER_REPORT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of bytes [size_bytes]. Threads: any. */
uint32_t crc32c(const void *bytes, size_t size_bytes);

#endif
