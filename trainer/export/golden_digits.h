/*
 * The golden digits (core/network/golden.h) that every model file gets: two ways to write each
 * digit, with a thin pen and with a thick one, drawn here and MNIST-normalised. None is from MNIST.
 */
#ifndef TRAINER_EXPORT_GOLDEN_DIGITS_H
#define TRAINER_EXPORT_GOLDEN_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include <digit/image.h>
#include <digit/model.h>

#define GOLDEN_DIGITS 20

/* Draws all of them; the octets are the same in every run. Threads: any. */
void golden_digits_draw(uint8_t out[GOLDEN_DIGITS][DIGIT_PIXELS]);

/* The digit that picture `index`, below GOLDEN_DIGITS, shows. Threads: any. */
uint8_t golden_digits_label(size_t index);

#endif
