/*
 * The style sheets beside this file, as the build embeds them.
 */
#ifndef TRAINER_REPORT_STYLE_H
#define TRAINER_REPORT_STYLE_H

#include <stddef.h>

extern const unsigned char chart_css[]; /* of the drawings, in the page and alone */
extern const size_t chart_css_bytes;
extern const unsigned char page_css[]; /* of the page around them */
extern const size_t page_css_bytes;

#endif
