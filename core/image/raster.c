#include "core/image/raster.h"

static uint8_t luma_of(const uint8_t *rgb)
{
    return (uint8_t)((299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u);
}

static uint8_t blend(uint8_t background, uint8_t luma, uint8_t alpha)
{
    return (uint8_t)(((unsigned)luma * alpha + (unsigned)background * (255u - alpha) + 127u) /
                     255u);
}

/* Converts RGB to luma and keeps alpha, in place: pixels get shorter, so writing never overtakes reading. */
static void drop_colour(struct raster *raster)
{
    const size_t count = raster->width_px * raster->height_px;
    const size_t from = raster->channels;
    const size_t to = from - 2;

    for (size_t i = 0; i < count; i++) {
        const uint8_t alpha = raster->samples[i * from + from - 1];

        raster->samples[i * to] = luma_of(raster->samples + i * from);
        if (to == 2)
            raster->samples[i * to + 1] = alpha;
    }
    raster->channels = to;
}

static uint8_t contrasting_background(const struct raster *raster)
{
    const size_t count = raster->width_px * raster->height_px;
    uint64_t weighted = 0;
    uint64_t weight = 0;

    for (size_t i = 0; i < count; i++) {
        weighted += (uint64_t)raster->samples[2 * i] * raster->samples[2 * i + 1];
        weight += raster->samples[2 * i + 1];
    }
    return weighted < 128 * weight ? 255 : 0;
}

static void drop_alpha(struct raster *raster)
{
    const size_t count = raster->width_px * raster->height_px;
    const uint8_t background = contrasting_background(raster);

    for (size_t i = 0; i < count; i++)
        raster->samples[i] = blend(background, raster->samples[2 * i], raster->samples[2 * i + 1]);
    raster->channels = 1;
}

void raster_to_luma(struct raster *raster)
{
    if (raster->channels >= 3)
        drop_colour(raster);
    if (raster->channels == 2)
        drop_alpha(raster);
}
