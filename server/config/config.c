#include "server/config/config.h"

#include <string.h>

#include "server/config/config_table.h"
#include "server/format/text.h"

/* The texts that one source gives, not yet converted; NULL for a key that it does not give. */
struct source {
    const char *values[CONFIG_KEY_COUNT];
    const char *file; /* of --config or DIGITD_CONFIG */
};

/* Writes the name of a key in a source: config_flag_name or config_variable_name. */
typedef void name_writer(char out[CONFIG_NAME_BYTES], const char *key_name);

static const struct action_flag {
    const char *name;
    enum config_action action;
    const char *help;
} action_flags[] = {
    {"--help", CONFIG_HELP, "print this help and exit"},
    {"--version", CONFIG_VERSION,
     "print version, revision, compiler and library versions, and exit"},
    {"--print-config", CONFIG_PRINT,
     "print the configuration in the format of the --config file, and exit"},
    {"--check-config", CONFIG_CHECK, "check the configuration and exit"},
    {"--healthcheck", CONFIG_HEALTH_CHECK,
     "ask the server at --listen whether it is ready, and exit with 0 if so"},
};
#define ACTION_FLAG_COUNT (sizeof action_flags / sizeof action_flags[0])

static const struct action_flag *find_action_flag(const char *argument)
{
    for (size_t i = 0; i < ACTION_FLAG_COUNT; i++)
        if (strcmp(argument, action_flags[i].name) == 0)
            return &action_flags[i];
    return NULL;
}

/* Where the value of `name` [name_bytes] belongs in `source`; NULL if no key has that name. */
static const char **find_value(struct source *source, name_writer *write_name, const char *name,
                               size_t name_bytes)
{
    char known[CONFIG_NAME_BYTES];
    for (size_t i = 0; i <= CONFIG_KEY_COUNT; i++) {
        write_name(known, i < CONFIG_KEY_COUNT ? config_table[i].name : "config");
        if (strlen(known) == name_bytes && memcmp(known, name, name_bytes) == 0)
            return i < CONFIG_KEY_COUNT ? &source->values[i] : &source->file;
    }
    return NULL;
}

/* Reads the flag argv[*index] and its value, and moves *index to the last argument read. */
static enum digit_status read_flag(struct source *flags, int argc, char *const argv[], int *index,
                                   struct digit_error *error)
{
    const char *flag = argv[*index];
    size_t name_bytes = strcspn(flag, "=");
    const char **value = find_value(flags, config_flag_name, flag, name_bytes);
    if (value == NULL)
        return digit_fail(error, DIGIT_INVALID, "unknown flag \"%.64s\"; --help lists all", flag);
    if (*value != NULL)
        return digit_fail(error, DIGIT_INVALID, "%.*s is given twice", (int)name_bytes, flag);
    if (flag[name_bytes] == '=') {
        *value = flag + name_bytes + 1;
        return DIGIT_OK;
    }
    if (*index + 1 >= argc)
        return digit_fail(error, DIGIT_INVALID, "%s needs a value", flag);
    *index += 1;
    *value = argv[*index];
    return DIGIT_OK;
}

static enum digit_status read_flags(struct source *flags, enum config_action *action, int argc,
                                    char *const argv[], struct digit_error *error)
{
    const char *first_action = NULL;
    for (int i = 1; i < argc; i++) {
        const struct action_flag *found = find_action_flag(argv[i]);
        if (found != NULL && first_action != NULL)
            return digit_fail(error, DIGIT_INVALID, "%s and %s cannot be combined", first_action,
                              found->name);
        if (found != NULL) {
            first_action = found->name;
            *action = found->action;
            continue;
        }
        enum digit_status status = read_flag(flags, argc, argv, &i, error);
        if (status != DIGIT_OK)
            return status;
    }
    return DIGIT_OK;
}

static enum digit_status read_environment(struct source *variables, char *const environment[],
                                          struct digit_error *error)
{
    for (size_t i = 0; environment[i] != NULL; i++) {
        const char *entry = environment[i];
        if (strncmp(entry, "DIGITD_", strlen("DIGITD_")) != 0)
            continue;
        size_t name_bytes = strcspn(entry, "=");
        const char **value = find_value(variables, config_variable_name, entry, name_bytes);
        if (value == NULL)
            return digit_fail(error, DIGIT_INVALID, "unknown environment variable \"%.*s\"",
                              name_bytes > 64 ? 64 : (int)name_bytes, entry);
        *value = entry + name_bytes + (entry[name_bytes] == '=');
    }
    return DIGIT_OK;
}

