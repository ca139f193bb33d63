/*
 * Floats as text.
 */
#ifndef SERVER_FORMAT_NUMBER_H
#define SERVER_FORMAT_NUMBER_H

#include <stddef.h>

/* Enough for the longest text, "-1.17549435e-38", and the NUL. */
#define NUMBER_TEXT_BYTES 32

/*
 * Writes a finite float with the fewest digits, six to nine, that strtof reads back as the same
 * float (C11 5.2.4.2.2), in the style of printf's %g; trailing zeros are left out. The text is a
 * valid JSON number. Returns its length. Threads: any.
 */
size_t number_format(char out[NUMBER_TEXT_BYTES], float value);

#endif
