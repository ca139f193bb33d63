/*
 * Numbers as text.
 */
#ifndef SERVER_FORMAT_NUMBER_H
#define SERVER_FORMAT_NUMBER_H

#include <stddef.h>

/* Room for the longest, "-1.17549435e-38", and the NUL. */
#define NUMBER_TEXT_BYTES 32

/*
 * Writes a finite float with the fewest digits, six to nine, from which strtof makes the same float
 * again (C11 5.2.4.2.2), as printf's %g would; trailing zeros are left out. It is a number of JSON.
 * Returns its length. Threads: any.
 */
size_t number_format(char out[NUMBER_TEXT_BYTES], float value);

#endif
