/*
 * Whether a picture is one of MNIST's, or so nearly that the network reads it better as it is.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_MNIST_FORM_H
#define CORE_PREPROCESS_MNIST_FORM_H

#include <stdbool.h>

#include "core/preprocess/plane.h"

enum mnist_form {
    MNIST_FORM_EXACT, /* as all 70,000 images of MNIST are */
    MNIST_FORM_NEAR, /* 28x28, but not even or not clear of its edge, or about as large and central */
    MNIST_FORM_FAR,  /* 28x28 and clean, and much too small, too large or off the middle */
    MNIST_FORM_NONE, /* of another size */
};

/*
 * EXACT: 28x28, everything above 0 lies in a box whose longer side is 19 or 20 px, and the centre of
 * mass, pixel centres at one half, lies from 13.9 to 15 px on both axes. NEAR: the edge is not ground
 * (8 of 255 at most), or the box of what is above that has a side of 16 to 24 px and its centre lies within 3.5 px
 * of 14.5: what the network has seen in training. A blank one is NEAR. The plane has light ink.
 */
enum mnist_form mnist_form_of(const struct plane *plane);

#endif
