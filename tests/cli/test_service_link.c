#include "cli/service_link.h"

#include <string.h>

#include "tests/test.h"

static bool is_link(const char *name, const char *value)
{
    return is_service_link(name, strlen(name), strlen("DIGITD_"), value);
}

TEST(variables_of_a_service_are_links)
{
    static const char *const names[] = {
        "DIGITD_SERVICE_HOST",        "DIGITD_SERVICE_PORT",
        "DIGITD_SERVICE_PORT_HTTP",   "DIGITD_SERVICE_PORT_HTTP_2",
        "DIGITD_PORT_80_TCP",         "DIGITD_PORT_8080_TCP_ADDR",
        "DIGITD_PORT_8080_TCP_PORT",  "DIGITD_PORT_8080_TCP_PROTO",
        "DIGITD_PORT_1_UDP",          "DIGITD_PORT_65535_SCTP_PROTO",
        "DIGITD_CANARY_SERVICE_HOST", "DIGITD_CANARY_2_SERVICE_PORT_HTTP",
        "DIGITD_CANARY_PORT_80_TCP",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!is_link(names[i], "10.0.0.1"))
            fail_msg("%s", names[i]);
}

TEST(port_is_a_link_with_an_address_as_its_value)
{
    assert_true(is_link("DIGITD_PORT", "tcp://10.0.0.1:80"));
    assert_true(is_link("DIGITD_PORT", "udp://[fd00::1]:80"));
    assert_true(is_link("DIGITD_CANARY_PORT", "sctp://10.0.0.1:80"));
    assert_false(is_link("DIGITD_PORT", "8080"));
    assert_false(is_link("DIGITD_PORT", ""));
    assert_false(is_link("DIGITD_PORT", "http://10.0.0.1:80"));
    assert_false(is_link("DIGITD_PORT", "tcp:10.0.0.1:80"));
    assert_false(is_link("DIGITD_PORT", " tcp://10.0.0.1:80"));
}

TEST(other_variables_are_none)
{
    static const char *const names[] = {
        "DIGITD_",
        "DIGITD_LISTN",
        "DIGITD_SERVICE",
        "DIGITD_SERVICE_",
        "DIGITD_SERVICE_HOSTS",
        "DIGITD_SERVICE_HOST_",
        "DIGITD_SERVICE_HOST_HTTP",
        "DIGITD_SERVICE_PORT_",
        "DIGITD_SERVICE_PORTS",
        "DIGITD_service_host",
        "DIGITD_SERVICE_PORT_http",
        "DIGITD_MYSERVICE_HOST",
        "DIGITD_PORTS",
        "DIGITD_PORT_",
        "DIGITD_PORT_80",
        "DIGITD_PORT_80_",
        "DIGITD_PORT_TCP",
        "DIGITD_PORT__TCP",
        "DIGITD_PORT_8a_TCP",
        "DIGITD_PORT_80_HTTP",
        "DIGITD_PORT_80TCP",
        "DIGITD_PORT_80_TCP_",
        "DIGITD_PORT_80_TCPX",
        "DIGITD_PORT_80_TCP_ADDRESS",
        "DIGITD_PORT_80_TCP_ADDR_",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_link(names[i], "tcp://10.0.0.1:80"))
            fail_msg("%s", names[i]);
}

TEST(name_ends_where_its_size_says)
{
    static const char entry[] = "DIGITD_SERVICE_HOST=DIGITD";
    assert_true(is_service_link(entry, strcspn(entry, "="), 7, strchr(entry, '=') + 1));
    char name[300] = "DIGITD_";
    memset(name + 7, 'A', sizeof name - 7);
    memcpy(name + 300 - sizeof "_SERVICE_HOST", "_SERVICE_HOST", sizeof "_SERVICE_HOST");
    assert_false(is_link(name, ""));
    memcpy(name + 255 - strlen("_SERVICE_HOST"), "_SERVICE_HOST", sizeof "_SERVICE_HOST");
    assert_true(is_link(name, ""));
}

TEST_MAIN(cmocka_unit_test(variables_of_a_service_are_links),
          cmocka_unit_test(port_is_a_link_with_an_address_as_its_value),
          cmocka_unit_test(other_variables_are_none),
          cmocka_unit_test(name_ends_where_its_size_says))
