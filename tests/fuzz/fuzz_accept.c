/*
 * The header Accept: whatever it is, it chooses one of the offers or none, and the choice does not
 * depend on an empty range or on one that no offer matches.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define OFFERS    2
#define MAX_BYTES 16384
#define UNMATCHED "image/png;q=0.5"

static const char *const offers[OFFERS] = {
    "text/plain; version=0.0.4; charset=utf-8",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The choice of the header with `first` before it; in memory of its own, for the sanitizer. */
static size_t choose(const char *first, const uint8_t *bytes, size_t size)
{
    size_t before = strlen(first);
    char *accept = malloc(before + size + 1);
    memcpy(accept, first, before);
    memcpy(accept + before, bytes, size);
    accept[before + size] = '\0';
    size_t chosen = accept_choose(accept, offers, OFFERS);
    free(accept);
    return chosen;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0 || size > MAX_BYTES || memchr(bytes, '\0', size) != NULL)
        return -1; /* not for the corpus */
    size_t chosen = choose("", bytes, size);
    check(chosen <= OFFERS);
    check(choose(",", bytes, size) == chosen);
    size_t blank = 0;
    while (blank < size && strchr(" \t,", bytes[blank]) != NULL)
        blank++;
    if (blank < size)
        check(choose(UNMATCHED ",", bytes, size) == chosen);
    return 0;
}
