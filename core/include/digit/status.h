/*
 * What can go wrong, and one line that says it.
 *
 *     struct digit_error error;
 *     if (digit_model_load(&model, path, &error) != DIGIT_OK)
 *         fprintf(stderr, "%s\n", error.message);
 *
 * Every fallible function returns an enum digit_status and takes a struct digit_error last. The
 * caller owns the error, which may be NULL; it is written on failure only. Messages are one line,
 * lower case, without a newline or full stop, and name the offending thing, its value and the
 * limit; control characters in what they quote become '?'.
 */
#ifndef DIGIT_STATUS_H
#define DIGIT_STATUS_H

enum digit_status {
    DIGIT_OK = 0,
    DIGIT_NO_MEMORY,   /* an allocation failed */
    DIGIT_IO,          /* the operating system refused: open, read, write, rename */
    DIGIT_MALFORMED,   /* the bytes break the format that they claim to be */
    DIGIT_UNSUPPORTED, /* well-formed, but a kind or feature that is not taken */
    DIGIT_LIMIT,       /* larger than a stated limit */
    DIGIT_INVALID,     /* a value, shape or name that does not fit */
};

#define DIGIT_ERROR_BYTES 320

struct digit_error {
    enum digit_status status;
    char message[DIGIT_ERROR_BYTES]; /* NUL-terminated; cut, never overrun */
};

#define DIGIT_MUST_CHECK __attribute__((warn_unused_result))

/*
 * Writes `status` and the formatted message into `error` (may be NULL) and returns `status`, so
 * that a failing function ends in `return digit_fail(error, DIGIT_LIMIT, "...", ...)`. Threads:
 * any; the error belongs to one thread.
 */
enum digit_status digit_fail(struct digit_error *error, enum digit_status status,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
