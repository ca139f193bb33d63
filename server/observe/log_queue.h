/*
 * The lines that wait to be written to the log. Threads put lines in and never wait; the writer
 * (log_writer.h) takes out all of them at once. A line for which there is no room is lost, and
 * counted.
 *
 * There are two halves: threads fill one while the writer writes the other. The writer is woken for
 * the first line after a quiet time. Having taken lines, it lets others gather for
 * LOG_QUEUE_GATHER_MS, or until half of the room is used, so that a busy server wakes it rarely.
 *
 * Threads: log_queue_put, log_queue_note_lost, log_queue_lost and log_queue_stop any, log_queue_take
 * one.
 */
#ifndef SERVER_OBSERVE_LOG_QUEUE_H
#define SERVER_OBSERVE_LOG_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Room for the lines that wait; as many bytes may be with the writer. */
#define LOG_QUEUE_BYTES     262144
#define LOG_QUEUE_GATHER_MS 5

/* What log_queue_take gives: whole lines in the order in which they were put. */
struct log_lines {
    char bytes[LOG_QUEUE_BYTES];
    size_t size_bytes;
    size_t lost_after; /* lines that did not fit behind these */
};

struct log_queue {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct log_lines halves[2];
    size_t filled;          /* index of the half that log_queue_put fills */
    size_t wake_from_bytes; /* the writer waits until so much is used */
    bool stopped;
    atomic_size_t lost; /* lines since the start */
};

/* Makes an empty queue. Takes no memory and cannot fail. */
void log_queue_init(struct log_queue *queue);

/* Adds a line that ends in a line feed, or counts it as lost. Waits for no one but the mutex. */
void log_queue_put(struct log_queue *queue, const char *line, size_t size_bytes);

/*
 * Waits for lines and returns them, at least one; they are the caller's until the next call. NULL if
 * the queue is stopped and empty.
 */
const struct log_lines *log_queue_take(struct log_queue *queue);

/* From now on log_queue_take does not wait, and every line that is put is lost. */
void log_queue_stop(struct log_queue *queue);

/* Counts lines that were taken and could not be written. */
void log_queue_note_lost(struct log_queue *queue, size_t lines);

/* The number of lines lost since the start. */
size_t log_queue_lost(const struct log_queue *queue);

#endif
