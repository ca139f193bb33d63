#include <digit/uncertainty.h>

#include <math.h>

void digit_prediction_apply_receipt(struct digit_prediction *prediction,
                                    const struct digit_receipt *receipt)
{
    if ((receipt->warnings & DIGIT_WARNING_BLANK) != 0)
        prediction->uncertainty = 1.0f;
    else if ((receipt->warnings & DIGIT_WARNING_SEVERAL_COMPONENTS) != 0)
        prediction->uncertainty = fmaxf(prediction->uncertainty, DIGIT_SEVERAL_UNCERTAINTY);
    else
        return;
    prediction->uncertain = true;
}
