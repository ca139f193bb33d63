/*
 * The self-test of a model: it must still answer as it did when its file was written.
 *
 *     if (digit_model_self_test(model, &error) != DIGIT_OK) ... do not serve it
 */
#ifndef DIGIT_SELF_TEST_H
#define DIGIT_SELF_TEST_H

#include <digit/model.h>
#include <digit/status.h>

/*
 * How far a probability may be from the one in the file, as a share of the larger of both; probabilities below
 * 1e-30 count as equal. A share finds a change of the weights in the small probabilities, too, when the digits
 * are certain. Float32: kernels add in different orders. Between AVX-512, AVX2 and portable kernels, the
 * probabilities of the model that ships differed by shares of up to 5.7e-6, those of random weights in all
 * architectures of config/architectures/ by up to 5.8e-4, and by 4.3e-3 with the lowest temperature that a
 * model may have. Int8: the logits are the same to the bit on all processors, and only the exponential function
 * of the C library may differ in its last bits.
 */
#define DIGIT_SELF_TEST_TOLERANCE_F32  1e-2f
#define DIGIT_SELF_TEST_TOLERANCE_INT8 1e-6f

/*
 * Classifies the golden digits that the model's file carries (docs/model.md), each alone and all together, in
 * the model's precision and with its kernels. The digits must be those in the file, and all probabilities
 * within the tolerance above. If the file carries none (golden_count of digit_model_info is 0), the logits of
 * a few patterns must be finite; that finds weights that overflow, but none that are merely wrong.
 *
 * Errors: INVALID (the message names the golden digit, what was computed and what must be; or the file has no
 * answers in int8, in which the model runs), NO_MEMORY. Threads: any.
 */
DIGIT_MUST_CHECK enum digit_status digit_model_self_test(const struct digit_model *model,
                                                         struct digit_error *error);

#endif
