#include "server/routes.h"

#include <stdio.h>

#include "tests/test.h"

/* The route of the table whose handler is to answer; NULL if `reply` holds the answer. */
static const struct route *match_in(const struct route *routes, struct reply *reply,
                                    enum http_method method, const char *path)
{
    struct request request = {.method = method};
    const struct route *route = router_find(routes, path);
    snprintf(request.path, sizeof request.path, "%s", path);
    reply_init(reply, "id-1");
    return router_accepts(reply, route, &request) ? route : NULL;
}

static const struct route *match(struct reply *reply, enum http_method method, const char *path)
{
    return match_in(server_routes, reply, method, path);
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

TEST(options_of_the_server_is_answered_with_all_methods)
{
    assert_refused(HTTP_OPTIONS, "*", 204, "GET, HEAD, POST, OPTIONS");
    assert_refused(HTTP_OPTIONS, "/", 204, "GET, HEAD, POST, OPTIONS");
}

/* Which of the tables has a route for the path, with the method that it takes. */
static void assert_routes(const char *path, enum http_method method, bool only, bool public,
                          bool admin)
{
    struct reply reply = {0};
    assert_int_equal(match_in(server_routes, &reply, method, path) != NULL, only);
    assert_int_equal(match_in(public_routes, &reply, method, path) != NULL, public);
    assert_int_equal(match_in(admin_routes, &reply, method, path) != NULL, admin);
    reply_release(&reply);
}

TEST(with_two_listeners_each_has_its_own_paths)
{
    assert_routes("/predict", HTTP_POST, true, true, false);
    assert_routes("/openapi.yaml", HTTP_GET, true, true, false);
    assert_routes("/livez", HTTP_GET, true, true, true);
    assert_routes("/readyz", HTTP_GET, true, true, true);
    assert_routes("/health", HTTP_GET, true, false, true);
    assert_routes("/metrics", HTTP_GET, true, false, true);
    assert_routes("/admin/reload", HTTP_POST, false, false, true);
}

TEST_MAIN(cmocka_unit_test(each_path_has_its_route), cmocka_unit_test(other_paths_are_refused),
          cmocka_unit_test(other_methods_are_refused_with_those_that_the_path_takes),
          cmocka_unit_test(options_is_answered_with_the_methods_of_the_path),
          cmocka_unit_test(options_of_the_server_is_answered_with_all_methods),
          cmocka_unit_test(with_two_listeners_each_has_its_own_paths))
