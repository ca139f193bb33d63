#include "server/observe/log_queue.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "server/observe/clock.h"

#define ANY_BYTES    1
#define GATHER_BYTES (LOG_QUEUE_BYTES / 2)
#define AWAKE        SIZE_MAX /* the writer does not wait */

void log_queue_init(struct log_queue *queue)
{
    pthread_mutex_init(&queue->mutex, NULL);
    clock_init_condition(&queue->wake);
    for (size_t i = 0; i < 2; i++)
        queue->halves[i].size_bytes = queue->halves[i].lost_after = 0;
    queue->filled = 0;
    queue->wake_from_bytes = AWAKE;
    queue->stopped = false;
    atomic_init(&queue->lost, 0);
}

/* Only the call that finds enough for the writer wakes it. */
static bool must_wake_writer(struct log_queue *queue, const struct log_lines *half)
{
    bool wake = half->size_bytes >= queue->wake_from_bytes;
    if (wake)
        queue->wake_from_bytes = AWAKE;
    return wake;
}

/* Once a line is lost, so are those after it until the next half: losses lie between two halves. */
static bool has_room(const struct log_queue *queue, size_t bytes)
{
    const struct log_lines *half = &queue->halves[queue->filled];
    return !queue->stopped && half->lost_after == 0 &&
           bytes <= sizeof half->bytes - half->size_bytes;
}

void log_queue_put(struct log_queue *queue, const char *line, size_t size_bytes)
{
    pthread_mutex_lock(&queue->mutex);
    struct log_lines *half = &queue->halves[queue->filled];
    if (has_room(queue, size_bytes)) {
        memcpy(half->bytes + half->size_bytes, line, size_bytes);
        half->size_bytes += size_bytes;
    } else {
        half->lost_after++;
        log_queue_note_lost(queue, 1);
    }
    bool wake = must_wake_writer(queue, half);
    pthread_mutex_unlock(&queue->mutex);
    if (wake)
        pthread_cond_signal(&queue->wake);
}

/* Waits until the filled half has so many bytes, at most until `end` unless that is NULL. */
static void wait_for_bytes(struct log_queue *queue, size_t bytes, const struct timespec *end)
{
    const struct log_lines *half = &queue->halves[queue->filled];
    int result = 0;
    while (half->size_bytes < bytes && !queue->stopped && result != ETIMEDOUT) {
        queue->wake_from_bytes = bytes;
        if (end != NULL)
            result = pthread_cond_timedwait(&queue->wake, &queue->mutex, end);
        else
            pthread_cond_wait(&queue->wake, &queue->mutex);
    }
    queue->wake_from_bytes = AWAKE;
}

const struct log_lines *log_queue_take(struct log_queue *queue)
{
    struct timespec gathered = clock_after_ms(LOG_QUEUE_GATHER_MS);
    pthread_mutex_lock(&queue->mutex);
    wait_for_bytes(queue, GATHER_BYTES, &gathered);
    wait_for_bytes(queue, ANY_BYTES, NULL);
    struct log_lines *taken = &queue->halves[queue->filled];
    queue->filled = 1 - queue->filled;
    queue->halves[queue->filled].size_bytes = queue->halves[queue->filled].lost_after = 0;
    pthread_mutex_unlock(&queue->mutex);
    return taken->size_bytes > 0 ? taken : NULL;
}

void log_queue_stop(struct log_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->stopped = true;
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_signal(&queue->wake);
}

void log_queue_note_lost(struct log_queue *queue, size_t lines)
{
    atomic_fetch_add_explicit(&queue->lost, lines, memory_order_relaxed);
}

size_t log_queue_lost(const struct log_queue *queue)
{
    return atomic_load_explicit(&queue->lost, memory_order_relaxed);
}
