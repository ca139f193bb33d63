/*
 * How new settings reach a thread that serves requests. The thread changes to them between two
 * requests and gives back the predictor that it used before; whoever offered them waits for that.
 *
 *     settings_offer_init(&offer, settings, predictor);
 *     settings_slot_put(&slot, &offer);         and wake the thread
 *     replaced = settings_offer_wait(&offer);
 *
 *     offer = settings_slot_take(&slot);        in the thread
 *     settings_offer_accept(offer, replaced);
 */
#ifndef SERVER_HTTP_SETTINGS_OFFER_H
#define SERVER_HTTP_SETTINGS_OFFER_H

#include <semaphore.h>
#include <stdatomic.h>

struct predictor;
struct settings;

struct settings_offer {
    const struct settings *settings;
    struct predictor *predictor;
    struct predictor *replaced; /* set by settings_offer_accept */
    sem_t accepted;
};

/* The place where a thread looks for an offer; zeroed, it is empty. */
struct settings_slot {
    _Atomic(struct settings_offer *) offer;
};

/* Both are borrowed; `predictor` may be NULL for a thread that needs none. */
void settings_offer_init(struct settings_offer *out, const struct settings *settings,
                         struct predictor *predictor);

/* The slot is empty. Threads: one at a time. */
void settings_slot_put(struct settings_slot *slot, struct settings_offer *offer);

/* The offer, which the thread has to accept; NULL if there is none. Threads: the slot's. */
struct settings_offer *settings_slot_take(struct settings_slot *slot);

/* The thread uses the new settings from now on and no longer `replaced`. */
void settings_offer_accept(struct settings_offer *offer, struct predictor *replaced);

/* Waits until the offer is accepted and returns the predictor that the thread has given back. */
struct predictor *settings_offer_wait(struct settings_offer *offer);

#endif
