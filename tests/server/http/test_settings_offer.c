#include "server/http/settings_offer.h"

#include <pthread.h>
#include <stdbool.h>

#include "server/http/settings.h"
#include "tests/test.h"

#define ROUNDS 1000

static int predictors[2];

static struct predictor *predictor(size_t i)
{
    return (struct predictor *)&predictors[i];
}

TEST(an_offer_is_taken_once)
{
    static const struct settings settings;
    struct settings_slot slot = {NULL};
    struct settings_offer offer;
    assert_null(settings_slot_take(&slot));
    settings_offer_init(&offer, &settings, predictor(0));
    settings_slot_put(&slot, &offer);
    assert_ptr_equal(settings_slot_take(&slot), &offer);
    assert_null(settings_slot_take(&slot));
    assert_ptr_equal(offer.settings, &settings);
    assert_ptr_equal(offer.predictor, predictor(0));
    settings_offer_accept(&offer, predictor(1));
    assert_ptr_equal(settings_offer_wait(&offer), predictor(1));
}

TEST(a_thread_without_a_predictor_gives_none_back)
{
    struct settings_offer offer;
    settings_offer_init(&offer, NULL, NULL);
    settings_offer_accept(&offer, NULL);
    assert_null(settings_offer_wait(&offer));
}

struct taker {
    struct settings_slot slot;
    const struct settings *settings;
    struct predictor *predictor;
    size_t taken;
};

static void *take_offers(void *argument)
{
    struct taker *taker = argument;
    while (taker->taken < ROUNDS) {
        struct settings_offer *offer = settings_slot_take(&taker->slot);
        if (offer == NULL)
            continue;
        struct predictor *replaced = taker->predictor;
        taker->settings = offer->settings;
        taker->predictor = offer->predictor;
        taker->taken++;
        settings_offer_accept(offer, replaced);
    }
    return NULL;
}

/* What the thread has replaced is no longer used: it may be freed. */
TEST(offers_pass_between_threads)
{
    static struct settings settings[2];
    struct taker taker = {.predictor = predictor(1)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, take_offers, &taker), 0);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct settings_offer offer;
        settings[i % 2].model_load_s = (double)i;
        settings_offer_init(&offer, &settings[i % 2], predictor(i % 2));
        settings_slot_put(&taker.slot, &offer);
        assert_ptr_equal(settings_offer_wait(&offer), predictor((i + 1) % 2));
    }
    pthread_join(thread, NULL);
    assert_ptr_equal(taker.settings, &settings[(ROUNDS - 1) % 2]);
}

TEST_MAIN(cmocka_unit_test(an_offer_is_taken_once),
          cmocka_unit_test(a_thread_without_a_predictor_gives_none_back),
          cmocka_unit_test(offers_pass_between_threads))
