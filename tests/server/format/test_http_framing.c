#include "server/format/http_framing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

#define HEAD_BYTES  256
#define HEADERS     4
#define BODY_BYTES  100
#define REQUESTS    4 /* of one stream */
#define STREAM      16384
#define MAX_SURPLUS 4096

static const struct http_limits limits = {
    .head_bytes = HEAD_BYTES, .headers = HEADERS, .chunked_body_bytes = BODY_BYTES};

/* What a stream of requests turned out to be. */
struct reading {
    enum http_violation violation;
    enum http_place place;
    size_t used;     /* bytes read, which is up to the byte that violates */
    size_t requests; /* that were complete */
    size_t ends[REQUESTS];
    uint64_t bodies[REQUESTS];
    bool heads[REQUESTS];
    char left[STREAM]; /* the stream without chunk extensions */
    size_t left_bytes;
};

/* Feeds a block of exactly `size` bytes, so that a sanitizer sees every access behind it. */
static void feed(struct http_framing *framing, struct reading *out, const char *bytes, size_t size)
{
    char *copy = malloc(size);
    size_t at = 0;
    memcpy(copy, bytes, size);
    while (at < size && framing->violation == HTTP_NO_VIOLATION) {
        size_t used = http_framing_feed(framing, copy + at, size - at);
        assert_true(used <= size - at);
        assert_true(used > 0 || framing->violation != HTTP_NO_VIOLATION);
        assert_true(framing->ignored_bytes <= used);
        memcpy(out->left + out->left_bytes, copy + at, used - framing->ignored_bytes);
        out->left_bytes += used - framing->ignored_bytes;
        at += used;
        out->used += used;
        if (framing->place != HTTP_AT_END)
            continue;
        assert_true(out->requests < REQUESTS);
        out->ends[out->requests] = out->used;
        out->bodies[out->requests] = framing->body_bytes;
        out->heads[out->requests++] = framing->is_head;
    }
    free(copy);
}

/* Feeds the stream in pieces: the first of `first` bytes, the others of `size` bytes. */
static struct reading read_in_pieces(const char *stream, size_t stream_bytes, size_t first,
                                     size_t size)
{
    struct http_framing framing;
    struct reading out = {.used = 0};
    http_framing_init(&framing, &limits);
    for (size_t at = 0, piece = first; at < stream_bytes; at += piece, piece = size) {
        if (piece > stream_bytes - at)
            piece = stream_bytes - at;
        feed(&framing, &out, stream + at, piece);
        if (framing.violation != HTTP_NO_VIOLATION)
            break;
    }
    out.violation = framing.violation;
    out.place = framing.place;
    return out;
}

static void assert_same(const struct reading *actual, const struct reading *expected)
{
    assert_int_equal(actual->violation, expected->violation);
    assert_int_equal(actual->place, expected->place);
    assert_int_equal(actual->used, expected->used);
    assert_int_equal(actual->requests, expected->requests);
    assert_int_equal(actual->left_bytes, expected->left_bytes);
    assert_memory_equal(actual->left, expected->left, expected->left_bytes);
    for (size_t i = 0; i < expected->requests; i++) {
        assert_int_equal(actual->ends[i], expected->ends[i]);
        assert_int_equal(actual->bodies[i], expected->bodies[i]);
        assert_int_equal(actual->heads[i], expected->heads[i]);
    }
}

/* Whole, byte by byte, and split at every position. */
static struct reading read_stream(const char *stream, size_t size)
{
    struct reading whole = read_in_pieces(stream, size, size, size);
    struct reading bytes = read_in_pieces(stream, size, 1, 1);
    assert_same(&bytes, &whole);
    for (size_t first = 1; first < size; first++) {
        struct reading split = read_in_pieces(stream, size, first, size);
        assert_same(&split, &whole);
    }
    return whole;
}

#define HOST  "Host: d\r\n"
#define GET   "GET / HTTP/1.1\r\n"
#define POST  "POST / HTTP/1.1\r\n" HOST
#define CODED POST "Transfer-Encoding: chunked\r\n\r\n"

/* A text of `size` bytes, its NUL bytes included, in which the violation is found at byte `at`. */
struct violating {
    const char *stream;
    size_t size;
    size_t at;
    enum http_violation violation;
};

/* The byte that violates is the first one of `rest`. */
#define VIOLATES(begin, rest, name)                                                                \
    {                                                                                              \
        begin rest, sizeof(begin rest) - 1, sizeof(begin) - 1, HTTP_VIOLATES_##name                \
    }

