#include "server/format/address.h"

#include "tests/test.h"

static void assert_address(const char *text, int family, const char *host, uint16_t port)
{
    struct address address;
    struct digit_error error;
    char actual[INET6_ADDRSTRLEN];
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
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct address address;
        assert_int_equal(address_parse(&address, refused[i], NULL), DIGIT_INVALID);
    }
}

static void assert_reachable(const char *listen, const char *host)
{
    struct address address;
    char actual[INET6_ADDRSTRLEN];
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

TEST_MAIN(cmocka_unit_test(address_parse_reads_both_families),
          cmocka_unit_test(address_parse_refuses_everything_else),
          cmocka_unit_test(address_reachable_turns_wildcards_into_loopback))
