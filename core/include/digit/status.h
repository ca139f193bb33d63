/*
 * Status codes and error messages.
 *
 *     struct digit_error error;
 *     if (digit_model_load(&model, path, &error) != DIGIT_OK)
 *         fprintf(stderr, "%s\n", error.message);
 *
 * Every function that can fail returns an enum digit_status and takes a struct digit_error * last. The
 * caller owns the error, which may be NULL; it is written only on failure. A message is one line in lower
 * case without a newline or a full stop. It names what is wrong, its value and the limit. It is UTF-8: a byte
 * of quoted text that is not, and a control character, also of writing direction, become '?'.
 */
#ifndef DIGIT_STATUS_H
#define DIGIT_STATUS_H

enum digit_status {
    DIGIT_OK = 0,
    DIGIT_NO_MEMORY,   /* an allocation failed */
    DIGIT_IO,          /* a system call failed: open, read, write, rename */
    DIGIT_MALFORMED,   /* the bytes violate their format */
    DIGIT_UNSUPPORTED, /* well-formed, but of a kind or with a feature that is not supported */
    DIGIT_LIMIT,       /* larger than a documented limit */
    DIGIT_INVALID,     /* a value, shape or name is wrong */
};

#define DIGIT_ERROR_BYTES 320

struct digit_error {
    enum digit_status status;
    char message[DIGIT_ERROR_BYTES]; /* NUL-terminated; truncated if too long */
};

#define DIGIT_MUST_CHECK __attribute__((warn_unused_result))

/*
 * Writes `status` and the formatted message to `error` (may be NULL) and returns `status`, so that a failing
 * function ends with `return digit_fail(error, DIGIT_LIMIT, "...", ...)`. Threads: any, on different errors.
 */
enum digit_status digit_fail(struct digit_error *error, enum digit_status status,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
