/*
 * The normalisation of pixels that a model was trained with.
 */
#ifndef CORE_NETWORK_MODEL_PREPROCESSING_H
#define CORE_NETWORK_MODEL_PREPROCESSING_H

/* How a pixel from 0 to 1 becomes the network's input: input = (pixel - mean) / deviation. */
struct model_preprocessing {
    int version; /* DIGIT_PREPROCESSING_VERSION at the time of training */
    float mean;
    float deviation;
};

/* Mean and standard deviation of all pixels, 0 to 1, of MNIST's training images. */
#define MODEL_MNIST_MEAN      0.1307f
#define MODEL_MNIST_DEVIATION 0.3081f

#endif
