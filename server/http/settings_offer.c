#include "server/http/settings_offer.h"

#include <errno.h>
#include <stddef.h>

void settings_offer_init(struct settings_offer *out, const struct settings *settings,
                         struct predictor *predictor)
{
    out->settings = settings;
    out->predictor = predictor;
    out->replaced = NULL;
    sem_init(&out->accepted, 0, 0);
}

void settings_slot_put(struct settings_slot *slot, struct settings_offer *offer)
{
    atomic_store(&slot->offer, offer);
}

struct settings_offer *settings_slot_take(struct settings_slot *slot)
{
    if (atomic_load_explicit(&slot->offer, memory_order_relaxed) == NULL)
        return NULL;
    return atomic_exchange(&slot->offer, NULL);
}

void settings_offer_accept(struct settings_offer *offer, struct predictor *replaced)
{
    offer->replaced = replaced;
    sem_post(&offer->accepted);
}

struct predictor *settings_offer_wait(struct settings_offer *offer)
{
    while (sem_wait(&offer->accepted) != 0 && errno == EINTR)
        ;
    struct predictor *replaced = offer->replaced;
    sem_destroy(&offer->accepted);
    return replaced;
}
