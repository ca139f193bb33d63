#include "server/format/address.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

static void assert_address(const char *text, int family, const char *host, uint16_t port)
{
    struct address address;
    struct digit_error error;
    char actual[ADDRESS_TEXT_BYTES];
    assert_int_equal(address_parse(&address, text, &error), DIGIT_OK);
    address_host(actual, &address);
    assert_int_equal(address.socket.ss_family, family);
    assert_string_equal(actual, host);
    assert_int_equal(address_port(&address), port);
}

TEST(address_parse_reads_both_families)
{
    assert_address("127.0.0.1:8080", AF_INET, "127.0.0.1", 8080);
    assert_address("0.0.0.0:0", AF_INET, "0.0.0.0", 0);
    assert_address("255.255.255.255:65535", AF_INET, "255.255.255.255", 65535);
    assert_address("[::1]:8080", AF_INET6, "::1", 8080);
    assert_address("[::]:1", AF_INET6, "::", 1);
    assert_address("[2001:db8:1111:2222:3333:4444:255.255.255.255]:65535", AF_INET6,
                   "2001:db8:1111:2222:3333:4444:ffff:ffff", 65535);
}

TEST(address_parse_refuses_everything_else)
{
    static const char *const refused[] = {
        "",
        ":",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+1",
        "127.0.0.1: 1",
        "127.0.0.1:080",
        "127.0.0.1:1x",
        "127.0.0.1:99999999999",
        "localhost:8080",
        "127.0.0.256:1",
        "127.0.0:1",
        "::1:8080",
        "[::1]",
        "[::1]8080",
        "[::1:8080",
        "[127.0.0.1]:80",
        "[::1%lo]:80",
        "[fe80::12345]:80",
        "[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]:80",
        "unix:",
        "unix:digitd.sock",
        "unix:./digitd.sock",
        "UNIX:/run/digitd.sock",
        "unix",
        "/run/digitd.sock",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct address address;
        assert_int_equal(address_parse(&address, refused[i], NULL), DIGIT_INVALID);
    }
}

static void assert_reachable(const char *listen, const char *host)
{
    struct address address;
    char actual[ADDRESS_TEXT_BYTES];
    assert_int_equal(address_parse(&address, listen, NULL), DIGIT_OK);
    address = address_reachable(&address);
    address_host(actual, &address);
    assert_string_equal(actual, host);
    assert_int_equal(address_port(&address), 99);
}

TEST(address_reachable_turns_wildcards_into_loopback)
{
    assert_reachable("0.0.0.0:99", "127.0.0.1");
    assert_reachable("[::]:99", "::1");
    assert_reachable("192.0.2.1:99", "192.0.2.1");
    assert_reachable("[2001:db8::1]:99", "2001:db8::1");
}

TEST(address_parse_reads_paths_of_unix_sockets)
{
    struct address address;
    assert_address("unix:/run/digitd/admin.sock", AF_UNIX, "/run/digitd/admin.sock", 0);
    assert_address("unix:/a:80", AF_UNIX, "/a:80", 0);
    assert_int_equal(address_parse(&address, "unix:/s", NULL), DIGIT_OK);
    assert_string_equal(address_path(&address), "/s");
    assert_int_equal(address.size_bytes, sizeof(struct sockaddr_un));
    address = address_reachable(&address);
    assert_string_equal(address_path(&address), "/s");
}

/* A path of `size` bytes; ADDRESS_TEXT_BYTES is enough for the longest. */
static void make_path(char out[2 * ADDRESS_TEXT_BYTES], size_t size)
{
    size_t prefix = (size_t)snprintf(out, 2 * ADDRESS_TEXT_BYTES, "unix:/");
    memset(out + prefix, 'p', size - 1);
    out[prefix + size - 1] = '\0';
}

TEST(the_longest_path_of_a_unix_socket_has_room)
{
    size_t longest = sizeof((struct sockaddr_un *)0)->sun_path - 1;
    char text[2 * ADDRESS_TEXT_BYTES];
    struct address address;
    struct digit_error error;
    make_path(text, longest);
    assert_true(strlen(text) < ADDRESS_TEXT_BYTES);
    assert_address(text, AF_UNIX, text + strlen("unix:"), 0);
    make_path(text, longest + 1);
    assert_int_equal(address_parse(&address, text, &error), DIGIT_INVALID);
    assert_string_equal(error.message,
                        "must have an absolute path of at most 107 bytes after unix:");
}

TEST_MAIN(cmocka_unit_test(address_parse_reads_paths_of_unix_sockets),
          cmocka_unit_test(the_longest_path_of_a_unix_socket_has_room),
          cmocka_unit_test(address_parse_reads_both_families),
          cmocka_unit_test(address_parse_refuses_everything_else),
          cmocka_unit_test(address_reachable_turns_wildcards_into_loopback))