static enum digit_status set_values(struct config *config, const struct source *source,
                                    name_writer *write_name, struct digit_error *error)
{
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++) {
        char subject[CONFIG_NAME_BYTES];
        if (source->values[i] == NULL)
            continue;
        write_name(subject, config_table[i].name);
        enum digit_status status =
            config_set(config, &config_table[i], source->values[i], subject, error);
        if (status != DIGIT_OK)
            return status;
    }
    return DIGIT_OK;
}

static enum digit_status set_defaults(struct config *config, struct digit_error *error)
{
    struct source defaults = {.file = NULL};
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
        defaults.values[i] = config_table[i].default_value;
    memset(config, 0, sizeof *config);
    return set_values(config, &defaults, config_flag_name, error);
}

/* Checks conditions that involve more than one key. */
static enum digit_status check_combination(const struct config *config, struct digit_error *error)
{
    if (config->max_bodies_bytes < config->max_body_bytes)
        return digit_fail(error, DIGIT_INVALID,
                          "max_bodies_bytes is %zu, must be at least max_body_bytes (%zu)",
                          config->max_bodies_bytes, config->max_body_bytes);
    return DIGIT_OK;
}

enum digit_status config_load(struct config *out, enum config_action *action, int argc,
                              char *const argv[], char *const environment[],
                              struct digit_error *error)
{
    struct source flags = {.file = NULL};
    struct source variables = {.file = NULL};
    *action = CONFIG_SERVE;
    enum digit_status status = set_defaults(out, error);
    if (status == DIGIT_OK)
        status = read_flags(&flags, action, argc, argv, error);
    if (status != DIGIT_OK || *action == CONFIG_HELP || *action == CONFIG_VERSION)
        return status;

    status = read_environment(&variables, environment, error);
    const char *file = flags.file != NULL ? flags.file : variables.file;
    if (status == DIGIT_OK && file != NULL)
        status = config_read_file(out, file, error);
    if (status == DIGIT_OK)
        status = set_values(out, &variables, config_variable_name, error);
    if (status == DIGIT_OK)
        status = set_values(out, &flags, config_flag_name, error);
    return status == DIGIT_OK ? check_combination(out, error) : status;
}

static void print_value(struct text *out, const void *field, const struct config_key *key)
{
    switch (key->type) {
    case CONFIG_ADDRESS:
    case CONFIG_PATH:
        text_json_string(out, field);
        break;
    case CONFIG_SIZE:
        text_format(out, "%zu", *(const size_t *)field);
        break;
    case CONFIG_BOOL:
        text_append(out, *(const bool *)field ? "true" : "false");
        break;
    case CONFIG_CHOICE:
        text_json_string(out, key->choices[*(const size_t *)field]);
        break;
    }
}

void config_print(struct text *out, const struct config *config)
{
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_key *key = &config_table[i];
        text_format(out, "%s\n  \"%s\": ", i == 0 ? "{" : ",", key->name);
        print_value(out, (const char *)config + key->offset, key);
    }
    text_append(out, "\n}\n");
}

static void print_key_help(struct text *out, const struct config_key *key)
{
    char flag[CONFIG_NAME_BYTES];
    config_flag_name(flag, key->name);
    text_format(out, "  %-24s %s (", flag, key->help);
    if (key->type == CONFIG_SIZE)
        text_format(out, "%zu to %zu, ", key->min, key->max);
    text_format(out, "default %s)\n", key->default_value);
}

void config_print_help(struct text *out)
{
    text_append(out, "usage: digitd [--FLAG VALUE | --FLAG=VALUE]...\n"
                     "Recognises handwritten digits over HTTP.\n\n");
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
        print_key_help(out, &config_table[i]);
    text_format(out, "  %-24s %s\n\n", "--config", "JSON file with any of these settings");
    for (size_t i = 0; i < ACTION_FLAG_COUNT; i++)
        text_format(out, "  %-24s %s\n", action_flags[i].name, action_flags[i].help);
    text_append(out, "\nEach setting is also an environment variable and a key of the file: "
                     "--max-body-bytes,\nDIGITD_MAX_BODY_BYTES, \"max_body_bytes\". Flags override "
                     "variables, variables override\nthe file, the file overrides the defaults.\n");
}
