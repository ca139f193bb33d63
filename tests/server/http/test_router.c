#include <string.h>

#include "server/http/router.h"

#include "tests/test.h"

static const char *const none[] = {NULL};
static const char *const verbose[] = {"verbose", NULL};
static const char *const several[] = {"preview", "top_k", NULL};

static const struct route routes[] = {
    {"/health", METRICS_HEALTH, 1u << HTTP_GET, "GET", none, NULL, NULL},
    {"/livez", METRICS_LIVEZ, 1u << HTTP_GET, "GET", verbose, NULL, NULL},
    {"/predict", METRICS_PREDICT, 1u << HTTP_POST, "POST", several, NULL, NULL},
    {NULL, METRICS_OTHER, 0, NULL, none, NULL, NULL},
};

static bool is_accepted(struct reply *reply, const struct request *request)
{
    return router_accepts(reply, router_find(routes, request->path), request);
}

TEST(router_find_compares_whole_paths)
{
    assert_ptr_equal(router_find(routes, "/livez"), &routes[1]);
    assert_null(router_find(routes, "/live"));
    assert_null(router_find(routes, "/livez/"));
    assert_null(router_find(routes, ""));
}

TEST(parameters_that_a_route_does_not_take_are_refused)
{
    struct request request = {.method = HTTP_GET,
                              .path = "/livez",
                              .parameters = {{"verbose", NULL}},
                              .parameter_count = 1};
    struct reply reply = {0};
    reply_init(&reply, "id-1");
    assert_true(is_accepted(&reply, &request));
    strcpy(request.path, "/health");
    assert_false(is_accepted(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "verbose"));
    strcpy(request.path, "/livez");
    request.parameters[request.parameter_count++].name = "depth";
    assert_false(is_accepted(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "depth"));
    reply_release(&reply);
}

TEST(a_parameter_that_is_given_twice_is_refused)
{
    struct request request = {.method = HTTP_POST,
                              .path = "/predict",
                              .parameters = {{"top_k", "1"}, {"preview", "1"}, {"top_k", "1"}},
                              .parameter_count = 2};
    struct reply reply = {0};
    reply_init(&reply, "id-1");
    assert_true(is_accepted(&reply, &request));
    request.parameter_count = 3;
    assert_false(is_accepted(&reply, &request));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(text_chars(&reply.body), "\"top_k\\\" is given twice"));
    reply_release(&reply);
}

TEST_MAIN(cmocka_unit_test(router_find_compares_whole_paths),
          cmocka_unit_test(parameters_that_a_route_does_not_take_are_refused),
          cmocka_unit_test(a_parameter_that_is_given_twice_is_refused))
