/*
 * The style sheets of this folder, which the build embeds.
 */
#ifndef TRAINER_REPORT_STYLE_H
#define TRAINER_REPORT_STYLE_H

#include <stddef.h>

extern const unsigned char chart_css[]; /* of drawings, in the page and in files of their own */
extern const size_t chart_css_bytes;
extern const unsigned char page_css[]; /* of the page around the drawings */
extern const size_t page_css_bytes;

#endif
