#include "server/http/reload_record.h"

#include <stdio.h>

void reload_record_init(struct reload_record *out)
{
    *out = (struct reload_record){.counts = {.succeeded = 0}};
    pthread_mutex_init(&out->lock, NULL);
}

void reload_record_note(struct reload_record *record, const char *reason)
{
    struct reload_counts *counts = &record->counts;
    pthread_mutex_lock(&record->lock);
    counts->succeeded += reason == NULL;
    counts->failed += reason != NULL;
    snprintf(counts->reason, sizeof counts->reason, "%s", reason != NULL ? reason : "");
    pthread_mutex_unlock(&record->lock);
}

struct reload_counts reload_record_read(struct reload_record *record)
{
    pthread_mutex_lock(&record->lock);
    struct reload_counts counts = record->counts;
    pthread_mutex_unlock(&record->lock);
    return counts;
}
