#include "trainer/report/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY_BYTES 1024

/* Makes room for `more` bytes and a NUL; false without memory. */
static bool reserve_bytes(struct buffer *buffer, size_t more)
{
    if (buffer->failed || more >= SIZE_MAX / 4 - buffer->size_bytes) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->size_bytes + more + 1;
    if (needed <= buffer->capacity_bytes)
        return true;
    size_t capacity = buffer->capacity_bytes > 0 ? buffer->capacity_bytes : FIRST_CAPACITY_BYTES;
    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity_bytes = capacity;
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size_bytes)
{
    if (!reserve_bytes(buffer, size_bytes))
        return;
    if (size_bytes > 0)
        memcpy(buffer->bytes + buffer->size_bytes, bytes, size_bytes);
    buffer->size_bytes += size_bytes;
    buffer->bytes[buffer->size_bytes] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer->failed = true;
    } else if (reserve_bytes(buffer, (size_t)length)) {
        vsnprintf(buffer->bytes + buffer->size_bytes, (size_t)length + 1, format, again);
        buffer->size_bytes += (size_t)length;
    }
    va_end(again);
}

void buffer_base64(struct buffer *buffer, const void *bytes, size_t size_bytes)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < size_bytes; i += 3) {
        size_t left = size_bytes - i;
        uint32_t group = (uint32_t)from[i] << 16;
        group |= left > 1 ? (uint32_t)from[i + 1] << 8 : 0;
        group |= left > 2 ? from[i + 2] : 0;
        const char four[] = {DIGITS[group >> 18], DIGITS[group >> 12 & 63], DIGITS[group >> 6 & 63],
                             DIGITS[group & 63]};
        size_t whole = left < 3 ? left + 1 : 4; /* of the four characters; the rest is padding */
        buffer_add(buffer, four, whole);
        buffer_add(buffer, "==", 4 - whole);
    }
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
}
