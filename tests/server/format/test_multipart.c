#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/format/multipart.h"
#include "server/format/text.h"

#include "tests/test.h"

#define DISPOSITION "Content-Disposition: form-data; name=\"image\"\r\n"
#define MAX_PARTS   MULTIPART_MAX_PARTS

/* Reads all parts of a copy of the exact size. parts[].bytes are not valid afterwards. */
static enum digit_status read_form(const char *boundary, const char *text, size_t size,
                                   struct multipart_part parts[MAX_PARTS], size_t *count,
                                   struct digit_error *error)
{
    uint8_t *body = malloc(size > 0 ? size : 1);
    memcpy(body, text, size);
    struct multipart multipart;
    enum digit_status status = multipart_init(&multipart, boundary, body, size, error);
    bool found = true;
    *count = 0;
    while (status == DIGIT_OK && found) {
        struct multipart_part part;
        status = multipart_next(&multipart, &part, &found, error);
        if (status == DIGIT_OK && found)
            parts[(*count)++] = part;
    }
    free(body);
    return status;
}

TEST(multipart_next_reads_what_curl_sends)
{
    const char body[] = "--------------------------d74496d66958873e\r\n"
                        "Content-Disposition: form-data; name=\"image\"; filename=\"seven.png\"\r\n"
                        "Content-Type: image/png\r\n"
                        "\r\n"
                        "\x89PNG\r\n\x1a\n\0--not it\r\n--\r\n"
                        "\r\n--------------------------d74496d66958873e--\r\n";
    const char contents[] = "\x89PNG\r\n\x1a\n\0--not it\r\n--\r\n";
    struct multipart multipart;
    struct multipart_part part;
    struct digit_error error;
    bool found;
    assert_int_equal(multipart_init(&multipart, "------------------------d74496d66958873e",
                                    (const uint8_t *)body, sizeof body - 1, &error),
                     DIGIT_OK);
    assert_int_equal(multipart_next(&multipart, &part, &found, &error), DIGIT_OK);
    assert_true(found);
    assert_string_equal(part.name, "image");
    assert_true(part.has_filename);
    assert_string_equal(part.type, "image/png");
    assert_int_equal(part.size, sizeof contents - 1);
    assert_memory_equal(part.bytes, contents, part.size);
    assert_int_equal(multipart_next(&multipart, &part, &found, &error), DIGIT_OK);
    assert_false(found);
}

TEST(multipart_next_reads_several_parts)
{
    const char *body = "--b \t\r\n"
                       "content-disposition:form-data;name=a\r\n\r\n"
                       "\r\n--b\r\n"
                       "X-Other: \r\nContent-Transfer-Encoding: 8BIT\r\n"
                       "Content-Type: Application/Octet-Stream; x=y\r\n"
                       "Content-Disposition: form-data; name=\"b c\"; filename*=UTF-8''x\r\n\r\n"
                       "\r\n\r\n--b--";
    struct multipart_part parts[MAX_PARTS];
    struct digit_error error;
    size_t count;
    assert_int_equal(read_form("b", body, strlen(body), parts, &count, &error), DIGIT_OK);
    assert_int_equal(count, 2);
    assert_string_equal(parts[0].name, "a");
    assert_false(parts[0].has_filename);
    assert_string_equal(parts[0].type, "");
    assert_int_equal(parts[0].size, 0);
    assert_string_equal(parts[1].name, "b c");
    assert_true(parts[1].has_filename);
    assert_string_equal(parts[1].type, "application/octet-stream");
    assert_int_equal(parts[1].size, 2);
}

TEST(multipart_init_holds_boundaries_to_rfc_2046)
{
    char boundary[MULTIPART_MAX_BOUNDARY_BYTES + 2], body[256];
    static const char *const refused[] = {"", "a ", "a\"b", "a\r\nb", "a@b", "\x7f", "\xc3\xa9"};
    struct multipart multipart;
    struct digit_error error;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(multipart_init(&multipart, refused[i], (const uint8_t *)"--", 2, &error),
                         DIGIT_MALFORMED);
    memset(boundary, 'x', sizeof boundary);
    boundary[MULTIPART_MAX_BOUNDARY_BYTES] = '\0';
    int size = snprintf(body, sizeof body, "--%s\r\n", boundary);
    assert_int_equal(
        multipart_init(&multipart, boundary, (const uint8_t *)body, (size_t)size, &error),
        DIGIT_OK);
    boundary[MULTIPART_MAX_BOUNDARY_BYTES] = 'x';
    boundary[MULTIPART_MAX_BOUNDARY_BYTES + 1] = '\0';
    size = snprintf(body, sizeof body, "--%s\r\n", boundary);
    assert_int_equal(
        multipart_init(&multipart, boundary, (const uint8_t *)body, (size_t)size, &error),
        DIGIT_MALFORMED);
}

