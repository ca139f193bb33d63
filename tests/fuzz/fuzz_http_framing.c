/*
 * The framing of requests: however a stream is cut into pieces, it has the same requests and the same
 * violation; what has been read adds up; and without its chunk extensions it is the same stream.
 *
 * The first byte of an input chooses the limits, the second how the rest is cut.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/http_framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define MAX_BYTES 65536

static const struct http_limits limits[] = {
    {.head_bytes = 8192, .headers = 100, .chunked_body_bytes = 1 << 20},
    {.head_bytes = 64, .headers = 2, .chunked_body_bytes = 16},
    {.head_bytes = 8192, .headers = 100, .chunked_body_bytes = SIZE_MAX},
};

#define LIMITS (sizeof limits / sizeof limits[0])

/* What a stream turned out to be. */
struct reading {
    size_t used;     /* bytes read */
    size_t requests; /* that were complete */
    uint64_t ends;   /* a checksum of where each was complete, and of what it was */
    uint64_t body_bytes;
    uint8_t *left; /* the bytes read, without chunk extensions */
    size_t left_bytes;
    enum http_violation violation;
    enum http_place place;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void add_to_checksum(uint64_t *sum, uint64_t number)
{
    *sum = (*sum ^ number) * UINT64_C(0x100000001b3);
}

static void note_request(struct reading *out, const struct http_framing *framing)
{
    check(framing->has_chunks || framing->body_bytes == framing->content_length);
    check(!framing->has_chunks || framing->body_bytes <= framing->limits->chunked_body_bytes);
    add_to_checksum(&out->ends, out->left_bytes);
    add_to_checksum(&out->ends, framing->body_bytes);
    add_to_checksum(&out->ends, framing->is_head + 2u * framing->has_chunks);
    out->body_bytes += framing->body_bytes;
    out->requests++;
}

/* Feeds one piece, in a block of its own for the sanitizer. */
static void feed(struct http_framing *framing, struct reading *out, const uint8_t *bytes,
                 size_t size)
{
    uint8_t *piece = malloc(size);
    memcpy(piece, bytes, size);
    for (size_t at = 0; at < size && framing->violation == HTTP_NO_VIOLATION;) {
        size_t used = http_framing_feed(framing, piece + at, size - at);
        check(used <= size - at && framing->ignored_bytes <= used);
        check(used > 0 || framing->violation != HTTP_NO_VIOLATION);
        check(framing->place != HTTP_AT_START);
        size_t left = used - framing->ignored_bytes;
        memcpy(out->left + out->left_bytes, piece + at, left);
        out->left_bytes += left;
        out->used += used;
        at += used;
        if (framing->place == HTTP_AT_END)
            note_request(out, framing);
    }
    free(piece);
}

/* Cuts the stream into pieces whose sizes `cut` decides; 0: it is whole. */
static struct reading read_stream(const struct http_limits *limit, const uint8_t *bytes,
                                  size_t size, unsigned cut)
{
    struct reading out = {.left = malloc(size + 1)};
    struct http_framing framing;
    http_framing_init(&framing, limit);
    for (size_t at = 0; at < size && framing.violation == HTTP_NO_VIOLATION;) {
        size_t piece = cut == 0 ? size : 1 + cut * (at + 7) % 31 % cut;
        piece = piece < size - at ? piece : size - at;
        feed(&framing, &out, bytes + at, piece);
        at += piece;
    }
    check(framing.violation != HTTP_NO_VIOLATION || out.used == size);
    check(out.body_bytes <= out.used);
    out.violation = framing.violation;
    out.place = framing.place;
    return out;
}

static void check_same(const struct reading *one, const struct reading *other)
{
    check(one->violation == other->violation && one->place == other->place);
    check(one->requests == other->requests && one->ends == other->ends);
    check(one->left_bytes == other->left_bytes);
    check(memcmp(one->left, other->left, one->left_bytes) == 0);
}

/* Nothing is read after a violation. */
static void check_end(const struct http_limits *limit, const uint8_t *bytes, size_t size)
{
    struct http_framing framing;
    http_framing_init(&framing, limit);
    for (size_t at = 0; at < size && framing.violation == HTTP_NO_VIOLATION;)
        at += http_framing_feed(&framing, bytes + at, size - at);
    if (framing.violation == HTTP_NO_VIOLATION)
        return;
    check(http_violation_detail(framing.violation)[0] != '\0');
    check(http_framing_feed(&framing, bytes, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2 || size > MAX_BYTES)
        return -1; /* not for the corpus */
    const struct http_limits *limit = &limits[bytes[0] % LIMITS];
    unsigned cut = 1 + bytes[1] % 30u;
    bytes += 2;
    size -= 2;
    struct reading whole = read_stream(limit, bytes, size, 0);
    struct reading pieces = read_stream(limit, bytes, size, cut);
    check_same(&pieces, &whole);
    check(pieces.used == whole.used);
    free(pieces.left);
    pieces = read_stream(limit, bytes, size, 1);
    check_same(&pieces, &whole);
    free(pieces.left);
    /* libmicrohttpd gets the stream without extensions: it has the same requests. */
    pieces = read_stream(limit, whole.left, whole.left_bytes, 0);
    check(pieces.requests == whole.requests && pieces.ends == whole.ends);
    check(pieces.violation == HTTP_NO_VIOLATION);
    check(pieces.left_bytes == whole.left_bytes);
    free(pieces.left);
    free(whole.left);
    check_end(limit, bytes, size);
    return 0;
}
