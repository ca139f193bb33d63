#include "server/http/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/test.h"

#define THREADS 4
#define ROUNDS  5000

static struct sockaddr_storage address_of(const char *text, in_port_t port)
{
    struct sockaddr_storage out = {.ss_family = AF_UNIX};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        memcpy(&out, &ipv4, sizeof ipv4);
    else if (inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1)
        memcpy(&out, &ipv6, sizeof ipv6);
    return out;
}

static struct peers *create(size_t max_connections, size_t max_per_peer)
{
    struct peers *peers;
    assert_int_equal(peers_create(&peers, max_connections, max_per_peer, NULL), DIGIT_OK);
    return peers;
}

static bool enter(struct peers *peers, const char *address, size_t *peer)
{
    static in_port_t port;
    struct sockaddr_storage from = address_of(address, ++port);
    return peers_enter(peers, &from, peer);
}

TEST(a_peer_has_its_share_and_no_more)
{
    struct peers *peers = create(10, 2);
    size_t first, second, third, other;
    assert_true(enter(peers, "192.0.2.1", &first));
    assert_true(enter(peers, "192.0.2.1", &second));
    assert_false(enter(peers, "192.0.2.1", &third));
    assert_true(enter(peers, "192.0.2.2", &other));
    peers_leave(peers, first);
    assert_true(enter(peers, "192.0.2.1", &third));
    assert_false(enter(peers, "192.0.2.1", &first));
    peers_leave(peers, second);
    peers_leave(peers, third);
    peers_leave(peers, other);
    peers_destroy(peers);
    peers_destroy(NULL);
}

TEST(an_ipv6_network_of_64_bits_is_one_peer)
{
    struct peers *peers = create(10, 1);
    size_t peer;
    assert_true(enter(peers, "2001:db8:0:1::1", &peer));
    assert_false(enter(peers, "2001:db8:0:1::1", &peer));
    assert_false(enter(peers, "2001:db8:0:1:ffff:ffff:ffff:ffff", &peer));
    assert_true(enter(peers, "2001:db8:0:2::1", &peer));
    assert_true(enter(peers, "2001:db8:1:1::1", &peer));
    peers_destroy(peers);
}

/* Neither the zero address nor a Unix socket counts as the other. */
TEST(families_are_different_peers)
{
    struct peers *peers = create(10, 1);
    size_t peer;
    assert_true(enter(peers, "0.0.0.0", &peer));
    assert_true(enter(peers, "::2", &peer));
    assert_false(enter(peers, "unix", &peer)); /* has the entry of ::/64, which no client has */
    assert_true(enter(peers, "0.0.0.2", &peer));
    assert_false(enter(peers, "0.0.0.2", &peer));
    peers_destroy(peers);
}

TEST(peers_at_a_unix_socket_are_one_peer)
{
    struct peers *peers = create(10, 2);
    size_t peer;
    assert_true(enter(peers, "unix", &peer));
    assert_true(enter(peers, "unix", &peer));
    assert_false(enter(peers, "unix", &peer));
    peers_destroy(peers);
}

TEST(without_a_limit_nobody_is_counted)
{
    struct peers *peers = create(10, 0);
    size_t peer;
    for (size_t i = 0; i < 100; i++)
        assert_true(enter(peers, "192.0.2.1", &peer));
    for (size_t i = 0; i < 100; i++)
        peers_leave(peers, peer);
    peers_destroy(peers);
}

/*
 * With as many peers as connections every bucket is shared by several sooner or later; each entry
 * is used again for another peer.
 */
TEST(entries_and_buckets_are_shared_and_used_again)
{
    struct peers *peers = create(16, 1);
    size_t entered[16], late;
    char address[32];
    for (size_t round = 0; round < 50; round++) {
        for (size_t i = 0; i < 16; i++) {
            snprintf(address, sizeof address, "10.0.%zu.%zu", round, i);
            assert_true(enter(peers, address, &entered[i]));
            assert_false(enter(peers, address, &late));
        }
        assert_false(enter(peers, "192.0.2.1", &late)); /* no entry is left */
        for (size_t i = 0; i < 16; i++)
            peers_leave(peers, entered[(i * 5 + round) % 16]);
    }
    peers_destroy(peers);
}

TEST(one_bucket_has_room_for_all)
{
    struct peers *peers = create(1, 3);
    size_t first, second, third;
    assert_true(enter(peers, "10.0.0.1", &first));
    assert_true(enter(peers, "10.0.0.1", &second));
    assert_true(enter(peers, "10.0.0.1", &third));
    assert_false(enter(peers, "10.0.0.1", &third));
    peers_leave(peers, first);
    peers_leave(peers, first);
    peers_leave(peers, first);
    assert_true(enter(peers, "10.0.0.2", &second));
    peers_leave(peers, second);
    peers_destroy(peers);
}

static void *come_and_go(void *argument)
{
    struct peers *peers = argument;
    size_t peer, refused = 0;
    struct sockaddr_storage address = address_of("192.0.2.1", 1);
    for (size_t i = 0; i < ROUNDS; i++) {
        if (peers_enter(peers, &address, &peer))
            peers_leave(peers, peer);
        else
            refused++;
    }
    return (void *)(uintptr_t)refused;
}

TEST(threads_enter_and_leave_at_once)
{
    struct peers *peers = create(THREADS, 2);
    pthread_t threads[THREADS];
    size_t first, second;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, peers), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(enter(peers, "192.0.2.1", &first));
    assert_true(enter(peers, "192.0.2.1", &second));
    assert_false(enter(peers, "192.0.2.1", &second));
    peers_destroy(peers);
}

TEST_MAIN(cmocka_unit_test(a_peer_has_its_share_and_no_more),
          cmocka_unit_test(an_ipv6_network_of_64_bits_is_one_peer),
          cmocka_unit_test(families_are_different_peers),
          cmocka_unit_test(peers_at_a_unix_socket_are_one_peer),
          cmocka_unit_test(without_a_limit_nobody_is_counted),
          cmocka_unit_test(entries_and_buckets_are_shared_and_used_again),
          cmocka_unit_test(one_bucket_has_room_for_all),
          cmocka_unit_test(threads_enter_and_leave_at_once))
