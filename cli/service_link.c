#include "cli/service_link.h"

#include <string.h>

/* A Service's name has at most 63 characters, and so has the name of its port. */
#define NAME_BYTES_MAX 255

#define DIGITS "0123456789"
#define PLAIN  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_" DIGITS

static const char *const protocols[] = {"TCP", "UDP", "SCTP", NULL};
static const char *const schemes[] = {"tcp://", "udp://", "sctp://", NULL};
static const char *const parts[] = {"", "_ADDR", "_PORT", "_PROTO", NULL};

/* What follows the first of the words that text begins with; NULL if it begins with none. */
static const char *skip_word(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t bytes = strlen(*words);
        if (strncmp(text, *words, bytes) == 0)
            return text + bytes;
    }
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* "_8080_TCP_ADDR" */
static bool is_rest_of_port(const char *text)
{
    if (*text != '_')
        return false;
    size_t digits = strspn(++text, DIGITS);
    if (digits == 0 || text[digits] != '_')
        return false;
    text = skip_word(text + digits + 1, protocols);
    return text != NULL && is_one_of(text, parts);
}

static bool has_form(const char *text, const char *value)
{
    static const char *const ports[] = {"SERVICE_PORT", NULL};
    static const char *const port[] = {"PORT", NULL};
    const char *rest = skip_word(text, ports);
    if (rest != NULL)
        return *rest == '\0' || (rest[0] == '_' && rest[1] != '\0');
    if (strcmp(text, "SERVICE_HOST") == 0)
        return true;
    rest = skip_word(text, port);
    if (rest == NULL)
        return false;
    return *rest == '\0' ? skip_word(value, schemes) != NULL : is_rest_of_port(rest);
}

bool is_service_link(const char *name, size_t name_bytes, size_t prefix_bytes, const char *value)
{
    char copy[NAME_BYTES_MAX + 1];
    if (name_bytes > NAME_BYTES_MAX)
        return false;
    memcpy(copy, name, name_bytes);
    copy[name_bytes] = '\0';
    if (copy[strspn(copy, PLAIN)] != '\0')
        return false;
    for (const char *at = copy + prefix_bytes; at != NULL;) {
        if (has_form(at, value))
            return true;
        at = strchr(at, '_');
        at = at != NULL ? at + 1 : NULL;
    }
    return false;
}
