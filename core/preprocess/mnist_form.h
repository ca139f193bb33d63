/*
 * Whether a picture is one of MNIST's, or so nearly that the network reads it better as it is.
 * Threads: any.
 */
#ifndef CORE_PREPROCESS_MNIST_FORM_H
#define CORE_PREPROCESS_MNIST_FORM_H

#include "core/preprocess/plane.h"

enum mnist_form {
    MNIST_FORM_EXACT, /* as all 70,000 images of MNIST are */
    MNIST_FORM_NEAR,  /* 28x28, but not clear of its edge, or about as large and central */
    MNIST_FORM_FAR,   /* 28x28, clear of its edge, and too small, too large or off the middle */
    MNIST_FORM_NONE,  /* of another size */
};

/*
 * The form of a plane with light ink. EXACT: 28x28, everything above 0 lies in a box whose longer
 * side is 19 or 20 px, and the centre of mass, pixel centres at one half, lies from 13.9 to 15 px
 * on both axes. NEAR: the edge is not ground (0 to 8 of 255), or the box of what is above 64 has a
 * longer side of 16 to 24 px and its centre of mass lies from 11 to 18 px: what the network has
 * seen in training. FAR: any other one of 28x28, one without ink too.
 */
enum mnist_form mnist_form_of(const struct plane *plane);

#endif
