#include "server/observe/exemplar.h"

#include <string.h>

#define READ_ATTEMPTS 8

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * Each field is stored with release order, so that a reader that sees a new one also sees the odd
 * sequence number before it. (A fence would do the same; thread sanitizers do not know fences.)
 */
void exemplar_write(struct exemplar *exemplar, const char *id, double value, uint64_t time_ms)
{
    size_t length = strlen(id);
    if (length == 0 || length > EXEMPLAR_MAX_ID_LENGTH)
        return;
    uint64_t sequence = atomic_load_explicit(&exemplar->sequence, memory_order_relaxed);
    atomic_store_explicit(&exemplar->sequence, sequence + 1, memory_order_relaxed);
    atomic_store_explicit(&exemplar->value, bits_of(value), memory_order_release);
    atomic_store_explicit(&exemplar->time_ms, time_ms, memory_order_release);
    for (size_t i = 0; i <= length / sizeof(uint64_t); i++) {
        uint64_t word = 0;
        size_t left = length - i * sizeof word;
        memcpy(&word, id + i * sizeof word, left < sizeof word ? left : sizeof word);
        atomic_store_explicit(&exemplar->id[i], word, memory_order_release);
    }
    atomic_store_explicit(&exemplar->sequence, sequence + 2, memory_order_release);
}

/* Each field is loaded with acquire order, so that the sequence number is loaded again after it. */
static bool try_read(struct exemplar_copy *out, const struct exemplar *exemplar)
{
    uint64_t sequence = atomic_load_explicit(&exemplar->sequence, memory_order_acquire);
    out->value = from_bits(atomic_load_explicit(&exemplar->value, memory_order_acquire));
    out->time_ms = atomic_load_explicit(&exemplar->time_ms, memory_order_acquire);
    for (size_t i = 0; i < EXEMPLAR_ID_WORDS; i++) {
        uint64_t word = atomic_load_explicit(&exemplar->id[i], memory_order_acquire);
        memcpy(out->id + i * sizeof word, &word, sizeof word);
    }
    return sequence % 2 == 0 &&
           atomic_load_explicit(&exemplar->sequence, memory_order_relaxed) == sequence;
}

bool exemplar_read(struct exemplar_copy *out, const struct exemplar *exemplar)
{
    if (atomic_load_explicit(&exemplar->sequence, memory_order_relaxed) == 0)
        return false;
    for (int i = 0; i < READ_ATTEMPTS; i++)
        if (try_read(out, exemplar))
            return true;
    return false;
}
