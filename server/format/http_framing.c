#include "server/format/http_framing.h"

#include <string.h>

#include "server/format/ascii.h"

/*
 * A chunk needs its size and two line ends beside its data: so many bytes are allowed for each, and
 * so many more in a whole body.
 */
#define CHUNK_NEEDS_BYTES 16
#define MAX_SURPLUS_BYTES 4096

#define MAX_LENGTH_DIGITS 20

/* libmicrohttpd 1.0 takes 2^64 - 1 for a length that is not known, and refuses it itself. */
#define MAX_CONTENT_LENGTH INT64_MAX
#define MAX_CHUNK_DIGITS   16

#define CR 13
#define LF 10

/* What the next byte belongs to. */
enum state {
    START,          /* a request line, or the empty line before it */
    EMPTY_LINE_END, /* the LF of that empty line */
    METHOD_START,   /* the first character of the method */
    METHOD,
    TARGET_START,
    TARGET,
    VERSION,
    LINE_END,     /* the LF of a line of the head; then comes next_state */
    HEADER_START, /* a header, or the empty line that ends the head or the trailers */
    NAME,
    VALUE_START, /* white space before the value */
    VALUE,
    HEAD_END,    /* the LF that ends the head */
    MESSAGE_END, /* the LF that ends the trailers */
    BODY,
    CHUNK_START, /* the first digit of the size */
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_LINE_END, /* the LF before the data */
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    STATES
};

/* Those before COOKIE decide about framing. */
enum header { HOST, CONTENT_LENGTH, TRANSFER_ENCODING, COOKIE, OTHER };

static const char *const header_names[] = {[HOST] = "host",
                                           [CONTENT_LENGTH] = "content-length",
                                           [TRANSFER_ENCODING] = "transfer-encoding",
                                           [COOKIE] = "cookie"};

static const char coding[] = "chunked";

const char *http_violation_detail(enum http_violation violation)
{
    static const char *const details[] = {[HTTP_NO_VIOLATION] = "",
#define X(name, detail) [HTTP_VIOLATES_##name] = (detail),
                                          HTTP_VIOLATIONS(X)
#undef X
    };
    return details[violation];
}

