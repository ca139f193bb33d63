/*
 * The history of a training as a TensorBoard event file, which consists of TFRecords.
 *
 *     record: le64 length, le32 masked CRC-32C of these eight bytes, the data, le32 masked CRC-32C
 *     of the data                              (TensorFlow, "TFRecords format details")
 *     masked: (crc >> 15 | crc << 17) + 0xa282ead8, modulo 2^32
 *     data:   a protobuf message Event         (TensorFlow, event.proto and summary.proto)
 *
 * The first event contains the file version "brain.Event:2". Each epoch is one event: its step is
 * the number of the epoch, its wall time the end of the epoch.
 */
#ifndef TRAINER_REPORT_TENSORBOARD_H
#define TRAINER_REPORT_TENSORBOARD_H

#include <stddef.h>

#include "trainer/report/buffer.h"
#include "trainer/report/history.h"

/* The names of digitd's event files begin and end like this; time and host are in between. */
#define TENSORBOARD_PREFIX "events.out.tfevents."
#define TENSORBOARD_SUFFIX ".digitd"

#define TENSORBOARD_NAME_BYTES 128

/*
 * Appends the events of `history`: accuracy and loss of training and validation under the tags
 * accuracy/training, loss/validation and so on, then learning_rate and images_per_second. Threads:
 * any.
 */
void tensorboard_add_events(struct buffer *out, const struct history *history);

/* Writes the file name: "events.out.tfevents.1700000000.host.digitd". Characters of `host` other
 * than letters, digits and '-' become '-'; a long host name is truncated. Threads: any. */
void tensorboard_name(char out[TENSORBOARD_NAME_BYTES], double time_s, const char *host);

#endif
