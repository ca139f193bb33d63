#include "server/endpoints/reload.h"

#include <stdio.h>
#include <string.h>

#include <digit/model.h>

#include "server/http/service.h"
#include "server/http/worker.h"
#include "tests/support/model.h"
#include "tests/test.h"

/* What a reload of the server does: it changes the worker's settings, or fails. */
struct reloading {
    struct worker *worker;
    const struct settings *after; /* NULL: the reload fails */
    size_t count;
};

static enum digit_status reload(void *cls, struct digit_error *error)
{
    struct reloading *reloading = cls;
    reloading->count++;
    if (reloading->after == NULL)
        return digit_fail(error, DIGIT_INVALID, "workers has changed, which takes a restart");
    worker_use_settings(reloading->worker, reloading->after, NULL);
    return DIGIT_OK;
}

static void ask(struct reply *reply, const struct settings *after)
{
    static const struct settings before; /* without a model: it must not be used any more */
    struct worker worker = {.settings = &before};
    struct reloading reloading = {.worker = &worker, .after = after};
    struct service service = {.reload = reload, .reload_cls = &reloading};
    const struct request request = {
        .method = HTTP_POST, .worker = &worker, .settings = &before, .service = &service};
    reply_init(reply, "id-1");
    endpoint_reload(reply, &request);
    assert_int_equal(reloading.count, 1);
}

TEST(the_answer_names_the_model_that_is_in_force_now)
{
    struct settings after = {.model = make_model(TINY_JSON)};
    const struct digit_model_info *info = digit_model_info(after.model);
    struct reply reply = {0};
    char expected[400];
    ask(&reply, &after);
    snprintf(expected, sizeof expected, "{\"model\":{\"name\":\"%s\",\"version\":\"%s\"}}\n",
             info->name, info->version);
    assert_int_equal(reply.status, 200);
    assert_string_equal(text_chars(&reply.body), expected);
    reply_release(&reply);
    digit_model_destroy(after.model);
}

TEST(a_failure_is_a_problem_with_its_reason)
{
    struct reply reply = {0};
    ask(&reply, NULL);
    assert_int_equal(reply.status, 500);
    assert_int_equal(reply.problem, PROBLEM_RELOAD_FAILED);
    assert_non_null(strstr(text_chars(&reply.body),
                           "\"detail\":\"workers has changed, which takes a restart\""));
    reply_release(&reply);
}

TEST_MAIN(cmocka_unit_test(the_answer_names_the_model_that_is_in_force_now),
          cmocka_unit_test(a_failure_is_a_problem_with_its_reason))
