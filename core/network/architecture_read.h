/*
 * Reads an architecture strictly from JSON (docs/model.md).
 */
#ifndef CORE_NETWORK_ARCHITECTURE_READ_H
#define CORE_NETWORK_ARCHITECTURE_READ_H

#include <stddef.h>

#include <digit/status.h>

#include "core/network/architecture.h"

/*
 * Parses text [size_bytes]. `where` names the text in messages; messages name the layer by number and type.
 * Errors: MALFORMED (not JSON), INVALID (an unknown key, a wrong type, a value out of range, a name given
 * twice, a layer that does not fit the shape before it, an output that is not ten logits), LIMIT (layers,
 * parameters, activations), NO_MEMORY.
 */
DIGIT_MUST_CHECK enum digit_status architecture_parse(struct architecture *out, const char *text,
                                                      size_t size_bytes, const char *where,
                                                      struct digit_error *error);

/* Reads and parses a file. Errors: those of architecture_parse, IO. */
DIGIT_MUST_CHECK enum digit_status architecture_load(struct architecture *out, const char *path,
                                                     struct digit_error *error);

#endif
