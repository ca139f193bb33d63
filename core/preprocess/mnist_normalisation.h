/*
 * Whether a picture is MNIST-normalised already, or so nearly that the network reads it better as it is.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_MNIST_NORMALISATION_H
#define CORE_PREPROCESS_MNIST_NORMALISATION_H

#include "core/preprocess/plane.h"

enum mnist_normalisation {
    MNIST_NORMALISATION_EXACT, /* as all 70,000 images of MNIST */
    MNIST_NORMALISATION_NEAR, /* 28x28; its border is not empty, or size and position are nearly MNIST's */
    MNIST_NORMALISATION_FAR,  /* 28x28; its border is empty; too small, too large or off centre */
    MNIST_NORMALISATION_NONE, /* another size than 28x28 */
};

/*
 * How a plane with a light foreground is normalised. Centres of mass are in pixels, with pixel centres at
 * one half.
 *
 *     EXACT  28x28; the box around all pixels above 0 has a longer side of 19 or 20 px; the centre of mass
 *            lies from 13.9 to 15 px on both axes
 *     NEAR   28x28; the border has a pixel above 8 of 255, or the box around all pixels above 64 has a
 *            longer side of 16 to 24 px and their centre of mass lies from 11 to 18 px on both axes: the
 *            range that the network has seen in training
 *     FAR    every other 28x28 plane, one without foreground included
 *     NONE   every other size
 */
enum mnist_normalisation mnist_normalisation_of(const struct plane *plane);

#endif
