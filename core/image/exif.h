/*
 * The orientation of a picture out of its EXIF block: a TIFF file (TIFF 6.0, section 2) as CIPA
 * DC-008 (EXIF 2.3) lays it into a JPEG's APP1 segment, and PNG's third edition into an eXIf chunk.
 * Threads: any.
 */
#ifndef CORE_IMAGE_EXIF_H
#define CORE_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

#define EXIF_UPRIGHT          1
#define EXIF_ORIENTATION_LAST 8

/*
 * Tag 0x0112 of the first directory of `bytes` [size_bytes], which begin with the byte order, II or
 * MM: 1 to EXIF_ORIENTATION_LAST, of several the first. EXIF_UPRIGHT if there is none, and if the
 * block is damaged: cameras and editors leave many that are, in pictures that are not. Reads one
 * directory and nothing outside the block.
 */
unsigned exif_orientation(const uint8_t *bytes, size_t size_bytes);

#endif