TEST(multipart_refuses_what_breaks_the_format)
{
    static const struct {
        const char *body;
        const char *words; /* of the message */
    } refused[] = {
        {"", "does not begin with the boundary"},
        {"--", "does not begin with the boundary"},
        {"--c\r\n", "does not begin with the boundary"},
        {"preamble\r\n--b\r\n", "does not begin with the boundary"},
        {"--b", "a boundary is not followed by CRLF"},
        {"--b\n", "a boundary is not followed by CRLF"},
        {"--bx\r\n", "a boundary is not followed by CRLF"},
        {"--b\r\n", "the body ends in the headers of a part"},
        {"--b\r\n" DISPOSITION, "the body ends in the headers of a part"},
        {"--b\r\n" DISPOSITION "\n", "the body ends in the headers of a part"},
        {"--b\r\n" DISPOSITION "\r\n", "before the boundary that closes the part"},
        {"--b\r\n" DISPOSITION "\r\nx", "before the boundary that closes the part"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--", "before the boundary that closes the part"},
        {"--b\r\n" DISPOSITION "\r\nx\n--b--", "before the boundary that closes the part"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--b", "a boundary is not followed by CRLF"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--b-", "a boundary is not followed by CRLF"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--bc", "a boundary is not followed by CRLF"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--b--x", "a boundary is not followed by CRLF"},
        {"--b\r\n" DISPOSITION "\r\nx\r\n--b--\r\nx", "bytes after the closing boundary"},
        {"--b\r\n\r\nx\r\n--b--", "no Content-Disposition"},
        {"--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--", "no Content-Disposition"},
        {"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", "not form-data"},
        {"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "no name of 1 to 63 bytes"},
        {"--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--b--", "no name"},
        {"--b\r\nContent-Disposition: form-data; name=a; filename=\"x\r\n\r\nx\r\n--b--",
         "no name"},
        {"--b\r\n" DISPOSITION DISPOSITION "\r\nx\r\n--b--", "two Content-Disposition"},
        {"--b\r\nno colon\r\n\r\nx\r\n--b--", "not 'Name: value'"},
        {"--b\r\n: x\r\n\r\nx\r\n--b--", "not 'Name: value'"},
        {"--b\r\n" DISPOSITION " folded: x\r\n\r\nx\r\n--b--", "not 'Name: value'"},
        {"--b\r\nContent-Type : a\r\n\r\nx\r\n--b--", "not 'Name: value'"},
        {"--b\r\nX: a\nb\r\n\r\nx\r\n--b--", "a NUL or a bare line feed"},
        {"--b\r\n" DISPOSITION "Content-Type:\r\n\r\nx\r\n--b--",
         "Content-Type of a part is malformed"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct multipart_part parts[MAX_PARTS];
        struct digit_error error;
        size_t count;
        if (read_form("b", refused[i].body, strlen(refused[i].body), parts, &count, &error) !=
            DIGIT_MALFORMED)
            fail_msg("taken: %s", refused[i].body);
        if (strstr(error.message, refused[i].words) == NULL)
            fail_msg("%s: %s", refused[i].body, error.message);
    }
}

TEST(multipart_refuses_a_transfer_encoding_that_changes_bytes)
{
    const char *body = "--b\r\n" DISPOSITION "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--b--";
    struct multipart_part parts[MAX_PARTS];
    struct digit_error error;
    size_t count;
    assert_int_equal(read_form("b", body, strlen(body), parts, &count, &error), DIGIT_UNSUPPORTED);
}

static enum digit_status read_repeated(const char *before, const char *repeated, size_t times,
                                       const char *after, size_t *count)
{
    struct multipart_part parts[MAX_PARTS];
    struct digit_error error;
    struct text text;
    text_init(&text, 1 << 20);
    text_append(&text, before);
    for (size_t i = 0; i < times; i++)
        text_append(&text, repeated);
    text_append(&text, after);
    enum digit_status status = read_form("b", text_chars(&text), text.size, parts, count, &error);
    text_release(&text);
    return status;
}

TEST(multipart_limits_parts_headers_and_lines)
{
    const char *part = "--b\r\n" DISPOSITION "\r\nx\r\n";
    const char *end = "\r\n\r\nx\r\n--b--";
    size_t count;
    assert_int_equal(read_repeated("", part, MULTIPART_MAX_PARTS, "--b--", &count), DIGIT_OK);
    assert_int_equal(count, MULTIPART_MAX_PARTS);
    assert_int_equal(read_repeated("", part, MULTIPART_MAX_PARTS + 1, "--b--", &count),
                     DIGIT_LIMIT);

    const char *begin = "--b\r\n" DISPOSITION;
    assert_int_equal(read_repeated(begin, "X: y\r\n", MULTIPART_MAX_HEADERS - 1, end + 2, &count),
                     DIGIT_OK);
    assert_int_equal(read_repeated(begin, "X: y\r\n", MULTIPART_MAX_HEADERS, end + 2, &count),
                     DIGIT_LIMIT);

    const char *line = "--b\r\n" DISPOSITION "X:";
    assert_int_equal(read_repeated(line, "y", MULTIPART_MAX_LINE_BYTES - 2, end, &count), DIGIT_OK);
    assert_int_equal(read_repeated(line, "y", MULTIPART_MAX_LINE_BYTES - 1, end, &count),
                     DIGIT_LIMIT);
}

TEST_MAIN(cmocka_unit_test(multipart_next_reads_what_curl_sends),
          cmocka_unit_test(multipart_next_reads_several_parts),
          cmocka_unit_test(multipart_init_holds_boundaries_to_rfc_2046),
          cmocka_unit_test(multipart_refuses_what_breaks_the_format),
          cmocka_unit_test(multipart_refuses_a_transfer_encoding_that_changes_bytes),
          cmocka_unit_test(multipart_limits_parts_headers_and_lines))
