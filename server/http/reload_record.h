/*
 * What became of the reloads of configuration and model, for /health and the metrics.
 * Threads: any.
 */
#ifndef SERVER_HTTP_RELOAD_RECORD_H
#define SERVER_HTTP_RELOAD_RECORD_H

#include <pthread.h>
#include <stddef.h>

#define RELOAD_REASON_BYTES 512

struct reload_counts {
    size_t succeeded;
    size_t failed;
    char reason[RELOAD_REASON_BYTES]; /* why the last reload failed; "" if it has not */
};

struct reload_record {
    pthread_mutex_t lock;
    struct reload_counts counts;
};

void reload_record_init(struct reload_record *out);

/* A reload has ended. `reason`: why it failed; NULL if it did not. */
void reload_record_note(struct reload_record *record, const char *reason);

struct reload_counts reload_record_read(struct reload_record *record);

#endif
