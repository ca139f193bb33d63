#include "cli/options.h"

#define HELP_COLUMN 30

static void print_choices(FILE *out, const char *const *choices)
{
    for (size_t i = 0; choices[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", choices[i]);
}

/* What may be given, what is taken otherwise, and the variable: " (1 to 1000; default 30)". */
static void print_limits(FILE *out, const struct option_spec *spec)
{
    const char *before = " (";
    char range[OPTION_RANGE_BYTES];
    if (spec->type == OPTION_COUNT || spec->type == OPTION_NUMBER) {
        option_range(range, spec);
        fprintf(out, "%s%s", before, range);
        before = "; ";
    }
    if (spec->type == OPTION_BOOL) {
        fprintf(out, "%strue, false", before);
        before = "; ";
    }
    if (spec->type == OPTION_CHOICE) {
        fputs(before, out);
        print_choices(out, spec->choices);
        before = "; ";
    }
    if (spec->fallback != NULL) {
        fprintf(out, "%sdefault %s", before, spec->fallback);
        before = "; ";
    }
    if (spec->variable != NULL) {
        fprintf(out, "%sor %s in the environment", before, spec->variable);
        before = "; ";
    }
    if (before[0] == ';')
        fputc(')', out);
}

static void print_option(FILE *out, const struct option_spec *spec)
{
    char flag[OPTION_NAME_BYTES];
    const bool is_help = spec->type == OPTION_ACTION && spec->action == OPTIONS_HELP;
    option_flag_name(flag, spec);
    int used = fprintf(out, "  %s%s%s%s", is_help ? "-h, " : "", flag,
                       spec->value != NULL ? " " : "", spec->value != NULL ? spec->value : "");
    fprintf(out, "%*s%s", used < HELP_COLUMN ? HELP_COLUMN - used : 1, "", spec->help);
    print_limits(out, spec);
    fputc('\n', out);
}

void options_print_help(FILE *out, const struct option_table *table)
{
    fprintf(out, "Usage: %s\n\n%s\n\n", table->usage, table->summary);
    for (size_t i = 0; i < table->count; i++)
        print_option(out, &table->items[i]);
    if (table->notes != NULL)
        fprintf(out, "\n%s", table->notes);
}
