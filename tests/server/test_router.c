#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/router.h"

static const struct route *match(struct reply *reply, enum http_method method, const char *path)
{
    const struct request request = {.method = method, .path = path};
    reply_init(reply, "id-1");
    return router_match(reply, &request);
}

static void assert_refused(enum http_method method, const char *path, unsigned status,
                           const char *allow)
{
    struct reply reply = {0};
    assert_null(match(&reply, method, path));
    assert_int_equal(reply.status, status);
    assert_int_equal(reply.header_count, allow != NULL ? 1 : 0);
    if (allow != NULL) {
        assert_string_equal(reply.headers[0].name, "Allow");
        assert_string_equal(reply.headers[0].value, allow);
    }
    reply_release(&reply);
}

static void router_match_finds_each_path(void **state)
{
    (void)state;
    static const char *const paths[] = {"/health", "/livez", "/readyz", "/metrics",
                                        "/openapi.yaml"};
    struct reply reply = {0};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const struct route *route = match(&reply, HTTP_GET, paths[i]);
        assert_non_null(route);
        assert_string_equal(route->path, paths[i]);
        assert_ptr_equal(match(&reply, HTTP_HEAD, paths[i]), route);
    }
    assert_string_equal(match(&reply, HTTP_POST, "/predict")->path, "/predict");
}

static void router_match_refuses_other_paths(void **state)
{
    (void)state;
    static const char *const paths[] = {"",        "/",          "/predict/", "/Predict",
                                        "/predic", "/%70redict", "predict",   "*"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_refused(HTTP_POST, paths[i], 404, NULL);
    assert_refused(HTTP_OPTIONS, "/nowhere", 404, NULL);
}

static void router_match_refuses_other_methods_and_names_the_right_ones(void **state)
{
    (void)state;
    assert_refused(HTTP_GET, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_HEAD, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_PUT, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_OTHER, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_POST, "/health", 405, "GET, HEAD, OPTIONS");
    assert_refused(HTTP_DELETE, "/metrics", 405, "GET, HEAD, OPTIONS");
}

static void router_match_answers_options_itself(void **state)
{
    (void)state;
    assert_refused(HTTP_OPTIONS, "/predict", 204, "POST, OPTIONS");
    assert_refused(HTTP_OPTIONS, "/livez", 204, "GET, HEAD, OPTIONS");
}

static void router_match_refuses_parameters_that_a_route_does_not_take(void **state)
{
    (void)state;
    struct request request = {.method = HTTP_GET,
                              .path = "/livez",
                              .parameters = {{"verbose", NULL}},
                              .parameter_count = 1};
    struct reply reply = {0};
    reply_init(&reply, "id-1");
    assert_non_null(router_match(&reply, &request));
    request.path = "/health";
    assert_null(router_match(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "verbose"));
    request.path = "/livez";
    request.parameters[request.parameter_count++].name = "depth";
    assert_null(router_match(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "depth"));
    reply_release(&reply);
}

static void router_match_refuses_a_parameter_that_stands_twice(void **state)
{
    (void)state;
    struct request request = {.method = HTTP_POST,
                              .path = "/predict",
                              .parameters = {{"top_k", "1"}, {"preview", "1"}, {"top_k", "1"}},
                              .parameter_count = 2};
    struct reply reply = {0};
    reply_init(&reply, "id-1");
    assert_non_null(router_match(&reply, &request));
    request.parameter_count = 3;
    assert_null(router_match(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "\"top_k\\\" stands twice"));
    reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(router_match_finds_each_path),
        cmocka_unit_test(router_match_refuses_other_paths),
        cmocka_unit_test(router_match_refuses_other_methods_and_names_the_right_ones),
        cmocka_unit_test(router_match_answers_options_itself),
        cmocka_unit_test(router_match_refuses_parameters_that_a_route_does_not_take),
        cmocka_unit_test(router_match_refuses_a_parameter_that_stands_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
