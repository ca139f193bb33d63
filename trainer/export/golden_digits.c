#include "trainer/export/golden_digits.h"

#include "trainer/augment/mnist_normalisation.h"
#include "trainer/augment/outliers/strokes.h"

/* Strokes as strokes_add_text reads them; picture i shows digit i / 2. */
static const char *const PICTURES[GOLDEN_DIGITS] = {
    "~4021131527486775736140",               /* 0 */
    "~6031130517385775736150",               /* 0, slanted */
    "5038",                                  /* 1 */
    "235048",                                /* 1 with a flag */
    "~1230506163462708 0878",                /* 2 */
    "~1120406172553716171536587887",         /* 2 with a loop */
    "~1120506152443433 ~344465675848281706", /* 3 */
    "1060 6034 ~34546566574828 2807",        /* 3 with a flat top */
    "201585 6258",                           /* 4 */
    "585005 0585",                           /* 4, closed */
    "702024 ~244465665748281706",            /* 5 */
    "~243344556657472806 2430 3070",         /* 5 */
    "~603113051728486675644425",             /* 6 */
    "~5022150627486665543416",               /* 6, upright */
    "107038",                                /* 7 */
    "107038 2464",                           /* 7 with a bar */
    "~61401112336567582817165461",           /* 8 */
    "~61402022546658382634616140",           /* 8 */
    "~6150301123345361 6158",                /* 9 */
    "~614020112334536162 626558483717",      /* 9 with a hook */
};

/* Thin and thick, as MNIST's digits are, and narrow and wide. */
static const struct pen PENS[] = {{1.1f, 1.0f}, {1.8f, 1.0f}};
static const float WIDTHS[] = {0.8f, 1.0f};

static void draw(uint8_t out[DIGIT_PIXELS], size_t index)
{
    struct strokes strokes = {.count = 0};
    float image[DIGIT_PIXELS] = {0};
    strokes_add_text(&strokes, PICTURES[index], 0.0f, NULL);
    strokes_draw(image, &strokes, WIDTHS[index % 2], &PENS[index % 2]);
    mnist_normalise_bytes(out, image);
}

void golden_digits_draw(uint8_t out[GOLDEN_DIGITS][DIGIT_PIXELS])
{
    for (size_t i = 0; i < GOLDEN_DIGITS; i++)
        draw(out[i], i);
}

uint8_t golden_digits_label(size_t index)
{
    return (uint8_t)(index * DIGIT_CLASSES / GOLDEN_DIGITS);
}
