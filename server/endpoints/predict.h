/*
 * POST /predict: recognises a digit, or several.
 *
 * Content-Type decides how the body is read, whatever its letter case. Its parameters are ignored,
 * except a multipart boundary and a charset:
 *
 *     application/json          see predict_json.h; a charset must be UTF-8
 *     multipart/form-data       one part, which has a filename or is called "image" or "file": a
 *                               picture or, if its type is application/octet-stream, anything that
 *                               such a body may be; any other part is refused
 *     application/octet-stream  784 octets; if the size differs, an IDX file of such images
 *                               (predict_idx.h) or a picture
 *     image/png, jpeg, bmp      a picture; its bytes decide in which format
 *     any other, or none        an IDX file or a picture, if the bytes are one
 *
 * The query has options: see predict_options.h.
 *
 * Answers, in application/json:
 *
 *     {"digit": 7, "confidence": 0.99, "uncertainty": 0.01, "uncertain": false,
 *      "probabilities": [10 numbers], "top_k": [...], "input": {...}, "explanation": {...},
 *      "model": {"name", "version"}}
 *     {"predictions": [{"digit", ..., "explanation"}, ...], "model": {...}}
 *     {"digits": "90210", "predictions": [{"digit", ..., "box", "input"}, ...], "model": {...}}
 *
 * The second form answers "instances" and IDX files, in their order; the third answers digits=many.
 * "input" is present for a picture, and for pixels if the preview was requested. Numbers are the
 * shortest that read back as the same float.
 *
 * Problems; the first that applies is the answer:
 *     400 invalid-parameter             (the router has refused unknown-parameter)
 *     415 unsupported-content-encoding  Content-Encoding is present and not identity
 *     400 empty-body
 *     415 unsupported-media-type        not one of the types, and by its bytes neither picture nor
 *                                       IDX file; or a JSON charset that is not UTF-8; answered
 *                                       with an Accept header
 *     400 malformed-json, malformed-multipart
 *     422 undecodable-image             declared or found to be a picture that cannot be decoded
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
