#include "server/http/peers.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The entry of every peer if there is no limit. */
#define UNCOUNTED SIZE_MAX

struct peer {
    struct peer *next; /* in its bucket, or in the list of free entries */
    uint64_t network;
    size_t open;
};

struct peers {
    pthread_mutex_t lock;
    size_t max_per_peer;
    size_t bucket_count;
    struct peer **buckets; /* [bucket_count] */
    struct peer *entries;  /* [max_connections] */
    struct peer *free;
};

static void init_entries(struct peers *peers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        peers->entries[i].next = peers->free;
        peers->free = &peers->entries[i];
    }
}

enum digit_status peers_create(struct peers **out, size_t max_connections, size_t max_per_peer,
                               struct digit_error *error)
{
    struct peers *peers = calloc(1, sizeof *peers);
    size_t count = max_per_peer > 0 ? max_connections : 1;
    if (peers != NULL) {
        peers->buckets = calloc(count, sizeof(struct peer *));
        peers->entries = calloc(count, sizeof *peers->entries);
    }
    if (peers == NULL || peers->buckets == NULL || peers->entries == NULL) {
        peers_destroy(peers);
        return digit_fail(error, DIGIT_NO_MEMORY, "no memory for the peers of %zu connections",
                          count);
    }
    pthread_mutex_init(&peers->lock, NULL);
    peers->max_per_peer = max_per_peer;
    peers->bucket_count = count;
    init_entries(peers, count);
    *out = peers;
    return DIGIT_OK;
}

void peers_destroy(struct peers *peers)
{
    if (peers == NULL)
        return;
    if (peers->bucket_count > 0)
        pthread_mutex_destroy(&peers->lock);
    free(peers->entries);
    free(peers->buckets);
    free(peers);
}

/* An IPv4 address, or the first 64 bits of an IPv6 address; 0 for any other family. */
static uint64_t network_of(const struct sockaddr_storage *address)
{
    uint64_t network = 0;
    if (address->ss_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof ipv4);
        return (uint64_t)ntohl(ipv4.sin_addr.s_addr) | UINT64_C(1) << 32;
    }
    if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof ipv6);
        memcpy(&network, ipv6.sin6_addr.s6_addr, sizeof network);
    }
    return network;
}

/* Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
static struct peer **bucket_of(const struct peers *peers, uint64_t network)
{
    return &peers->buckets[(network * UINT64_C(0x9e3779b97f4a7c15) >> 32) % peers->bucket_count];
}

/* The entry of the network, made if there is none. The caller has the lock. */
static struct peer *find_entry(struct peers *peers, uint64_t network)
{
    struct peer **bucket = bucket_of(peers, network);
    struct peer *entry = *bucket;
    while (entry != NULL && entry->network != network)
        entry = entry->next;
    if (entry != NULL || peers->free == NULL)
        return entry;
    entry = peers->free;
    peers->free = entry->next;
    *entry = (struct peer){.next = *bucket, .network = network};
    *bucket = entry;
    return entry;
}

bool peers_enter(struct peers *peers, const struct sockaddr_storage *address, size_t *peer)
{
    *peer = UNCOUNTED;
    if (peers->max_per_peer == 0)
        return true;
    pthread_mutex_lock(&peers->lock);
    struct peer *entry = find_entry(peers, network_of(address));
    bool entered = entry != NULL && entry->open < peers->max_per_peer;
    if (entered) {
        entry->open++;
        *peer = (size_t)(entry - peers->entries);
    }
    pthread_mutex_unlock(&peers->lock);
    return entered;
}

static void free_entry(struct peers *peers, struct peer *entry)
{
    struct peer **at = bucket_of(peers, entry->network);
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    entry->next = peers->free;
    peers->free = entry;
}

void peers_leave(struct peers *peers, size_t peer)
{
    if (peer == UNCOUNTED)
        return;
    pthread_mutex_lock(&peers->lock);
    struct peer *entry = &peers->entries[peer];
    entry->open--;
    if (entry->open == 0)
        free_entry(peers, entry);
    pthread_mutex_unlock(&peers->lock);
}
