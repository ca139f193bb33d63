#include "cli/options.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "cli/service_link.h"

/* Messages quote this much of an unknown name. */
#define MAX_QUOTED_BYTES 64

/* The sources of the values, and what scanning them has found. */
struct sources {
    const struct option_table *table;
    int argc;
    char *const *argv;
    char *const *environment;
    const struct option_spec *action; /* NULL: none */
    const char *flags_file;           /* the configuration file that a flag names, or NULL */
    const char *variables_file;
};

/* An option of the command line, and its value, NULL if the option takes none. */
struct argument {
    const struct option_spec *spec;
    const char *text;
};

bool option_is_setting(const struct option_spec *spec)
{
    return spec->type != OPTION_FLAG && spec->type != OPTION_LIST && spec->type != OPTION_FILE &&
           spec->type != OPTION_ACTION;
}

static bool takes_value(const struct option_spec *spec)
{
    return spec->type != OPTION_FLAG && spec->type != OPTION_ACTION;
}

void option_flag_name(char out[OPTION_NAME_BYTES], const struct option_spec *spec)
{
    snprintf(out, OPTION_NAME_BYTES, "--%s", spec->name);
    for (char *c = out; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
}

void option_variable_name(char out[OPTION_NAME_BYTES], const struct option_table *table,
                          const struct option_spec *spec)
{
    out[0] = '\0';
    if (!option_is_setting(spec) && spec->type != OPTION_FILE)
        return;
    if (spec->variable != NULL) {
        snprintf(out, OPTION_NAME_BYTES, "%s", spec->variable);
    } else if (table->prefix != NULL) {
        snprintf(out, OPTION_NAME_BYTES, "%s%s", table->prefix, spec->name);
        for (char *c = out; *c != '\0'; c++)
            *c = (char)toupper((unsigned char)*c);
    }
}

/* The option whose flag is name [name_bytes], or NULL. */
static const struct option_spec *find_flag(const struct option_table *table, const char *name,
                                           size_t name_bytes)
{
    char known[OPTION_NAME_BYTES];
    for (size_t i = 0; i < table->count; i++) {
        option_flag_name(known, &table->items[i]);
        if (strlen(known) == name_bytes && memcmp(known, name, name_bytes) == 0)
            return &table->items[i];
    }
    return NULL;
}

/* The option whose environment variable is name [name_bytes], or NULL. */
static const struct option_spec *find_variable(const struct option_table *table, const char *name,
                                               size_t name_bytes)
{
    char known[OPTION_NAME_BYTES];
    for (size_t i = 0; i < table->count; i++) {
        option_variable_name(known, table, &table->items[i]);
        if (known[0] != '\0' && strlen(known) == name_bytes && memcmp(known, name, name_bytes) == 0)
            return &table->items[i];
    }
    return NULL;
}

/* The value in an entry of the environment whose name has so many bytes. */
static const char *variable_text(const char *entry, size_t name_bytes)
{
    return entry + name_bytes + (entry[name_bytes] == '=');
}

/* Takes the option at argv[*at] with its value and moves *at behind them. */
static enum digit_status take_argument(struct argument *out, const struct sources *from, int *at,
                                       struct digit_error *error)
{
    const char *given = from->argv[(*at)++];
    const char *flag = strcmp(given, "-h") == 0 ? "--help" : given;
    size_t name_bytes = strcspn(flag, "=");
    out->spec = find_flag(from->table, flag, name_bytes);
    out->text = flag[name_bytes] == '=' ? flag + name_bytes + 1 : NULL;
    if (out->spec == NULL)
        return digit_fail(error, DIGIT_INVALID, "unknown option \"%.*s\"; --help lists all options",
                          MAX_QUOTED_BYTES, given);
    if (!takes_value(out->spec) && out->text != NULL)
        return digit_fail(error, DIGIT_INVALID, "%.*s takes no value, but \"%.*s\" is given",
                          (int)name_bytes, flag, MAX_QUOTED_BYTES, out->text);
    if (!takes_value(out->spec) || out->text != NULL)
        return DIGIT_OK;
    if (*at == from->argc)
        return digit_fail(error, DIGIT_INVALID, "%s needs a value (%s)", flag, out->spec->value);
    out->text = from->argv[(*at)++];
    return DIGIT_OK;
}

static enum digit_status choose_action(struct sources *from, const struct option_spec *spec,
                                       struct digit_error *error)
{
    char first[OPTION_NAME_BYTES];
    char second[OPTION_NAME_BYTES];
    if (from->action != NULL) {
        option_flag_name(first, from->action);
        option_flag_name(second, spec);
        return digit_fail(error, DIGIT_INVALID, "%s and %s cannot be combined", first, second);
    }
    from->action = spec;
    return DIGIT_OK;
}

/* Checks the form of the command line, and finds the action and the configuration file. */
static enum digit_status scan_flags(struct sources *from, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    uint64_t given = 0; /* bit i: items[i] */
    for (int at = 1; at < from->argc && status == DIGIT_OK;) {
        struct argument argument;
        status = take_argument(&argument, from, &at, error);
        if (status != DIGIT_OK)
            return status;
        const struct option_spec *spec = argument.spec;
        uint64_t bit = UINT64_C(1) << (spec - from->table->items);
        if (spec->type != OPTION_LIST && (given & bit) != 0) {
            char flag[OPTION_NAME_BYTES];
            option_flag_name(flag, spec);
            return digit_fail(error, DIGIT_INVALID, "%s is given twice", flag);
        }
        given |= bit;
        if (spec->type == OPTION_ACTION)
            status = choose_action(from, spec, error);
        else if (spec->type == OPTION_FILE)
            from->flags_file = argument.text;
    }
    return status;
}

/* Whether the variable looks like an option and is none. */
static bool is_mistaken(const char *entry, size_t name_bytes, const char *prefix)
{
    size_t prefix_bytes = prefix != NULL ? strlen(prefix) : 0;
    return prefix != NULL && strncmp(entry, prefix, prefix_bytes) == 0 &&
           !is_service_link(entry, name_bytes, prefix_bytes, variable_text(entry, name_bytes));
}

/* Refuses unknown variables that begin with the prefix, and finds the configuration file. */
static enum digit_status scan_variables(struct sources *from, struct digit_error *error)
{
    const char *prefix = from->table->prefix;
    for (char *const *entry = from->environment; *entry != NULL; entry++) {
        size_t name_bytes = strcspn(*entry, "=");
        const struct option_spec *spec = find_variable(from->table, *entry, name_bytes);
        if (spec == NULL && is_mistaken(*entry, name_bytes, prefix))
            return digit_fail(error, DIGIT_INVALID, "unknown environment variable \"%.*s\"",
                              name_bytes > MAX_QUOTED_BYTES ? MAX_QUOTED_BYTES : (int)name_bytes,
                              *entry);
        if (spec != NULL && spec->type == OPTION_FILE)
            from->variables_file = variable_text(*entry, name_bytes);
    }
    return DIGIT_OK;
}

static enum digit_status set_defaults(void *out, const struct option_table *table,
                                      struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (size_t i = 0; i < table->count && status == DIGIT_OK; i++) {
        const struct option_spec *spec = &table->items[i];
        char flag[OPTION_NAME_BYTES];
        option_flag_name(flag, spec);
        if (spec->fallback != NULL)
            status = option_set(out, spec, spec->fallback, flag, error);
    }
    return status;
}

static enum digit_status set_variables(void *out, const struct sources *from,
                                       struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (char *const *entry = from->environment; *entry != NULL && status == DIGIT_OK; entry++) {
        size_t name_bytes = strcspn(*entry, "=");
        const struct option_spec *spec = find_variable(from->table, *entry, name_bytes);
        char name[OPTION_NAME_BYTES];
        if (spec == NULL)
            continue;
        option_variable_name(name, from->table, spec);
        status = option_set(out, spec, variable_text(*entry, name_bytes), name, error);
    }
    return status;
}

static enum digit_status set_flags(void *out, const struct sources *from, struct digit_error *error)
{
    enum digit_status status = DIGIT_OK;
    for (int at = 1; at < from->argc && status == DIGIT_OK;) {
        struct argument argument;
        char flag[OPTION_NAME_BYTES];
        status = take_argument(&argument, from, &at, error);
        if (status != DIGIT_OK)
            return status;
        option_flag_name(flag, argument.spec);
        status = option_set(out, argument.spec, argument.text, flag, error);
    }
    return status;
}

enum digit_status options_load(void *out, unsigned *action, const struct option_table *table,
                               int argc, char *const argv[], char *const environment[],
                               struct digit_error *error)
{
    struct sources from = {.table = table, .argc = argc, .argv = argv, .environment = environment};
    assert(table->count <= OPTIONS_MAX);
    enum digit_status status = set_defaults(out, table, error);
    if (status == DIGIT_OK)
        status = scan_flags(&from, error);
    *action = from.action != NULL ? from.action->action : OPTIONS_RUN;
    if (status != DIGIT_OK || *action == OPTIONS_HELP || *action == OPTIONS_VERSION)
        return status;
    status = scan_variables(&from, error);
    const char *file = from.flags_file != NULL ? from.flags_file : from.variables_file;
    if (status == DIGIT_OK && file != NULL)
        status = options_read_file(out, table, file, error);
    if (status == DIGIT_OK)
        status = set_variables(out, &from, error);
    return status == DIGIT_OK ? set_flags(out, &from, error) : status;
}
