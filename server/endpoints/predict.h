/*
 * POST /predict: what digit is this?
 *
 * Content-Type says how the body is read; its letter case and parameters do not matter, except for
 * a multipart boundary and a charset other than UTF-8:
 *
 *     application/json          see predict_json.h
 *     multipart/form-data       the one part that has a filename or is called "image" or "file": a
 *                               picture or, if its type is application/octet-stream, what such a
 *                               body may be; another part is refused, not dropped
 *     application/octet-stream  784 octets; of any other size, an IDX file of them (predict_idx.h) or
 *                               a picture
 *     image/png, jpeg, bmp      a picture; the bytes decide which
 *     anything else, or none    an IDX file or a picture, if the bytes are one
 *
 * The query asks for more: see predict_options.h.
 *
 * Answers, in application/json:
 *
 *     {"digit": 7, "confidence": 0.99, "uncertainty": 0.01, "uncertain": false,
 *      "probabilities": [10 numbers], "top_k": [...], "input": {...}, "explanation": {...},
 *      "model": {"name", "version"}}
 *     {"predictions": [{"digit", ..., "explanation"}, ...], "model": {...}}
 *     {"digits": "90210", "predictions": [{"digit", ..., "box", "input"}, ...], "model": {...}}
 *
 * the second for "instances" and IDX files, in their order, the third for digits=many. "input" is there for a
 * picture, and for pixels if the preview was asked for. Numbers are the shortest that read back as
 * the same float.
 *
 * Refusals, first match first:
 *     400 invalid-parameter             (the router has refused unknown-parameter)
 *     415 unsupported-content-encoding  Content-Encoding is there and not identity
 *     400 empty-body
 *     415 unsupported-media-type        neither one of the types nor a picture or IDX file by its
 *                                       bytes; a JSON charset that is not UTF-8. With an Accept header.
 *     400 malformed-json, malformed-multipart
 *     422 undecodable-image             declared or found to be a picture, and it cannot be read
 *     422 image-too-large, too-many-instances, invalid-input
 *     503 no-memory
 *
 * Threads: the worker's.
 */
#ifndef SERVER_ENDPOINTS_PREDICT_H
#define SERVER_ENDPOINTS_PREDICT_H

#include "server/http/reply.h"
#include "server/http/request.h"

void endpoint_predict(struct reply *out, const struct request *request);

#endif
