/*
 * A training's history as TensorBoard reads it: an event file of TFRecords.
 *
 *     record: le64 length, le32 masked CRC-32C of those eight bytes, the data, le32 masked CRC-32C
 *     of the data                              (TensorFlow, "TFRecords format details")
 *     masked: (crc >> 15 | crc << 17) + 0xa282ead8, modulo 2^32
 *     data:   a protobuf message Event         (TensorFlow, event.proto and summary.proto)
 *
 * The first event says "brain.Event:2"; each epoch is one event, its number the step, the time at
 * which it ended the wall time.
 */
#ifndef TRAINER_REPORT_TENSORBOARD_H
#define TRAINER_REPORT_TENSORBOARD_H

#include <stddef.h>

#include "trainer/report/buffer.h"
#include "trainer/report/history.h"

/* Every event file of ours begins and ends so; between the two stand time and host. */
#define TENSORBOARD_PREFIX "events.out.tfevents."
#define TENSORBOARD_SUFFIX ".digitd"

#define TENSORBOARD_NAME_BYTES 128

/*
 * Appends the events of `history`: accuracy and loss of training and validation, learning rate and
 * speed under the tags accuracy/training, loss/validation and so on. Threads: any.
 */
void tensorboard_add_events(struct buffer *out, const struct history *history);

/* The file's name: "events.out.tfevents.1700000000.host.digitd". What in `host` is no letter, digit
 * or '-' becomes '-'; a long one is cut. */
void tensorboard_name(char out[TENSORBOARD_NAME_BYTES], double time_s, const char *host);

#endif