static const struct violating violating[] = {
    VIOLATES("", " GET / HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("", "\nGET / HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("", "\0", REQUEST_LINE),
    VIOLATES("", "(GET", REQUEST_LINE),
    VIOLATES("", "\x80", REQUEST_LINE),
    VIOLATES("G", "\tT / HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET", "\r\n\r\n", REQUEST_LINE),
    VIOLATES("GET", "\0 / HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET ", " / HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET /", "\r\n", REQUEST_LINE), /* HTTP/0.9 */
    VIOLATES("GET /", "\n", REQUEST_LINE),
    VIOLATES("GET / ", " HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET / HTTP/1.1", " \r\n", REQUEST_LINE),
    VIOLATES("GET / HTTP/1.1", "\n", REQUEST_LINE),
    VIOLATES("GET / HTTP/1.1", "1\r\n", REQUEST_LINE),
    VIOLATES("GET / HTTP/1.0", "0\r\n", REQUEST_LINE),
    VIOLATES("GET / ", "http/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET / H", "\r\n", REQUEST_LINE),
    VIOLATES("GET / ", "x HTTP/1.1\r\n", REQUEST_LINE),
    VIOLATES("GET /", "\t HTTP/1.1\r\n", TARGET_CHARACTER),
    VIOLATES("GET /", "\x7f HTTP/1.1\r\n", TARGET_CHARACTER),
    VIOLATES("GET /", "\0 HTTP/1.1\r\n", TARGET_CHARACTER),
    VIOLATES("GET /", "\xc3\xa4 HTTP/1.1\r\n", TARGET_CHARACTER),
    VIOLATES("GET ", "\x1f HTTP/1.1\r\n", TARGET_CHARACTER),
    VIOLATES("PRI * HTTP/", "2.0\r\n\r\nSM\r\n\r\n", VERSION),
    VIOLATES("GET / HTTP/", "0.9\r\n", VERSION),
    VIOLATES("GET / HTTP/1.", "2\r\n", VERSION),
    VIOLATES("GET / HTTP/1", ",1\r\n", VERSION),
    VIOLATES("GET / HTTP/1.", "\r\n", VERSION),
    VIOLATES("\r", "\r\n", LINE_END),
    VIOLATES("\r", "G", LINE_END),
    VIOLATES("GET / HTTP/1.1\r", "Host: d\r\n", LINE_END),
    VIOLATES("GET / HTTP/1.1\r", "\r\n", LINE_END),
    VIOLATES(GET, "\nHost: d\r\n", LINE_END),
    VIOLATES(GET "Host: d", "\n\r\n", LINE_END),
    VIOLATES(GET "Host: d\r", "\r\n\r\n", LINE_END),
    VIOLATES(GET "Host: d\r", "x\r\n\r\n", LINE_END),
    VIOLATES(GET "a: \r", "b\r\n\r\n", LINE_END),
    VIOLATES(GET "a: ", "\n", LINE_END),
    VIOLATES(GET "a", "\n", LINE_END),
    VIOLATES(GET HOST "\r", "\r\n", LINE_END),
    VIOLATES(GET HOST "\r", "x", LINE_END),
    VIOLATES(CODED "0\r\n\r", "\r", LINE_END),
    VIOLATES(CODED "0\r\n", "\n", LINE_END),
    VIOLATES(GET "a: b", "\0c\r\n", CONTROL_CHARACTER),
    VIOLATES(GET "a:", "\x01\r\n", CONTROL_CHARACTER),
    VIOLATES(GET "a: b", "\x7f\r\n", CONTROL_CHARACTER),
    VIOLATES(GET "a: b", "\x0b\r\n", CONTROL_CHARACTER),
    VIOLATES(GET "a: b", "\x1b[2J\r\n", CONTROL_CHARACTER),
    VIOLATES(CODED "0\r\na: ", "\x01\r\n", CONTROL_CHARACTER),
    VIOLATES(GET "", ": b\r\n", HEADER_NAME),
    VIOLATES(GET "Host", " : d\r\n", HEADER_NAME),
    VIOLATES(GET "Host", "\t: d\r\n", HEADER_NAME),
    VIOLATES(GET "a", "\r\n", HEADER_NAME),
    VIOLATES(GET "a", "\0: b\r\n", HEADER_NAME),
    VIOLATES(GET "a", "\x80: b\r\n", HEADER_NAME),
    VIOLATES(GET "a", "/b: c\r\n", HEADER_NAME),
    VIOLATES(GET "", "\"a\": c\r\n", HEADER_NAME),
    VIOLATES(GET "", "{: c\r\n", HEADER_NAME),
    VIOLATES(CODED "0\r\na", " : b\r\n", HEADER_NAME),
    VIOLATES(GET "a: b\r\n", " c\r\n", CONTINUATION_LINE),
    VIOLATES(GET "a: b\r\n", "\tc\r\n", CONTINUATION_LINE),
    VIOLATES(GET "", " Host: d\r\n", CONTINUATION_LINE),
    VIOLATES(CODED "0\r\n", " a: b\r\n", CONTINUATION_LINE),
    VIOLATES(GET "\r", "\n", HOST_MISSING),
    VIOLATES(GET "Hosts: d\r\nHos: d\r\n\r", "\n", HOST_MISSING),
    VIOLATES("HEAD / HTTP/1.1\r\n\r", "\n", HOST_MISSING),
    VIOLATES(GET HOST "host", ": d\r\n\r\n", HOST_REPEATED),
    VIOLATES("GET / HTTP/1.0\r\n" HOST "HOST", ": e\r\n\r\n", HOST_REPEATED),
    VIOLATES(GET "Host: d", "/e\r\n\r\n", HOST_VALUE),
    VIOLATES(GET "Host: d", ",e\r\n\r\n", HOST_VALUE),
    VIOLATES(GET "Host: d ", "e\r\n\r\n", HOST_VALUE),
    VIOLATES(GET "Host: u", "@e\r\n\r\n", HOST_VALUE),
    VIOLATES(GET "Host: ", "\xc3\xa4\r\n\r\n", HOST_VALUE),
    VIOLATES(GET "Host: ", "\"d\"\r\n\r\n", HOST_VALUE),
    VIOLATES(POST "Content-Length: 1\r\ncontent-length", ": 1\r\n\r\n", LENGTH_REPEATED),
    VIOLATES(POST "Content-Length: ", "+1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: ", "-1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 1", ",1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 1 ", "1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 0", "x1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length:", "\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: \t", "\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 1844674407370955161", "6\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 1844674407370955162", "0\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 18446744073709551615", "0\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Content-Length: 9223372036854775808", "\r\n\r\n", BODY_TOO_LARGE),
    VIOLATES(POST "Content-Length: 18446744073709551615", "\r\n\r\n", BODY_TOO_LARGE),
    VIOLATES(POST "Content-Length: 00000000000000000000", "1\r\n\r\n", LENGTH_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding", ": chunked\r\n\r\n",
             CODING_REPEATED),
    VIOLATES(POST "Transfer-Encoding: ", "gzip\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunked", ", chunked\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunked ", "x\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunke", "\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunked", "d\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: ch ", "unked\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding:", "\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: ",
             "\x0b"
             "chunked\r\n\r\n",
             CONTROL_CHARACTER),
    VIOLATES(POST "Transfer-Encoding: ", "identity\r\n\r\n", CODING_VALUE),
    VIOLATES(POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r", "\n", CODING_AND_LENGTH),
    VIOLATES(POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r", "\n", CODING_AND_LENGTH),
    VIOLATES("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r", "\n", CODING_IN_1_0),
    VIOLATES(CODED "", "\r\n", CHUNK),
    VIOLATES(CODED "", " 1\r\n", CHUNK),
    VIOLATES(CODED "", "-1\r\n", CHUNK),
    VIOLATES(CODED "", ";a\r\n", CHUNK),
    VIOLATES(CODED "0", "x1\r\n", CHUNK),
    VIOLATES(CODED "1", " \r\na\r\n", CHUNK),
    VIOLATES(CODED "1", "\na\r\n", CHUNK),
    VIOLATES(CODED "1\r", "\ra\r\n", CHUNK),
    VIOLATES(CODED "1\r\na", "\n", CHUNK),
    VIOLATES(CODED "1\r\na", "b\r\n", CHUNK),
    VIOLATES(CODED "1\r\na\r", "\r", CHUNK),
    VIOLATES(CODED "1;a", "\n", CHUNK),
    VIOLATES(CODED "1;a=\"", "\0\"\r\n", CHUNK),
    VIOLATES(CODED "1;\r", "x\n", CHUNK),
    VIOLATES(CODED "0000000000000001", "0\r\n", CHUNK),
    VIOLATES(CODED "64\r\n"
                   "0123456789012345678901234567890123456789012345678901234567890123456789"
                   "012345678901234567890123456789\r\n1",
             "\r\nx", BODY_TOO_LARGE),
    VIOLATES(CODED "65", "\r\n", BODY_TOO_LARGE),
    VIOLATES(CODED "65", ";x\r\n", BODY_TOO_LARGE),
    VIOLATES(CODED "ffffffffffffffff", "\r\n", BODY_TOO_LARGE),
};

TEST(each_violation_is_found_at_its_byte)
{
    for (size_t i = 0; i < sizeof violating / sizeof violating[0]; i++) {
        const struct violating *one = &violating[i];
        struct reading reading = read_stream(one->stream, one->size);
        if (reading.violation != one->violation || reading.used != one->at)
            fail_msg("%zu: %s: violation %d at byte %zu, not %d at %zu", i, one->stream,
                     (int)reading.violation, reading.used, (int)one->violation, one->at);
        assert_int_equal(reading.requests, 0);
    }
}

/* Those that take a long stream are below. */
TEST(each_violation_has_a_test_and_says_what_is_wrong)
{
    bool tested[] = {
        [HTTP_VIOLATES_TARGET_TOO_LONG] = true,     [HTTP_VIOLATES_HEAD_TOO_LARGE] = true,
        [HTTP_VIOLATES_TOO_MANY_HEADERS] = true,    [HTTP_VIOLATES_CHUNK_OVERHEAD] = true,
        [HTTP_VIOLATES_TOO_MANY_PARAMETERS] = true, [HTTP_VIOLATES_BODY_TOO_LARGE] = false,
    };
    size_t count = sizeof tested / sizeof tested[0];
    for (size_t i = 0; i < sizeof violating / sizeof violating[0]; i++)
        tested[violating[i].violation] = true;
    for (size_t i = 1; i < count; i++) {
        const char *detail = http_violation_detail((enum http_violation)i);
        assert_true(tested[i]);
        assert_true(strlen(detail) > 10);
        assert_int_not_equal(detail[strlen(detail) - 1], '.');
    }
}

TEST(nothing_is_read_after_a_violation)
{
    struct http_framing framing;
    http_framing_init(&framing, &limits);
    assert_int_equal(http_framing_feed(&framing, "GET / HTTP/2", 12), 11);
    assert_int_equal(http_framing_feed(&framing, GET HOST "\r\n", strlen(GET HOST) + 2), 0);
    assert_int_equal(framing.violation, HTTP_VIOLATES_VERSION);
}

/* The stream is one request, complete at its end. */
static struct reading assert_complete(const char *stream, size_t size)
{
    struct reading reading = read_stream(stream, size);
    if (reading.violation != HTTP_NO_VIOLATION)
        fail_msg("%s: violation %d at byte %zu", stream, (int)reading.violation, reading.used);
    assert_int_equal(reading.place, HTTP_AT_END);
    assert_int_equal(reading.requests, 1);
    assert_int_equal(reading.ends[0], size);
    return reading;
}

TEST(what_keeps_to_the_rules_is_taken)
{
    static const struct {
        const char *stream;
        uint64_t body_bytes;
        bool is_head;
    } requests[] = {
        {GET HOST "\r\n", 0, false},
        {"\r\n" GET HOST "\r\n", 0, false},
        {"GET / HTTP/1.0\r\n\r\n", 0, false},
        {"GET / HTTP/1.0\r\n" HOST "\r\n", 0, false},
        {"HEAD / HTTP/1.1\r\n" HOST "\r\n", 0, true},
        {"HEA / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"HEADS / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"head / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"AHEAD / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"HEADHEADHEADHEADHEADHEADHEADHEAD / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {"GET http://d/!~?a=\"<>\\^`{|}# HTTP/1.1\r\n" HOST "\r\n", 0, false},
        {GET "Host:\r\n\r\n", 0, false},
        {GET "HOST:d:80\r\n\r\n", 0, false},
        {GET "host: \t [::1]:80 \t\r\n\r\n", 0, false},
        {GET HOST "a:\r\n\r\n", 0, false},
        {GET HOST "a: b  c\t d \r\n\r\n", 0, false},
        {GET HOST "a: \x80\xff \xc3\xa4\r\n\r\n", 0, false}, /* obs-text */
        {GET HOST "a: :,;\"()\r\n\r\n", 0, false},
        {GET HOST "a: b\r\na: b\r\n\r\n", 0, false},
        {GET HOST "Content-Lengths: x\r\nTransfer-Encodings: x\r\n\r\n", 0, false},
        {GET HOST "a-header-name-longer-than-what-is-kept-of-it: b\r\n\r\n", 0, false},
        {GET HOST "Content-Length: 0\r\n\r\n", 0, false},
        {POST "Content-Length:5\t\r\n\r\nabcde", 5, false},
        {POST "content-LENGTH: 00000000000000000003\r\n\r\nabc", 3, false},
        {"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na", 1, true},
        {"POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\na", 1, false},
        {CODED "0\r\n\r\n", 0, false},
        {CODED "00000\r\n\r\n", 0, false},
        {CODED "1\r\na\r\n0\r\n\r\n", 1, false},
        {CODED "A\r\n0123456789\r\n0a\r\n0123456789\r\n0\r\n\r\n", 20, false},
        {CODED "2\r\n\r\n\r\n0\r\n\r\n", 2, false},
        {POST "TRANSFER-encoding: CHUNKED \r\n\r\n1\r\na\r\n0\r\n\r\n", 1, false},
        {CODED "1;a=b\r\na\r\n0;c=\"d\xff\"\t\r\n\r\n", 1, false},
        {CODED "0\r\na: b\r\n\r\n", 0, false},
        /* Of a trailer no header decides about framing. */
        {CODED "0\r\nHost: /\r\nHost: /\r\nContent-Length: x\r\nTransfer-Encoding: y\r\n\r\n", 0,
         false},
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        const char *stream = requests[i].stream;
        struct reading reading = assert_complete(stream, strlen(stream));
        assert_int_equal(reading.bodies[0], requests[i].body_bytes);
        assert_int_equal(reading.heads[0], requests[i].is_head);
    }
}

TEST(a_body_may_have_any_bytes)
{
    static const char stream[] = POST "Content-Length: 8\r\n\r\nGET \r\n\0\xff";
    struct reading reading = assert_complete(stream, sizeof stream - 1);
    assert_int_equal(reading.bodies[0], 8);
}

TEST(a_partial_request_is_at_its_place)
{
    static const struct {
        const char *stream;
        enum http_place place;
    } partial[] = {
        {"\r", HTTP_IN_HEAD},
        {"\r\n", HTTP_IN_HEAD},
        {"G", HTTP_IN_HEAD},
        {GET HOST "\r", HTTP_IN_HEAD},
        {POST "Content-Length: 2\r\n\r\n", HTTP_IN_BODY},
        {POST "Content-Length: 2\r\n\r\na", HTTP_IN_BODY},
        {CODED, HTTP_IN_BODY},
        {CODED "0\r\n\r", HTTP_IN_BODY},
    };
    struct http_framing framing;
    http_framing_init(&framing, &limits);
    assert_int_equal(framing.place, HTTP_AT_START);
    assert_int_equal(http_framing_feed(&framing, "", 0), 0);
    assert_int_equal(framing.place, HTTP_AT_START);
    for (size_t i = 0; i < sizeof partial / sizeof partial[0]; i++) {
        struct reading reading = read_stream(partial[i].stream, strlen(partial[i].stream));
        assert_int_equal(reading.violation, HTTP_NO_VIOLATION);
        assert_int_equal(reading.place, partial[i].place);
        assert_int_equal(reading.requests, 0);
        assert_int_equal(reading.used, strlen(partial[i].stream));
    }
}

/* A method that only begins like HEAD would leave its refusal without a body. */
TEST(the_method_is_head_only_when_all_of_it_has_come)
{
    static const char *const methods[] = {"H", "HEAD", "HEAD/", "HEAD\r"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct http_framing framing;
        http_framing_init(&framing, &limits);
        http_framing_feed(&framing, methods[i], strlen(methods[i]));
        assert_false(framing.is_head);
    }
    struct http_framing framing;
    http_framing_init(&framing, &limits);
    http_framing_feed(&framing, "HEAD ", 5);
    assert_true(framing.is_head);
}

TEST(pipelined_requests_end_where_they_end)
{
    static const char first[] = GET HOST "\r\n";
    static const char second[] = "\r\nHEAD / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc";
    static const char third[] = CODED "3;x=y\r\nGET\r\n0\r\nt: u\r\n\r\n";
    char stream[sizeof first + sizeof second + sizeof third];
    size_t size = (size_t)snprintf(stream, sizeof stream, "%s%s%s", first, second, third);
    struct reading reading = read_stream(stream, size);
    assert_int_equal(reading.violation, HTTP_NO_VIOLATION);
    assert_int_equal(reading.requests, 3);
    assert_int_equal(reading.ends[0], sizeof first - 1);
    assert_int_equal(reading.ends[1], sizeof first + sizeof second - 2);
    assert_int_equal(reading.ends[2], size);
    assert_int_equal(reading.bodies[1], 3);
    assert_int_equal(reading.bodies[2], 3);
    assert_false(reading.heads[0]);
    assert_true(reading.heads[1]);
    assert_false(reading.heads[2]);
}

/* What one request said is forgotten when the next one begins. */
TEST(a_violation_in_a_later_request_leaves_the_earlier_ones)
{
    static const char stream[] = GET HOST "\r\n" GET HOST "\r\n" GET "\r\n";
    struct reading reading = read_stream(stream, sizeof stream - 1);
    assert_int_equal(reading.requests, 2);
    assert_int_equal(reading.violation, HTTP_VIOLATES_HOST_MISSING);
    assert_int_equal(reading.used, sizeof stream - 2);
}

TEST(chunk_extensions_trailers_and_cookies_can_be_removed)
{
    static const char stream[] = POST "Cookie: a=b; c\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "3;a=\"b;c\"\r\nabc\r\n01;\r\nd\r\n0;x\r\nt: u\r\n\r\n";
    static const char left[] = POST "Cookie:\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "3\r\nabc\r\n01\r\nd\r\n0\r\n\r\n";
    struct reading reading = assert_complete(stream, sizeof stream - 1);
    assert_int_equal(reading.left_bytes, sizeof left - 1);
    assert_memory_equal(reading.left, left, sizeof left - 1);
    reading = assert_complete(left, sizeof left - 1);
    assert_int_equal(reading.bodies[0], 4);
}

TEST(a_query_may_have_so_many_parameters)
{
    static const struct http_limits wide = {.head_bytes = 1000, .headers = 1};
    for (size_t count = HTTP_PARAMETERS_MAX; count <= HTTP_PARAMETERS_MAX + 1; count++) {
        struct http_framing framing;
        http_framing_init(&framing, &wide);
        http_framing_feed(&framing, "GET /?a", 7);
        for (size_t i = 1; i < count; i++)
            http_framing_feed(&framing, "&a", 2);
        assert_int_equal(framing.violation, count > HTTP_PARAMETERS_MAX
                                                ? HTTP_VIOLATES_TOO_MANY_PARAMETERS
                                                : HTTP_NO_VIOLATION);
    }
}

/* Writes text and then as many of `filler` as make it `size` bytes together with `end`. */
static void fill(char *out, size_t size, const char *text, char filler, const char *end)
{
    size_t begin_bytes = strlen(text), end_bytes = strlen(end);
    assert_true(begin_bytes + end_bytes <= size);
    memcpy(out, text, begin_bytes);
    memset(out + begin_bytes, filler, size - begin_bytes - end_bytes);
    memcpy(out + size - end_bytes, end, end_bytes);
}

static void assert_violation(const char *stream, size_t size, enum http_violation violation,
                             size_t at)
{
    struct reading reading = read_stream(stream, size);
    assert_int_equal(reading.violation, violation);
    assert_int_equal(reading.used, at);
}

TEST(a_head_may_have_so_many_bytes)
{
    char stream[HEAD_BYTES + 1];
    fill(stream, HEAD_BYTES, GET HOST "a: ", 'b', "\r\n\r\n");
    assert_complete(stream, HEAD_BYTES);
    fill(stream, HEAD_BYTES + 1, GET HOST "a: ", 'b', "\r\n\r\n");
    assert_violation(stream, HEAD_BYTES + 1, HTTP_VIOLATES_HEAD_TOO_LARGE, HEAD_BYTES);
    fill(stream, HEAD_BYTES, "\r\n" GET HOST "a: ", 'b', "\r\n\r\n");
    assert_complete(stream, HEAD_BYTES);
    fill(stream, HEAD_BYTES, GET, 'b', "");
    assert_int_equal(read_stream(stream, HEAD_BYTES).violation, HTTP_NO_VIOLATION);
    fill(stream, HEAD_BYTES + 1, GET, 'b', "");
    assert_violation(stream, HEAD_BYTES + 1, HTTP_VIOLATES_HEAD_TOO_LARGE, HEAD_BYTES);
}

TEST(a_target_may_have_what_the_head_may_have)
{
    char stream[HEAD_BYTES + 1];
    fill(stream, HEAD_BYTES, "GET /", 'x', " HTTP/1.0\r\n\r\n");
    assert_complete(stream, HEAD_BYTES);
    fill(stream, HEAD_BYTES + 1, "GET /", 'x', "");
    assert_violation(stream, HEAD_BYTES + 1, HTTP_VIOLATES_TARGET_TOO_LONG, HEAD_BYTES);
    fill(stream, HEAD_BYTES + 1, "", 'M', "");
    assert_violation(stream, HEAD_BYTES + 1, HTTP_VIOLATES_TARGET_TOO_LONG, HEAD_BYTES);
    fill(stream, HEAD_BYTES + 1, "GET /", 'x', " HTTP/1.1");
    assert_violation(stream, HEAD_BYTES + 1, HTTP_VIOLATES_TARGET_TOO_LONG, HEAD_BYTES);
}

TEST(trailers_have_the_limits_of_a_head)
{
    char stream[sizeof CODED + HEAD_BYTES + 4];
    size_t before = strlen(CODED "0\r\n");
    fill(stream, before + HEAD_BYTES, CODED "0\r\nt: ", 'u', "\r\n\r\n");
    assert_complete(stream, before + HEAD_BYTES);
    fill(stream, before + HEAD_BYTES + 1, CODED "0\r\nt: ", 'u', "\r\n\r\n");
    assert_violation(stream, before + HEAD_BYTES + 1, HTTP_VIOLATES_HEAD_TOO_LARGE,
                     before + HEAD_BYTES);
}

TEST(a_head_may_have_so_many_headers)
{
    static const char enough[] = GET HOST "a: b\r\na: b\r\na: b\r\n\r\n";
    static const char trailers[] = CODED "0\r\na: b\r\na: b\r\na: b\r\na: b\r\n\r\n";
    assert_complete(enough, sizeof enough - 1);
    assert_complete(trailers, sizeof trailers - 1);
#define FIVE GET HOST "a: b\r\na: b\r\na: b\r\n"
    assert_violation(FIVE "a: b\r\n", strlen(FIVE) + 6, HTTP_VIOLATES_TOO_MANY_HEADERS,
                     strlen(FIVE));
#define TRAILERS CODED "0\r\na: b\r\na: b\r\na: b\r\na: b\r\n"
    assert_violation(TRAILERS "a: b\r\n", strlen(TRAILERS) + 6, HTTP_VIOLATES_TOO_MANY_HEADERS,
                     strlen(TRAILERS));
}

TEST(chunks_may_have_so_many_bytes)
{
    char stream[sizeof CODED + 3 * BODY_BYTES];
    fill(stream, strlen(CODED "64\r\n") + BODY_BYTES + 7, CODED "64\r\n", 'x', "\r\n0\r\n\r\n");
    struct reading reading = assert_complete(stream, strlen(CODED "64\r\n") + BODY_BYTES + 7);
    assert_int_equal(reading.bodies[0], BODY_BYTES);
}

/* A reload may lower the limit while a body is coming. */
TEST(a_limit_that_is_lowered_below_what_has_come_is_kept_to)
{
    struct http_limits changing = limits;
    struct http_framing framing;
    static const char first[] = CODED "5\r\nabcde\r\n";
    http_framing_init(&framing, &changing);
    assert_int_equal(http_framing_feed(&framing, first, sizeof first - 1), sizeof first - 1);
    changing.chunked_body_bytes = 4;
    http_framing_feed(&framing, "1\r\n", 3);
    assert_int_equal(framing.violation, HTTP_VIOLATES_BODY_TOO_LARGE);
}

TEST(a_content_length_may_have_63_bits)
{
    static const char stream[] = POST "Content-Length: 9223372036854775807\r\n\r\nab";
    struct http_framing framing;
    http_framing_init(&framing, &limits);
    assert_int_equal(http_framing_feed(&framing, stream, sizeof stream - 1), sizeof stream - 1);
    assert_int_equal(framing.violation, HTTP_NO_VIOLATION);
    assert_int_equal(framing.place, HTTP_IN_BODY);
    assert_true(framing.content_length == INT64_MAX);
    assert_int_equal(framing.body_bytes, 2);
}

/* The largest size that fits 64 bits, where the limit allows it. */
TEST(a_chunk_may_have_64_bits)
{
    const struct http_limits none = {
        .head_bytes = HEAD_BYTES, .headers = HEADERS, .chunked_body_bytes = SIZE_MAX};
    static const char stream[] = CODED "FFFFffffFFFFffff\r\nab";
    struct http_framing framing;
    http_framing_init(&framing, &none);
    assert_int_equal(http_framing_feed(&framing, stream, sizeof stream - 1), sizeof stream - 1);
    assert_int_equal(framing.violation, HTTP_NO_VIOLATION);
    assert_int_equal(framing.body_bytes, 2);
}

TEST(an_extension_may_have_so_many_bytes)
{
    size_t before = strlen(CODED);
    size_t size = before + MAX_SURPLUS;
    char *stream = malloc(size + 1);
    fill(stream, size, CODED "1;", 'x', "\r\n");
    struct reading reading = read_in_pieces(stream, size, size, size);
    assert_int_equal(reading.violation, HTTP_NO_VIOLATION);
    fill(stream, size + 1, CODED "1;", 'x', "\r\n");
    reading = read_in_pieces(stream, size + 1, size + 1, 1);
    struct reading bytes = read_in_pieces(stream, size + 1, 1, 1);
    assert_same(&bytes, &reading);
    assert_int_equal(reading.violation, HTTP_VIOLATES_CHUNK_OVERHEAD);
    assert_int_equal(reading.used, size);
    free(stream);
}

/* Chunks of one byte need 6 bytes: no number of them is too much. Leading zeros are not needed. */
TEST(small_chunks_are_no_overhead_and_padded_ones_are)
{
    const struct http_limits none = {
        .head_bytes = HEAD_BYTES, .headers = HEADERS, .chunked_body_bytes = SIZE_MAX};
    static const char small[] = "1\r\na\r\n", padded[] = "0000000000000001;x\r\na\r\n";
    struct http_framing framing;
    http_framing_init(&framing, &none);
    http_framing_feed(&framing, CODED, strlen(CODED));
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(http_framing_feed(&framing, small, sizeof small - 1), sizeof small - 1);
    size_t chunks = 0;
    while (framing.violation == HTTP_NO_VIOLATION && chunks++ < 10000)
        for (size_t at = 0; at < sizeof padded - 1 && framing.violation == HTTP_NO_VIOLATION;)
            at += http_framing_feed(&framing, padded + at, sizeof padded - 1 - at);
    assert_int_equal(framing.violation, HTTP_VIOLATES_CHUNK_OVERHEAD);
    assert_in_range(chunks, MAX_SURPLUS / 16, MAX_SURPLUS);
}

TEST_MAIN(cmocka_unit_test(each_violation_is_found_at_its_byte),
          cmocka_unit_test(each_violation_has_a_test_and_says_what_is_wrong),
          cmocka_unit_test(nothing_is_read_after_a_violation),
          cmocka_unit_test(what_keeps_to_the_rules_is_taken),
          cmocka_unit_test(a_body_may_have_any_bytes),
          cmocka_unit_test(a_partial_request_is_at_its_place),
          cmocka_unit_test(the_method_is_head_only_when_all_of_it_has_come),
          cmocka_unit_test(pipelined_requests_end_where_they_end),
          cmocka_unit_test(a_violation_in_a_later_request_leaves_the_earlier_ones),
          cmocka_unit_test(chunk_extensions_trailers_and_cookies_can_be_removed),
          cmocka_unit_test(a_query_may_have_so_many_parameters),
          cmocka_unit_test(a_head_may_have_so_many_bytes),
          cmocka_unit_test(a_target_may_have_what_the_head_may_have),
          cmocka_unit_test(trailers_have_the_limits_of_a_head),
          cmocka_unit_test(a_head_may_have_so_many_headers),
          cmocka_unit_test(chunks_may_have_so_many_bytes),
          cmocka_unit_test(a_limit_that_is_lowered_below_what_has_come_is_kept_to),
          cmocka_unit_test(a_content_length_may_have_63_bits),
          cmocka_unit_test(a_chunk_may_have_64_bits),
          cmocka_unit_test(an_extension_may_have_so_many_bytes),
          cmocka_unit_test(small_chunks_are_no_overhead_and_padded_ones_are))
