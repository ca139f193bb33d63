#include "server/format/header_value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

/* True for a character of a token (RFC 9110 section 5.6.2). */
static bool is_token_character(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool header_value_parse(struct header_value *out, const char *text)
{
    const char *begin = skip_space(text);
    size_t size = strcspn(begin, ";");
    out->parameters = begin + size;
    while (size > 0 && (begin[size - 1] == ' ' || begin[size - 1] == '\t'))
        size--;
    if (size == 0 || size >= sizeof out->value)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!isgraph((unsigned char)begin[i]))
            return false;
        out->value[i] = (char)tolower((unsigned char)begin[i]);
    }
    out->value[size] = '\0';
    return true;
}

/*
 * Reads the quoted string or token at *at into out and moves *at behind it; false if it is
 * malformed or does not fit.
 */
static bool read_word(char *out, size_t out_bytes, const char **at)
{
    const char *from = *at;
    bool quoted = *from == '"';
    size_t size = 0;
    from += quoted;
    while (quoted ? *from != '"' && *from != '\0' : is_token_character(*from)) {
        if (quoted && *from == '\\')
            from++;
        if (*from == '\0' || size + 1 >= out_bytes)
            return false;
        out[size++] = *from++;
    }
    if (quoted && *from != '"')
        return false;
    out[size] = '\0';
    *at = from + quoted;
    return quoted || size > 0;
}

enum header_parameter header_value_parameter(char *out, size_t out_bytes,
                                             const struct header_value *value, const char *name)
{
    enum header_parameter found = HEADER_PARAMETER_MISSING;
    char key[64], text[1024];
    const char *at = value->parameters;
    while (*at == ';') {
        at = skip_space(at + 1);
        if (*at == ';' || *at == '\0')
            continue;
        if (*at == '"' || !read_word(key, sizeof key, &at) || *at++ != '=' ||
            !read_word(text, sizeof text, &at))
            return HEADER_PARAMETER_MALFORMED;
        at = skip_space(at);
        if (strcasecmp(key, name) != 0)
            continue;
        if (found == HEADER_PARAMETER_FOUND || strlen(text) >= out_bytes)
            return HEADER_PARAMETER_MALFORMED;
        memcpy(out, text, strlen(text) + 1);
        found = HEADER_PARAMETER_FOUND;
    }
    return *at == '\0' ? found : HEADER_PARAMETER_MALFORMED;
}
