/*
 * The framing of HTTP/1.1 requests in a stream of bytes: where each request begins, where its head
 * and its body end, and whether it keeps to RFC 9112 in everything that two parsers could read
 * differently. It is stricter than the RFC demands of a server, so that every parser behind it
 * (libmicrohttpd) and before it (a proxy) finds the same requests in the stream.
 *
 *     struct http_framing framing;
 *     http_framing_init(&framing, &limits);
 *     while (size > 0) {
 *         size_t used = http_framing_feed(&framing, bytes, size);
 *         if (framing.violation != HTTP_NO_VIOLATION) ...refuse, close the connection
 *         if (framing.place == HTTP_AT_END) ...a request is complete
 *         bytes += used, size -= used;
 *     }
 *
 * What it demands:
 * - a request line (RFC 9112 section 3) of a token, one space, a target of visible ASCII, one space
 *   and HTTP/1.1 or HTTP/1.0; at most one empty line before it (section 2.2);
 * - header lines (section 5) of a token, a colon and a value without control characters, no
 *   continuation lines (section 5.2); each line ends with CR LF;
 * - one Host (section 3.2), which only HTTP/1.0 may leave out; at most one Content-Length of digits;
 *   at most one Transfer-Encoding, which is "chunked" (section 6.1), never both, and never with
 *   HTTP/1.0;
 * - chunks of section 7.1, with little beside their data; trailers like headers;
 * - at most HTTP_PARAMETERS_MAX parameters in a query.
 *
 * Chunk extensions, trailers and the values of Cookie headers mean nothing to this server; the caller
 * can remove them from the stream, so that the parser behind it needs no memory for them.
 * Threads: any, on different framings. It allocates nothing and keeps no bytes of the stream.
 */
#ifndef SERVER_FORMAT_HTTP_FRAMING_H
#define SERVER_FORMAT_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, what the client did wrong) */
#define HTTP_VIOLATIONS(X)                                                                         \
    X(REQUEST_LINE, "the request line is not a method, a target and a version, separated by "      \
                    "single spaces")                                                               \
    X(TARGET_CHARACTER, "the target has a character that is not visible ASCII; percent-encode it") \
    X(TARGET_TOO_LONG, "the request line is longer than the limit for a request's head")           \
    X(TOO_MANY_PARAMETERS, "the query has more parameters than the limit")                         \
    X(VERSION, "the version is neither HTTP/1.0 nor HTTP/1.1")                                     \
    X(LINE_END, "a line of the head does not end with CR LF, or has a CR within")                  \
    X(CONTROL_CHARACTER, "a header value contains a control character")                            \
    X(HEADER_NAME, "a header name is empty or contains a character that is not allowed, "          \
                   "such as white space before the colon")                                         \
    X(CONTINUATION_LINE, "a header line begins with white space; continuation lines are obsolete") \
    X(HEAD_TOO_LARGE, "request line and headers have more bytes than the limit")                   \
    X(TOO_MANY_HEADERS, "the request has more headers than the limit")                             \
    X(HOST_MISSING, "the Host header is missing, which is required since HTTP/1.1")                \
    X(HOST_REPEATED, "Host is given more than once")                                               \
    X(HOST_VALUE, "the Host header is not a host and an optional port")                            \
    X(LENGTH_REPEATED, "Content-Length is given more than once")                                   \
    X(LENGTH_VALUE, "Content-Length is not a decimal number of at most 64 bits")                   \
    X(CODING_REPEATED, "Transfer-Encoding is given more than once")                                \
    X(CODING_VALUE, "Transfer-Encoding is not chunked, the only one supported")                    \
    X(CODING_AND_LENGTH, "Transfer-Encoding and Content-Length must not be used together")         \
    X(CODING_IN_1_0, "HTTP/1.0 has no Transfer-Encoding")                                          \
    X(CHUNK, "a chunk is not a hexadecimal size, CR LF, so many bytes and CR LF")                  \
    X(CHUNK_OVERHEAD, "the chunks have far more bytes beside their data than chunks need")         \
    X(BODY_TOO_LARGE, "the body has more bytes than the limit")

enum http_violation {
    HTTP_NO_VIOLATION = 0,
#define X(name, detail) HTTP_VIOLATES_##name,
    HTTP_VIOLATIONS(X)
#undef X
};

/* What the client did wrong, a sentence without a full stop. Not for HTTP_NO_VIOLATION. */
const char *http_violation_detail(enum http_violation violation);

/* Empty ones count, too: each costs the parser behind this one as much. */
#define HTTP_PARAMETERS_MAX 16

struct http_limits {
    size_t head_bytes;         /* of the request line and the headers, with their line ends */
    size_t headers;            /* number; trailers have the same limits once more */
    size_t chunked_body_bytes; /* of the data of all chunks */
};

enum http_place {
    HTTP_AT_START, /* before the first byte of a request */
    HTTP_IN_HEAD,
    HTTP_IN_BODY,
    HTTP_AT_END, /* a request is complete; the next byte begins another one */
};

/* The members behind `violation` are for http_framing.c only. */
struct http_framing {
    const struct http_limits *limits; /* borrowed */
    enum http_place place;
    enum http_violation violation;
    bool is_head; /* the method is HEAD, once the space after it has been read */
    bool has_chunks;
    uint64_t content_length; /* 0 if the head has none */
    uint64_t body_bytes;     /* of the request's body, without framing, so far */
    size_t ignored_bytes;    /* the last so many bytes that http_framing_feed has read */

    unsigned char state, next_state, header;
    bool is_1_0, value_ended;
    unsigned seen;        /* bit 1u << header for each that has come */
    size_t size_bytes;    /* of the head or the trailers so far */
    size_t parameters;    /* in the query; 0 if there is none */
    size_t headers;       /* in the head or the trailers so far */
    size_t matched;       /* characters of a name or of a fixed text */
    size_t digits;        /* of Content-Length or of a chunk's size */
    uint64_t left_bytes;  /* of the body or of a chunk */
    size_t surplus_bytes; /* beside the data of chunks, less what chunks need */
    char name[24];        /* the method, or the current header's name in lower case; cut */
};

/* At the start of a stream. `limits` outlives the framing. */
void http_framing_init(struct http_framing *framing, const struct http_limits *limits);

/*
 * Reads up to the end of a request, to the end of bytes to be ignored, to the first byte that
 * violates the rules, or to the end of `bytes` [size], and returns the number of bytes read; the
 * byte that violates is not counted. Once there is a violation, it reads nothing any more.
 *
 * If the last bytes that it has read belong to a chunk extension (section 7.1.1), to trailers
 * (section 7.1.2) or to the value of a Cookie header, `ignored_bytes` is their number, and the caller
 * may remove them from the stream.
 */
size_t http_framing_feed(struct http_framing *framing, const void *bytes, size_t size);

#endif
