/*
 * From contrast to foreground: measures the levels of background, noise and foreground, and stretches
 * the levels between them to 0 to 255.
 * Threads: any, on different planes.
 */
#ifndef CORE_PREPROCESS_FOREGROUND_H
#define CORE_PREPROCESS_FOREGROUND_H

#include "core/preprocess/histogram.h"
#include "core/preprocess/plane.h"

/* A picture with less contrast than this between background and foreground counts as blank: such
 * differences are a sensor's noise, not strokes. */
#define FOREGROUND_CONTRAST_MIN 16

/* What foreground_stretch makes of the level half way from background to foreground: a stroke's edge. */
#define FOREGROUND_EDGE 85

/* Levels of a plane whose foreground is light and whose background is dark. */
struct foreground_levels {
    int background; /* median of the plane's border, or of the ring inside it if that is darker */
    int noise;      /* standard deviation between neighbouring pixels, a robust estimate */
    int foreground; /* median of the pixels that are too light to be noise; at least `background` */
};

/* Measures the levels of `plane`, which has at least one pixel. */
struct foreground_levels foreground_measure(const struct plane *plane);

/*
 * The same of `levels` by Otsu's threshold, which the strongest contrast decides and not what has the most pixels: a grey
 * patch around dark ink, faint lines and writing that shows through from the other side become background.
 * Levels lie half the difference of the two classes' means below and above the threshold; noise is 0. `again` is
 * measured in the same way on what the first threshold calls foreground, which parts ink from a patch on white
 * paper. All levels are equal if there is only one class.
 */
void foreground_measure_otsu(struct foreground_levels *out, struct foreground_levels *again,
                             const struct histogram *levels);

/*
 * Stretches the plane in place, where contrast = foreground - background is at least
 * FOREGROUND_CONTRAST_MIN:
 *
 *     floor = min(max(contrast / 4, 4 * noise), contrast / 2)
 *     out = 255 * clamp((in - background - floor) / (contrast - floor), 0, 1), rounded down
 */
void foreground_stretch(struct plane *plane, const struct foreground_levels *levels);

#endif
