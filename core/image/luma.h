/*
 * One pixel's luma: ITU-R BT.601, rounded half up, so that grey keeps its value, and blended with a background.
 */
#ifndef CORE_IMAGE_LUMA_H
#define CORE_IMAGE_LUMA_H

#include <stdint.h>

/* (299 R + 587 G + 114 B) / 1000 */
static inline uint8_t luma_of(uint8_t red, uint8_t green, uint8_t blue)
{
    return (uint8_t)((299u * red + 587u * green + 114u * blue + 500u) / 1000u);
}

/* Rounded to nearest; alpha: 0 shows the background, 255 the luma. Shifts divide numbers below 65,535 by 255 exactly,
 * many of them together. */
static inline uint8_t luma_blend(uint8_t background, uint8_t luma, uint8_t alpha)
{
    const unsigned sum = (unsigned)luma * alpha + (unsigned)background * (255u - alpha) + 127u;

    return (uint8_t)((sum + 1 + (sum >> 8)) >> 8);
}

/* The same of 16 bits. */
static inline uint16_t luma_of_deep(uint16_t red, uint16_t green, uint16_t blue)
{
    return (uint16_t)((299u * red + 587u * green + 114u * blue + 500u) / 1000u);
}

/* The same; every sum is below 65,535 times 65,537, up to which the shifts are exact. */
static inline uint16_t luma_blend_deep(uint16_t background, uint16_t luma, uint16_t alpha)
{
    const uint32_t sum = (uint32_t)luma * alpha + (uint32_t)background * (65535u - alpha) + 32767u;

    return (uint16_t)((sum + 1 + (sum >> 16)) >> 16);
}

#endif
