#include "server/routes.h"

#include "tests/test.h"

/* The route whose handler is to answer; NULL if `reply` holds the answer. */
static const struct route *match(struct reply *reply, enum http_method method, const char *path)
{
    const struct request request = {.method = method, .path = path};
    const struct route *route = router_find(server_routes, path);
    reply_init(reply, "id-1");
    return router_accepts(reply, route, &request) ? route : NULL;
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

TEST(each_path_has_its_route)
{
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

TEST(other_paths_are_refused)
{
    static const char *const paths[] = {"",        "/",          "/predict/", "/Predict",
                                        "/predic", "/%70redict", "predict",   "*"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_refused(HTTP_POST, paths[i], 404, NULL);
    assert_refused(HTTP_OPTIONS, "/nowhere", 404, NULL);
}

TEST(other_methods_are_refused_with_those_that_the_path_takes)
{
    assert_refused(HTTP_GET, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_HEAD, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_PUT, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_OTHER, "/predict", 405, "POST, OPTIONS");
    assert_refused(HTTP_POST, "/health", 405, "GET, HEAD, OPTIONS");
    assert_refused(HTTP_DELETE, "/metrics", 405, "GET, HEAD, OPTIONS");
}

TEST(options_is_answered_with_the_methods_of_the_path)
{
    assert_refused(HTTP_OPTIONS, "/predict", 204, "POST, OPTIONS");
    assert_refused(HTTP_OPTIONS, "/livez", 204, "GET, HEAD, OPTIONS");
}

TEST_MAIN(cmocka_unit_test(each_path_has_its_route), cmocka_unit_test(other_paths_are_refused),
          cmocka_unit_test(other_methods_are_refused_with_those_that_the_path_takes),
          cmocka_unit_test(options_is_answered_with_the_methods_of_the_path))