/* RFC 9110 section 5.6.2: the characters of a token. */
static const bool is_token_character[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
    ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
    ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

static unsigned char lower_case(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static bool is_white(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static bool is_control(unsigned char c)
{
    return (c < ' ' && c != '\t') || c == 0x7f;
}

static enum http_violation go(struct http_framing *framing, enum state state)
{
    framing->state = (unsigned char)state;
    framing->matched = 0;
    return HTTP_NO_VIOLATION;
}

/* The CR of a line of the head has come: `state` follows its LF. */
static enum http_violation end_line(struct http_framing *framing, enum state state)
{
    framing->next_state = (unsigned char)state;
    return go(framing, LINE_END);
}

/* Keeps the beginning of a method or a name. */
static void keep_character(struct http_framing *framing, unsigned char c)
{
    if (framing->matched < sizeof framing->name)
        framing->name[framing->matched] = (char)c;
    framing->matched++;
}

static enum http_violation begin_method(struct http_framing *framing, unsigned char c)
{
    if (!is_token_character[c])
        return HTTP_VIOLATES_REQUEST_LINE;
    go(framing, METHOD);
    keep_character(framing, c);
    return HTTP_NO_VIOLATION;
}

static enum http_violation begin_request(struct http_framing *framing, unsigned char c)
{
    return c == CR ? go(framing, EMPTY_LINE_END) : begin_method(framing, c);
}

static enum http_violation end_empty_line(struct http_framing *framing, unsigned char c)
{
    return c == LF ? go(framing, METHOD_START) : HTTP_VIOLATES_LINE_END;
}

static enum http_violation read_method(struct http_framing *framing, unsigned char c)
{
    static const char head[] = "HEAD";
    if (c == ' ') {
        framing->is_head = framing->matched == sizeof head - 1 &&
                           memcmp(framing->name, head, sizeof head - 1) == 0;
        return go(framing, TARGET_START);
    }
    if (!is_token_character[c])
        return HTTP_VIOLATES_REQUEST_LINE;
    keep_character(framing, c);
    return HTTP_NO_VIOLATION;
}

static enum http_violation read_target(struct http_framing *framing, unsigned char c)
{
    if (c == ' ')
        return framing->state == TARGET ? go(framing, VERSION) : HTTP_VIOLATES_REQUEST_LINE;
    if (c == CR || c == LF)
        return HTTP_VIOLATES_REQUEST_LINE;
    if (c < ' ' || c > '~')
        return HTTP_VIOLATES_TARGET_CHARACTER;
    framing->state = TARGET;
    if (c == '?' && framing->parameters == 0)
        framing->parameters = 1;
    else if (c == '&' && framing->parameters > 0)
        framing->parameters++;
    return framing->parameters > HTTP_PARAMETERS_MAX ? HTTP_VIOLATES_TOO_MANY_PARAMETERS
                                                     : HTTP_NO_VIOLATION;
}

static enum http_violation read_version(struct http_framing *framing, unsigned char c)
{
    static const char version[] = "HTTP/1.1";
    size_t at = framing->matched++;
    if (at == sizeof version - 1)
        return c == CR ? end_line(framing, HEADER_START) : HTTP_VIOLATES_REQUEST_LINE;
    if (at == sizeof version - 2) {
        framing->is_1_0 = c == '0';
        return c == '0' || c == '1' ? HTTP_NO_VIOLATION : HTTP_VIOLATES_VERSION;
    }
    if (c == version[at])
        return HTTP_NO_VIOLATION;
    return at < strlen("HTTP/") ? HTTP_VIOLATES_REQUEST_LINE : HTTP_VIOLATES_VERSION;
}

static enum http_violation read_line_end(struct http_framing *framing, unsigned char c)
{
    return c == LF ? go(framing, (enum state)framing->next_state) : HTTP_VIOLATES_LINE_END;
}

static enum http_violation read_name(struct http_framing *framing, unsigned char c)
{
    if (c == ':')
        return go(framing, VALUE_START);
    if (!is_token_character[c])
        return c == LF ? HTTP_VIOLATES_LINE_END : HTTP_VIOLATES_HEADER_NAME;
    keep_character(framing, lower_case(c));
    return HTTP_NO_VIOLATION;
}

static enum http_violation begin_header(struct http_framing *framing, unsigned char c)
{
    if (c == CR)
        return go(framing, framing->place == HTTP_IN_HEAD ? HEAD_END : MESSAGE_END);
    if (is_white(c))
        return HTTP_VIOLATES_CONTINUATION_LINE;
    if (!is_token_character[c])
        return c == LF ? HTTP_VIOLATES_LINE_END : HTTP_VIOLATES_HEADER_NAME;
    framing->headers++;
    if (framing->headers > framing->limits->headers)
        return HTTP_VIOLATES_TOO_MANY_HEADERS;
    go(framing, NAME);
    return read_name(framing, c);
}

static enum header find_header(const struct http_framing *framing, size_t name_bytes)
{
    for (size_t i = 0; i < OTHER && framing->place == HTTP_IN_HEAD; i++)
        if (name_bytes == strlen(header_names[i]) &&
            memcmp(framing->name, header_names[i], name_bytes) == 0)
            return (enum header)i;
    return OTHER;
}

/* The name has ended: a header that decides about framing may come once. */
static enum http_violation end_name(struct http_framing *framing, size_t name_bytes)
{
    static const enum http_violation repeated[] = {
        [HOST] = HTTP_VIOLATES_HOST_REPEATED,
        [CONTENT_LENGTH] = HTTP_VIOLATES_LENGTH_REPEATED,
        [TRANSFER_ENCODING] = HTTP_VIOLATES_CODING_REPEATED,
    };
    enum header header = find_header(framing, name_bytes);
    framing->header = (unsigned char)header;
    framing->value_ended = false;
    framing->digits = 0;
    if (header < COOKIE && (framing->seen & 1u << header) != 0)
        return repeated[header];
    framing->seen |= 1u << header;
    return HTTP_NO_VIOLATION;
}

static enum http_violation read_name_or_colon(struct http_framing *framing, unsigned char c)
{
    size_t name_bytes = framing->matched;
    enum http_violation violation = read_name(framing, c);
    return violation == HTTP_NO_VIOLATION && c == ':' ? end_name(framing, name_bytes) : violation;
}

static enum http_violation read_length_digit(struct http_framing *framing, unsigned char c)
{
    unsigned digit = (unsigned)c - '0';
    if (!ascii_is_digit(c) || ++framing->digits > MAX_LENGTH_DIGITS ||
        framing->content_length > (UINT64_MAX - digit) / 10)
        return HTTP_VIOLATES_LENGTH_VALUE;
    framing->content_length = framing->content_length * 10 + digit;
    return HTTP_NO_VIOLATION;
}

static enum http_violation read_coding(struct http_framing *framing, unsigned char c)
{
    if (framing->matched >= sizeof coding - 1 || lower_case(c) != coding[framing->matched])
        return HTTP_VIOLATES_CODING_VALUE;
    framing->matched++;
    return HTTP_NO_VIOLATION;
}

/* RFC 3986 section 3.2.2, without user information. */
static enum http_violation read_host(unsigned char c)
{
    bool allowed = is_token_character[c] || c == ':' || c == '[' || c == ']' || c == '(' ||
                   c == ')' || c == ';' || c == '=';
    return allowed ? HTTP_NO_VIOLATION : HTTP_VIOLATES_HOST_VALUE;
}

static enum http_violation read_value_character(struct http_framing *framing, unsigned char c)
{
    switch ((enum header)framing->header) {
    case HOST:
        return read_host(c);
    case CONTENT_LENGTH:
        return read_length_digit(framing, c);
    case TRANSFER_ENCODING:
        return read_coding(framing, c);
    case COOKIE:
    case OTHER:
        break;
    }
    return HTTP_NO_VIOLATION;
}

/* The violation if the value of the current header is not what it must be. */
static enum http_violation value_violation(const struct http_framing *framing)
{
    static const enum http_violation violations[] = {
        [HOST] = HTTP_VIOLATES_HOST_VALUE,
        [CONTENT_LENGTH] = HTTP_VIOLATES_LENGTH_VALUE,
        [TRANSFER_ENCODING] = HTTP_VIOLATES_CODING_VALUE,
        [COOKIE] = HTTP_NO_VIOLATION,
        [OTHER] = HTTP_NO_VIOLATION,
    };
    return violations[framing->header];
}

static enum http_violation end_value(struct http_framing *framing)
{
    bool incomplete =
        (framing->header == CONTENT_LENGTH && framing->digits == 0) ||
        (framing->header == TRANSFER_ENCODING && framing->matched < sizeof coding - 1);
    if (incomplete)
        return value_violation(framing);
    if (framing->content_length > MAX_CONTENT_LENGTH)
        return HTTP_VIOLATES_BODY_TOO_LARGE;
    return end_line(framing, HEADER_START);
}

static enum http_violation read_value(struct http_framing *framing, unsigned char c)
{
    if (c == CR)
        return end_value(framing);
    if (c == LF)
        return HTTP_VIOLATES_LINE_END;
    if (is_control(c))
        return HTTP_VIOLATES_CONTROL_CHARACTER;
    if (is_white(c)) {
        framing->value_ended = framing->state == VALUE;
        return HTTP_NO_VIOLATION;
    }
    if (framing->value_ended)
        return value_violation(framing);
    framing->state = VALUE;
    return read_value_character(framing, c);
}

static enum http_violation check_head(const struct http_framing *framing)
{
    bool has_length = (framing->seen & 1u << CONTENT_LENGTH) != 0;
    bool has_coding = (framing->seen & 1u << TRANSFER_ENCODING) != 0;
    if ((framing->seen & 1u << HOST) == 0 && !framing->is_1_0)
        return HTTP_VIOLATES_HOST_MISSING;
    if (has_coding && has_length)
        return HTTP_VIOLATES_CODING_AND_LENGTH;
    if (has_coding && framing->is_1_0)
        return HTTP_VIOLATES_CODING_IN_1_0;
    return HTTP_NO_VIOLATION;
}

static enum http_violation end_head(struct http_framing *framing, unsigned char c)
{
    enum http_violation violation = c == LF ? check_head(framing) : HTTP_VIOLATES_LINE_END;
    if (violation != HTTP_NO_VIOLATION)
        return violation;
    framing->has_chunks = (framing->seen & 1u << TRANSFER_ENCODING) != 0;
    framing->left_bytes = framing->content_length;
    framing->place =
        framing->has_chunks || framing->content_length > 0 ? HTTP_IN_BODY : HTTP_AT_END;
    return go(framing, framing->has_chunks ? CHUNK_START : BODY);
}

static enum http_violation end_message(struct http_framing *framing, unsigned char c)
{
    if (c != LF)
        return HTTP_VIOLATES_LINE_END;
    framing->place = HTTP_AT_END;
    return HTTP_NO_VIOLATION;
}

static enum http_violation end_chunk_line(struct http_framing *framing, unsigned char c)
{
    if (c != LF)
        return HTTP_VIOLATES_CHUNK;
    framing->surplus_bytes -=
        framing->surplus_bytes < CHUNK_NEEDS_BYTES ? framing->surplus_bytes : CHUNK_NEEDS_BYTES;
    if (framing->left_bytes > 0)
        return go(framing, CHUNK_DATA);
    framing->size_bytes = 0;
    framing->headers = 0;
    return go(framing, HEADER_START);
}

static enum http_violation read_chunk_digit(struct http_framing *framing, unsigned char c)
{
    int digit = ascii_hex_value(c);
    if (digit < 0 || ++framing->digits > MAX_CHUNK_DIGITS || framing->left_bytes > UINT64_MAX >> 4)
        return HTTP_VIOLATES_CHUNK;
    framing->left_bytes = framing->left_bytes << 4 | (unsigned)digit;
    return HTTP_NO_VIOLATION;
}

static enum http_violation begin_chunk(struct http_framing *framing, unsigned char c)
{
    framing->left_bytes = 0;
    framing->digits = 0;
    go(framing, CHUNK_SIZE);
    return read_chunk_digit(framing, c);
}

static enum http_violation end_chunk_size(struct http_framing *framing, enum state state)
{
    /* The limit may have been lowered since the last chunk. */
    size_t limit = framing->limits->chunked_body_bytes;
    if (framing->body_bytes > limit || framing->left_bytes > limit - framing->body_bytes)
        return HTTP_VIOLATES_BODY_TOO_LARGE;
    return go(framing, state);
}

static enum http_violation read_chunk_size(struct http_framing *framing, unsigned char c)
{
    if (c == CR)
        return end_chunk_size(framing, CHUNK_LINE_END);
    if (c == ';')
        return end_chunk_size(framing, CHUNK_EXTENSION);
    return read_chunk_digit(framing, c);
}

static enum http_violation read_chunk_extension(struct http_framing *framing, unsigned char c)
{
    if (c == CR)
        return go(framing, CHUNK_LINE_END);
    return is_control(c) ? HTTP_VIOLATES_CHUNK : HTTP_NO_VIOLATION;
}

static enum http_violation end_chunk_data(struct http_framing *framing, unsigned char c)
{
    if (framing->state == CHUNK_DATA_CR)
        return c == CR ? go(framing, CHUNK_DATA_LF) : HTTP_VIOLATES_CHUNK;
    return c == LF ? go(framing, CHUNK_START) : HTTP_VIOLATES_CHUNK;
}

/* BODY and CHUNK_DATA are not here: http_framing_feed skips their bytes. */
static enum http_violation (*const readers[STATES])(struct http_framing *framing,
                                                    unsigned char c) = {
    [START] = begin_request,
    [EMPTY_LINE_END] = end_empty_line,
    [METHOD_START] = begin_method,
    [METHOD] = read_method,
    [TARGET_START] = read_target,
    [TARGET] = read_target,
    [VERSION] = read_version,
    [LINE_END] = read_line_end,
    [HEADER_START] = begin_header,
    [NAME] = read_name_or_colon,
    [VALUE_START] = read_value,
    [VALUE] = read_value,
    [HEAD_END] = end_head,
    [MESSAGE_END] = end_message,
    [CHUNK_START] = begin_chunk,
    [CHUNK_SIZE] = read_chunk_size,
    [CHUNK_EXTENSION] = read_chunk_extension,
    [CHUNK_LINE_END] = end_chunk_line,
    [CHUNK_DATA_CR] = end_chunk_data,
    [CHUNK_DATA_LF] = end_chunk_data,
};

static bool is_of_head(enum state state)
{
    return state < BODY;
}

/* Counts one byte that is not data of a body. */
static enum http_violation count_byte(struct http_framing *framing)
{
    if (!is_of_head((enum state)framing->state)) {
        framing->surplus_bytes++;
        return framing->surplus_bytes > MAX_SURPLUS_BYTES ? HTTP_VIOLATES_CHUNK_OVERHEAD
                                                          : HTTP_NO_VIOLATION;
    }
    framing->size_bytes++;
    if (framing->size_bytes <= framing->limits->head_bytes)
        return HTTP_NO_VIOLATION;
    return framing->state <= VERSION ? HTTP_VIOLATES_TARGET_TOO_LONG : HTTP_VIOLATES_HEAD_TOO_LARGE;
}

static size_t skip_data(struct http_framing *framing, size_t size)
{
    size_t skipped = size < framing->left_bytes ? size : (size_t)framing->left_bytes;
    framing->left_bytes -= skipped;
    framing->body_bytes += skipped;
    if (framing->left_bytes > 0)
        return skipped;
    if (framing->state == CHUNK_DATA)
        go(framing, CHUNK_DATA_CR);
    else
        framing->place = HTTP_AT_END;
    return skipped;
}

static void begin_message(struct http_framing *framing)
{
    http_framing_init(framing, framing->limits);
    framing->place = HTTP_IN_HEAD;
}

void http_framing_init(struct http_framing *framing, const struct http_limits *limits)
{
    *framing = (struct http_framing){.limits = limits, .place = HTTP_AT_START, .state = START};
}

/* The number of bytes at the beginning of bytes [size] that are visible ASCII and not ? or &. */
static size_t visible_run(const unsigned char *bytes, size_t size)
{
    size_t run = 0;
    while (run < size && bytes[run] > ' ' && bytes[run] <= '~' && bytes[run] != '?' &&
           bytes[run] != '&')
        run++;
    return run;
}

/* Keeps the characters of a method or a name at the beginning of bytes [size]. */
static size_t token_run(struct http_framing *framing, const unsigned char *bytes, size_t size)
{
    bool is_name = framing->state == NAME;
    size_t run = 0;
    for (; run < size && is_token_character[bytes[run]]; run++)
        keep_character(framing, is_name ? lower_case(bytes[run]) : bytes[run]);
    return run;
}

static size_t host_run(const unsigned char *bytes, size_t size)
{
    size_t run = 0;
    while (run < size && read_host(bytes[run]) == HTTP_NO_VIOLATION)
        run++;
    return run;
}

/* The end of nearly every request line. */
static size_t version_run(struct http_framing *framing, const unsigned char *bytes, size_t size)
{
    static const char usual[] = "HTTP/1.1\r\n";
    if (framing->matched > 0 || size < sizeof usual - 1 ||
        memcmp(bytes, usual, sizeof usual - 1) != 0)
        return 0;
    go(framing, HEADER_START);
    return sizeof usual - 1;
}

/* The bytes at the beginning of bytes [size] that can be read at once. */
static size_t find_run(struct http_framing *framing, const unsigned char *bytes, size_t size)
{
    switch ((enum state)framing->state) {
    case METHOD:
    case NAME:
        return token_run(framing, bytes, size);
    case TARGET:
        return visible_run(bytes, size);
    case VERSION:
        return version_run(framing, bytes, size);
    case VALUE:
        return framing->value_ended       ? 0
               : framing->header == OTHER ? visible_run(bytes, size)
               : framing->header == HOST  ? host_run(bytes, size)
                                          : 0;
    default:
        return 0;
    }
}

/*
 * Reads what need not be read byte by byte, which is most of a head; returns the number of bytes.
 */
static size_t read_run(struct http_framing *framing, const unsigned char *bytes, size_t size)
{
    size_t room = framing->limits->head_bytes - framing->size_bytes;
    size_t run = find_run(framing, bytes, size < room ? size : room);
    framing->size_bytes += run;
    return run;
}

/* Whether the byte that comes next means nothing to this server. */
static bool is_ignored(const struct http_framing *framing, unsigned char c)
{
    bool in_trailers = framing->place == HTTP_IN_BODY;
    switch ((enum state)framing->state) {
    case CHUNK_SIZE:
        return c == ';';
    case CHUNK_EXTENSION:
        return c != CR;
    case HEADER_START:
        return in_trailers && c != CR;
    case NAME:
    case LINE_END:
        return in_trailers;
    case VALUE_START:
    case VALUE:
        return in_trailers || (framing->header == COOKIE && c != CR);
    default:
        return false;
    }
}

/* Reads a byte that is not data of a body. */
static void read_byte(struct http_framing *framing, unsigned char c)
{
    framing->violation = count_byte(framing);
    if (framing->violation == HTTP_NO_VIOLATION)
        framing->violation = readers[framing->state](framing, c);
}

size_t http_framing_feed(struct http_framing *framing, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    size_t used = 0;
    if (size > 0 && (framing->place == HTTP_AT_START || framing->place == HTTP_AT_END))
        begin_message(framing);
    framing->ignored_bytes = 0;
    while (used < size && framing->violation == HTTP_NO_VIOLATION &&
           framing->place != HTTP_AT_END) {
        if (framing->state == BODY || framing->state == CHUNK_DATA) {
            used += skip_data(framing, size - used);
            continue;
        }
        size_t run = framing->place == HTTP_IN_HEAD && framing->ignored_bytes == 0
                         ? read_run(framing, next + used, size - used)
                         : 0;
        used += run;
        if (run > 0)
            continue;
        bool ignored = is_ignored(framing, next[used]);
        if (framing->ignored_bytes > 0 && !ignored)
            break;
        read_byte(framing, next[used]);
        used += framing->violation == HTTP_NO_VIOLATION;
        framing->ignored_bytes += ignored && framing->violation == HTTP_NO_VIOLATION;
    }
    return used;
}
