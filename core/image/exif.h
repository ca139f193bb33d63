/*
 * Reads a picture's orientation from its EXIF block: a TIFF file (TIFF 6.0, section 2), which CIPA DC-008
 * (EXIF 2.3) puts into the APP1 segment of a JPEG, and the third edition of PNG into an eXIf chunk.
 * Threads: any.
 */
#ifndef CORE_IMAGE_EXIF_H
#define CORE_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

#define EXIF_UPRIGHT          1
#define EXIF_ORIENTATION_LAST 8

/*
 * The first tag 0x0112 in the first directory of bytes [size_bytes], which begin with the byte order, II or
 * MM: 1 to EXIF_ORIENTATION_LAST. EXIF_UPRIGHT if there is no such tag or the block is damaged: cameras and
 * editors leave damaged blocks in many pictures that are otherwise intact. Reads one directory and nothing
 * outside the block.
 */
unsigned exif_orientation(const uint8_t *bytes, size_t size_bytes);

#endif
