#include "trainer/report/tensorboard.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "trainer/report/crc32c.h"

#define CRC_MASK_DELTA UINT32_C(0xa282ead8)
#define FILE_VERSION   "brain.Event:2"
#define HOST_LENGTH    64

/* Protobuf's wire types (protobuf.dev, "Encoding"). */
enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* Field numbers of event.proto and summary.proto. */
enum { EVENT_WALL_TIME = 1, EVENT_STEP = 2, EVENT_FILE_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1 };
enum { VALUE_TAG = 1, VALUE_SIMPLE = 2 };

static void add_le(struct buffer *out, uint64_t value, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * i);
        buffer_add(out, &byte, 1);
    }
}

static void add_varint(struct buffer *out, uint64_t value)
{
    while (value >= 0x80) {
        add_le(out, (value & 0x7f) | 0x80, 1);
        value >>= 7;
    }
    add_le(out, value, 1);
}

static void add_key(struct buffer *out, unsigned field, enum wire wire)
{
    add_varint(out, (uint64_t)field << 3 | wire);
}

static void add_double(struct buffer *out, unsigned field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_key(out, field, WIRE_FIXED64);
    add_le(out, bits, sizeof bits);
}

static void add_float(struct buffer *out, unsigned field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_key(out, field, WIRE_FIXED32);
    add_le(out, bits, sizeof bits);
}

static void add_bytes(struct buffer *out, unsigned field, const char *bytes, size_t size_bytes)
{
    add_key(out, field, WIRE_BYTES);
    add_varint(out, size_bytes);
    buffer_add(out, bytes, size_bytes);
}

/* Appends `message` as a field and empties it. */
static void add_message(struct buffer *out, unsigned field, struct buffer *message)
{
    add_bytes(out, field, message->bytes, message->size_bytes);
    out->failed = out->failed || message->failed;
    buffer_release(message);
}

/* See tensorboard.h. */
static uint32_t masked_crc(const void *bytes, size_t size_bytes)
{
    uint32_t crc = crc32c(bytes, size_bytes);
    return (crc >> 15 | crc << 17) + CRC_MASK_DELTA;
}

/* Appends `event` as a record and empties it. */
static void add_record(struct buffer *out, struct buffer *event)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)event->size_bytes >> 8 * i);
    buffer_add(out, length, sizeof length);
    add_le(out, masked_crc(length, sizeof length), 4);
    buffer_add(out, event->bytes, event->size_bytes);
    add_le(out, masked_crc(event->bytes, event->size_bytes), 4);
    out->failed = out->failed || event->failed;
    buffer_release(event);
}

static void add_scalar(struct buffer *summary, const char *tag, double value)
{
    struct buffer scalar = {0};
    add_bytes(&scalar, VALUE_TAG, tag, strlen(tag));
    add_float(&scalar, VALUE_SIMPLE, (float)value);
    add_message(summary, SUMMARY_VALUE, &scalar);
}

static void add_scalars(struct buffer *summary, const struct fit_epoch *epoch)
{
    add_scalar(summary, "accuracy/training", epoch->last.accuracy);
    add_scalar(summary, "loss/training", epoch->last.loss);
    if (epoch->validated) {
        add_scalar(summary, "accuracy/validation", epoch->validation_accuracy);
        add_scalar(summary, "loss/validation", epoch->validation_loss);
    }
    add_scalar(summary, "learning_rate", epoch->last.learning_rate);
    add_scalar(summary, "images_per_second", history_speed(epoch));
}

static void add_epoch(struct buffer *out, const struct fit_epoch *epoch, double ended_s)
{
    struct buffer event = {0}, summary = {0};
    add_double(&event, EVENT_WALL_TIME, ended_s);
    add_key(&event, EVENT_STEP, WIRE_VARINT);
    add_varint(&event, epoch->last.epoch);
    add_scalars(&summary, epoch);
    add_message(&event, EVENT_SUMMARY, &summary);
    add_record(out, &event);
}

void tensorboard_add_events(struct buffer *out, const struct history *history)
{
    struct buffer event = {0};
    add_double(&event, EVENT_WALL_TIME, history->ended_s - history_elapsed_s(history));
    add_bytes(&event, EVENT_FILE_VERSION, FILE_VERSION, strlen(FILE_VERSION));
    add_record(out, &event);
    for (size_t i = 0; i < history->count; i++)
        add_epoch(out, &history->epochs[i], history_ended_s(history, i));
}

void tensorboard_name(char out[TENSORBOARD_NAME_BYTES], double time_s, const char *host)
{
    char plain[HOST_LENGTH + 1];
    size_t length = 0;
    for (; length < HOST_LENGTH && host[length] != '\0'; length++)
        plain[length] = isalnum((unsigned char)host[length]) ? host[length] : '-';
    plain[length] = '\0';
    snprintf(out, TENSORBOARD_NAME_BYTES, "%s%010llu.%s%s", TENSORBOARD_PREFIX,
             (unsigned long long)time_s, plain, TENSORBOARD_SUFFIX);
}
