#include <stddef.h>

#include "trainer/augment/outliers/kinds.h"
#include "trainer/augment/outliers/strokes.h"

/*
 * Strokes as strokes_add_text reads them. Letters that people write like a digit (b, g, I, l, O, q,
 * S, y, Z and others) are left out, and so are signs that are a single bar.
 */
static const char *const LETTERS[] = {
    "084088 2565",                      /* A */
    "~12407278 ~7434063876",            /* a */
    "~8240140427488677",                /* C */
    "0008 ~00507284765808",             /* D */
    "8088 ~844315073866",               /* d */
    "80000888 0464",                    /* E */
    "~0574613012052877",                /* e */
    "800008 0464",                      /* F */
    "~8160413338 0464",                 /* f */
    "0008 8088 0484",                   /* H */
    "0008 ~063463747888",               /* h */
    "4041 4348",                        /* i */
    "3080 ~6065381706",                 /* J */
    "5051 ~5356481817",                 /* j */
    "0008 800488",                      /* K */
    "0008 720588",                      /* k */
    "0800448088",                       /* M */
    "0208 ~043242534448 ~445272838488", /* m */
    "08008880",                         /* N */
    "0208 ~04325272747888",             /* n */
    "0008 ~005071735404",               /* P */
    "0008 ~005071735404 3488",          /* R */
    "2228 ~25437273",                   /* r */
    "0080 4048",                        /* T */
    "~4046578886 0282",                 /* t */
    "~0005286885 8580",                 /* U */
    "~0206386872 7278",                 /* u */
    "004880",                           /* V */
    "0018426880",                       /* W */
    "~0005173745 ~404557778580",        /* w */
    "0088 8008",                        /* X */
    "2018 7068 0383 0585",              /* # */
    "~103032120110 8008 ~768776576676", /* % */
    "~88321140513306286884",            /* & */
    "4048 0286 0682",                   /* * */
    "4048 0484",                        /* + */
    "0282 0686",                        /* = */
    "701478",                           /* < */
    "~715033442546537877",              /* { */
    "70202878",                         /* [ */
    "064186",                           /* ^ */
    "0484 528456",                      /* an arrow */
    "40880840",                         /* a triangle */
    "0080880800 0088",                  /* a crossed box */
    "~444332244555633113173757",        /* a spiral */
    "~4331120112344875671714 4443",     /* a heart */
    "0838 3834 3464 6460 6080",         /* stairs */
    "~0402314325548566",                /* a wave */
    "4008 4088 0888 2454",              /* a tent */
};

static const float JITTER = 0.45f; /* deviation of a point, in steps of the grid */

void outlier_letter(float out[DIGIT_PIXELS], const struct outlier_digits *digits, struct rng *rng)
{
    (void)digits;
    struct strokes strokes = {.count = 0};
    const char *text = LETTERS[rng_below(rng, sizeof LETTERS / sizeof LETTERS[0])];
    strokes_add_text(&strokes, text, JITTER, rng);
    strokes_write(out, &strokes, rng_range(rng, 0.6f, 1.15f), rng);
}
