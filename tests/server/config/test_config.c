#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <digit/model.h>

#include "cli/options.h"
#include "core/base/file.h"
#include "server/config/config.h"
#include "trainer/eval/image_files.h"

#include "tests/test.h"

#define MAX_ARGUMENTS 8

static struct config config;
static enum config_action action;
static struct digit_error error;
static char file_path[64];

/* Loads from flags, variables and, unless it is NULL, the text of a file; each list ends in NULL.
 */
static enum digit_status load(const char *const *flags, const char *const *variables,
                              const char *file_text)
{
    char *argv[MAX_ARGUMENTS + 4] = {strdup("digitd")};
    char *environment[MAX_ARGUMENTS + 1] = {NULL};
    int argc = 1;
    for (size_t i = 0; flags != NULL && flags[i] != NULL; i++)
        argv[argc++] = strdup(flags[i]);
    for (size_t i = 0; variables != NULL && variables[i] != NULL; i++)
        environment[i] = strdup(variables[i]);
    if (file_text != NULL) {
        struct file_part part = {file_text, strlen(file_text)};
        assert_int_equal(file_write(file_path, &part, 1, NULL), DIGIT_OK);
        argv[argc++] = strdup("--config");
        argv[argc++] = strdup(file_path);
    }
    error.message[0] = '\0';
    enum digit_status status = config_load(&config, &action, argc, argv, environment, &error);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    for (size_t i = 0; environment[i] != NULL; i++)
        free(environment[i]);
    return status;
}

#define LIST(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static int make_path(void **state)
{
    (void)state;
    snprintf(file_path, sizeof file_path, "/tmp/test_config_%ld.json", (long)getpid());
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(file_path);
    return 0;
}

static void assert_message_names(const char *const *parts)
{
    for (size_t i = 0; parts[i] != NULL; i++)
        if (strstr(error.message, parts[i]) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", parts[i], error.message);
    assert_null(strchr(error.message, '\n'));
}

static size_t size_of(const struct option_spec *key)
{
    size_t value;
    memcpy(&value, (const char *)&config + key->offset, sizeof value);
    return value;
}

/* The flag, the variable and the file that set `key` to `value` (in JSON in the file). */
struct spelling {
    char flag[OPTION_NAME_BYTES];
    char variable[OPTION_NAME_BYTES];
    char assignment[128];
    char file[128];
};

static struct spelling spell(const struct option_spec *key, const char *value, const char *json)
{
    struct spelling out;
    option_flag_name(out.flag, key);
    option_variable_name(out.variable, &config_options, key);
    snprintf(out.assignment, sizeof out.assignment, "%s=%s", out.variable, value);
    snprintf(out.file, sizeof out.file, "{\"%s\": %s}", key->name, json);
    return out;
}

/*
 * Sets a size by flag, variable and file: all must accept it, or all must refuse it with the
 * limits.
 */
static void check_size(const struct option_spec *key, unsigned long long value, bool is_taken)
{
    char number[32];
    char limit[64];
    snprintf(number, sizeof number, "%llu", value);
    snprintf(limit, sizeof limit, "must be a whole number from %.0f to %.0f", key->min, key->max);
    struct spelling spelling = spell(key, number, number);
    const char *subjects[] = {spelling.flag, spelling.variable, file_path};

    bool is_total = strcmp(key->name, "max_bodies_bytes") == 0;

    for (int source = 0; source < 3; source++) {
        const char *flags[5] = {NULL};
        size_t count = 0;
        if (source == 0) {
            flags[count++] = spelling.flag;
            flags[count++] = number;
        }
        if (is_total) { /* must be at least max_body_bytes: sets that to its minimum */
            flags[count++] = "--max-body-bytes";
            flags[count++] = "1024";
        }
        enum digit_status status = load(flags, source == 1 ? LIST(spelling.assignment) : NULL,
                                        source == 2 ? spelling.file : NULL);
        assert_int_equal(status, is_taken ? DIGIT_OK : DIGIT_INVALID);
        if (is_taken)
            assert_int_equal(size_of(key), value);
        else
            assert_message_names(LIST(subjects[source], number, limit));
    }
}

static void every_size_takes_its_range_and_nothing_beyond(void **state)
{
    (void)state;
    size_t sizes = 0;
    for (size_t i = 0; i < config_options.count; i++) {
        const struct option_spec *key = &config_options.items[i];
        if (key->type != OPTION_COUNT)
            continue;
        if (key->min > 0)
            check_size(key, (unsigned long long)key->min - 1, false);
        check_size(key, (unsigned long long)key->min, true);
        check_size(key, (unsigned long long)key->max, true);
        check_size(key, (unsigned long long)key->max + 1, false);
        sizes++;
    }
    assert_int_equal(sizes, 31);
}

static void all_bodies_have_room_for_one(void **state)
{
    (void)state;
    assert_int_equal(
        load(LIST("--max-bodies-bytes", "5000", "--max-body-bytes", "5000"), NULL, NULL), DIGIT_OK);
    assert_int_equal(
        load(LIST("--max-bodies-bytes", "4999", "--max-body-bytes", "5000"), NULL, NULL),
        DIGIT_INVALID);
    assert_message_names(LIST("max_bodies_bytes is 4999", "at least max_body_bytes (5000)"));
}

static void what_takes_a_restart_is_named(void **state)
{
    (void)state;
    struct config before, after;
    assert_int_equal(load(NULL, NULL, NULL), DIGIT_OK);
    before = config;
    const struct {
        const char *flag, *value, *key;
    } fixed[] = {
        {"--listen", "[::1]:1", "listen"},
        {"--admin-listen", "unix:/a", "admin_listen"},
        {"--workers", "9", "workers"},
        {"--picture-threads", "9", "picture_threads"},
        {"--max-connections", "9", "max_connections"},
        {"--max-connections-per-peer", "9", "max_connections_per_peer"},
        {"--max-header-bytes", "2000", "max_header_bytes"},
        {"--max-headers", "9", "max_headers"},
        {"--send-buffer-bytes", "5000", "send_buffer_bytes"},
        {"--model", "other", NULL},
        {"--max-instances", "9", NULL},
        {"--max-hypotheses", "9", NULL},
        {"--max-lines", "9", NULL},
        {"--max-candidates", "9", NULL},
        {"--max-digits", "9", NULL},
        {"--log-level", "debug", NULL},
        {"--access-log", "false", NULL},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        assert_int_equal(load(LIST(fixed[i].flag, fixed[i].value), NULL, NULL), DIGIT_OK);
        after = config;
        const char *key = config_changed_at_start(&before, &after);
        assert_true((key == NULL) == (fixed[i].key == NULL));
        if (key != NULL)
            assert_string_equal(key, fixed[i].key);
    }
    assert_null(config_changed_at_start(&before, &before));
}

static void every_default_is_what_the_documentation_says(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, NULL, NULL), DIGIT_OK);
    assert_int_equal(action, CONFIG_SERVE);
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_string_equal(config.model, "models/digits.safetensors");
    assert_int_equal(config.workers, 0);
    assert_int_equal(config.max_body_bytes, 8388608);
    assert_int_equal(config.max_bodies_bytes, 67108864);
    assert_int_equal(config.max_instances, 256);
    assert_int_equal(config.max_image_side_px, 12288);
    assert_int_equal(config.max_image_pixels, 50331648);
    assert_int_equal(config.max_decoder_bytes, 83886080);
    assert_int_equal(config.max_decoder_ms, 400);
    assert_int_equal(config.max_hypotheses, 20);
    assert_int_equal(config.max_lines, 32);
    assert_int_equal(config.max_candidates, 512);
    assert_int_equal(config.max_digits, 128);
    /* digitd-eval reads pictures within the limits that the server ships with. */
    assert_int_equal(config.max_body_bytes, IMAGE_FILE_MAX_BYTES);
    assert_int_equal(config.max_image_side_px, IMAGE_FILE_MAX_SIDE_PX);
    assert_int_equal(config.max_image_pixels, IMAGE_FILE_MAX_PIXELS);
    assert_int_equal(config.max_decoder_bytes, IMAGE_FILE_MAX_DECODER_BYTES);
    assert_int_equal(config.max_decoder_ms, IMAGE_FILE_MAX_DECODER_MS);
    assert_int_equal(config.max_connections, 0);
    assert_int_equal(config.idle_timeout_ms, 75000);
    assert_int_equal(config.drain_timeout_ms, 8000);
    assert_int_equal(config.precision, DIGIT_PRECISION_AUTO);
    assert_string_equal(config_kernels_names[config.kernels], "auto");
    assert_int_equal(config.log_level, LOG_INFO);
    assert_true(config.access_log);
    assert_false(config.access_log_probes);
}

static void every_key_refuses_a_wrong_type_from_each_source(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_options.count; i++) {
        const struct option_spec *key = &config_options.items[i];
        if (!option_is_setting(key))
            continue;
        /* Only the empty text is not a path. */
        const char *wrong = strcmp(key->name, "model") == 0 ? "" : "wrong";
        struct spelling spelling = spell(key, wrong, "[]");

        assert_int_equal(load(LIST(spelling.flag, wrong), NULL, NULL), DIGIT_INVALID);
        assert_message_names(LIST(spelling.flag, wrong));
        assert_int_equal(load(NULL, LIST(spelling.assignment), NULL), DIGIT_INVALID);
        assert_message_names(LIST(spelling.variable, wrong));
        assert_int_equal(load(NULL, NULL, spelling.file), DIGIT_INVALID);
        assert_message_names(LIST(file_path, key->name));
    }
}

static void a_size_is_digits_only(void **state)
{
    (void)state;
    static const char *const refused[] = {"",    " 1", "1 ",  "+1",  "-1",  "0x10",
                                          "1e3", "1k", "1.5", "one", "1\n", "99999999999999999999"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(load(LIST("--workers", refused[i]), NULL, NULL), DIGIT_INVALID);
        assert_message_names(LIST("--workers", "0 to 256"));
    }
    assert_int_equal(load(NULL, NULL, "{\"workers\": 1.5}"), DIGIT_INVALID);
    assert_int_equal(load(NULL, NULL, "{\"workers\": \"1\"}"), DIGIT_INVALID);
    assert_int_equal(load(NULL, NULL, "{\"workers\": -1}"), DIGIT_INVALID);
}

static void limits_are_every_key_with_a_number(void **state)
{
    struct metrics_limit limits[CONFIG_LIMITS_MAX];
    size_t numbers = 0;
    (void)state;
    assert_int_equal(
        load(LIST("--max-instances", "7", "--max-bodies-bytes", "17179869184"), NULL, NULL),
        DIGIT_OK);
    size_t count = config_limits(limits, &config);
    for (size_t i = 0; i < config_options.count; i++) {
        const char *name = config_options.items[i].name;
        if (config_options.items[i].type != OPTION_COUNT)
            continue;
        assert_string_equal(limits[numbers].name, name);
        if (strcmp(name, "max_instances") == 0)
            assert_true(limits[numbers].value == 7);
        if (strcmp(name, "max_bodies_bytes") == 0)
            assert_true(limits[numbers].value == 17179869184.0);
        numbers++;
    }
    assert_int_equal(count, numbers);
    assert_true(count > 0);
}

static void a_level_and_a_bool_are_words(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--log-level", "error"), NULL, NULL), DIGIT_OK);
    assert_int_equal(config.log_level, LOG_ERROR);
    assert_int_equal(load(LIST("--access-log=false"), NULL, "{\"log_level\": \"debug\"}"),
                     DIGIT_OK);
    assert_int_equal(config.log_level, LOG_DEBUG);
    assert_false(config.access_log);
    assert_int_equal(load(NULL, LIST("DIGITD_ACCESS_LOG=1"), NULL), DIGIT_INVALID);
    assert_message_names(LIST("DIGITD_ACCESS_LOG", "true or false"));
    assert_int_equal(load(LIST("--log-level", "Info"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--log-level", "Info", "debug, info, warning or error"));
}

static void precision_and_kernels_are_names(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--precision", "int8", "--kernels", "avx2"), NULL, NULL), DIGIT_OK);
    assert_int_equal(config.precision, DIGIT_PRECISION_INT8);
    assert_string_equal(config_kernels_names[config.kernels], "avx2");
    assert_int_equal(load(NULL, LIST("DIGITD_PRECISION=f32"), NULL), DIGIT_OK);
    assert_int_equal(config.precision, DIGIT_PRECISION_F32);
    assert_int_equal(load(LIST("--precision", "f16"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--precision", "f16", "auto, f32 or int8"));
    assert_int_equal(load(NULL, NULL, "{\"kernels\": \"sse\"}"), DIGIT_INVALID);
    assert_message_names(
        LIST("kernels", "sse", "auto, portable, neon, avx2, avxvnni, avx512, avx512vnni or amx"));
}

/* --kernels accepts the name of every table of kernels, also where it cannot run. */
static void every_kernel_has_a_name_in_the_configuration(void **state)
{
    (void)state;
    for (size_t i = 0; digit_kernels_name(i) != NULL; i++)
        assert_int_equal(load(LIST("--kernels", digit_kernels_name(i)), NULL, NULL), DIGIT_OK);
}

static void a_listen_address_is_checked_when_it_is_read(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--listen", "[::1]:0"), NULL, NULL), DIGIT_OK);
    assert_string_equal(config.listen, "[::1]:0");
    assert_int_equal(load(LIST("--listen", "localhost:80"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--listen", "localhost:80", "0 to 65535"));
}

static void a_path_has_its_limits(void **state)
{
    (void)state;
    char path[CONFIG_PATH_BYTES + 1];
    memset(path, 'a', sizeof path);
    path[CONFIG_PATH_BYTES] = '\0';
    assert_int_equal(load(LIST("--model", path), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--model", "4096", "1 to 4095"));
    path[CONFIG_PATH_BYTES - 1] = '\0';
    assert_int_equal(load(LIST("--model", path), NULL, NULL), DIGIT_OK);
    assert_string_equal(config.model, path);
    assert_int_equal(load(LIST("--model", "a\xff"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--model", "UTF-8"));
}

static void flag_wins_over_environment_over_file_over_default(void **state)
{
    (void)state;
    const char *file = "{\"workers\": 1}";
    assert_int_equal(load(NULL, NULL, file), DIGIT_OK);
    assert_int_equal(config.workers, 1);
    assert_int_equal(load(NULL, LIST("DIGITD_WORKERS=2"), file), DIGIT_OK);
    assert_int_equal(config.workers, 2);
    assert_int_equal(load(LIST("--workers", "3"), LIST("DIGITD_WORKERS=2"), file), DIGIT_OK);
    assert_int_equal(config.workers, 3);
    assert_int_equal(load(LIST("--workers=4"), LIST("DIGITD_WORKERS=2"), NULL), DIGIT_OK);
    assert_int_equal(config.workers, 4);
    assert_int_equal(config.max_instances, 256);
}

static void the_file_is_named_by_flag_or_environment(void **state)
{
    (void)state;
    char variable[128];
    assert_int_equal(load(NULL, NULL, "{\"workers\": 7}"), DIGIT_OK);
    snprintf(variable, sizeof variable, "DIGITD_CONFIG=%s", file_path);
    assert_int_equal(load(NULL, LIST(variable), NULL), DIGIT_OK);
    assert_int_equal(config.workers, 7);
    assert_int_equal(load(NULL, LIST("DIGITD_CONFIG=/nonexistent"), NULL), DIGIT_IO);
    assert_message_names(LIST("/nonexistent"));
    assert_int_equal(load(NULL, LIST("DIGITD_CONFIG=/nonexistent"), "{\"workers\": 8}"), DIGIT_OK);
    assert_int_equal(config.workers, 8);
}

static void what_is_unknown_is_refused_by_name(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--worker", "3"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("unknown option", "--worker"));
    assert_int_equal(load(LIST("--max_body_bytes", "3000"), NULL, NULL), DIGIT_INVALID);
    assert_int_equal(load(LIST("serve"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("serve"));
    assert_int_equal(load(NULL, LIST("HOME=/", "DIGITD_WORKER=3"), NULL), DIGIT_INVALID);
    assert_message_names(LIST("environment", "DIGITD_WORKER"));
    assert_int_equal(load(NULL, LIST("DIGITD_", "digitd_workers=3"), NULL), DIGIT_INVALID);
    assert_int_equal(load(NULL, LIST("digitd_workers=3"), NULL), DIGIT_OK);
    assert_int_equal(load(NULL, NULL, "{\"worker\": 3}"), DIGIT_INVALID);
    assert_message_names(LIST(file_path, "unknown key", "worker"));
    assert_int_equal(load(NULL, NULL, "{\"config\": \"x\"}"), DIGIT_INVALID);
}

static void a_flag_needs_one_value_and_stands_once(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--workers"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--workers needs a value"));
    assert_int_equal(load(LIST("--workers", "1", "--workers=2"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--workers is given twice"));
    assert_int_equal(load(LIST("--config=a"), NULL, "{}"), DIGIT_INVALID);
    assert_message_names(LIST("--config is given twice"));
}

static void a_file_is_one_json_object(void **state)
{
    (void)state;
    assert_int_equal(load(NULL, NULL, "{}"), DIGIT_OK);
    assert_int_equal(load(NULL, NULL, ""), DIGIT_MALFORMED);
    assert_int_equal(load(NULL, NULL, "{\"workers\": 1"), DIGIT_MALFORMED);
    assert_int_equal(load(NULL, NULL, "{} {}"), DIGIT_MALFORMED);
    assert_int_equal(load(NULL, NULL, "{\"workers\": 1, \"workers\": 2}"), DIGIT_MALFORMED);
    assert_message_names(LIST(file_path, "workers"));
    assert_int_equal(load(NULL, NULL, "[]"), DIGIT_INVALID);
    assert_message_names(LIST(file_path));
}

static void the_end_of_a_long_file_name_and_the_reason_fit_in_one_message(void **state)
{
    (void)state;
    char path[400] = "/tmp/";
    memset(path + 5, '/', 250); /* a longer name of the same file */
    assert_int_equal(load(NULL, NULL, "{\"worker\": 3}"), DIGIT_INVALID);
    snprintf(path + 255, sizeof path - 255, "%s", file_path + strlen("/tmp/"));
    assert_int_equal(load(LIST("--config", path), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST(file_path + strlen("/tmp/"), "unknown key \"worker\""));
}

static void a_control_character_stays_out_of_the_message(void **state)
{
    (void)state;
    assert_int_equal(load(LIST("--listen", "a\nb\x7f\x1b[0m"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("a?b??[0m"));
    char value[200];
    memset(value, 'a', sizeof value);
    value[sizeof value - 1] = '\0';
    assert_int_equal(load(LIST("--listen", value), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("aaa...\"", "0 to 65535"));
}

static void actions_are_flags_without_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *flag;
        enum config_action action;
    } cases[] = {
        {"--help", CONFIG_HELP},          {"-h", CONFIG_HELP},
        {"--version", CONFIG_VERSION},    {"--print-config", CONFIG_PRINT},
        {"--check-config", CONFIG_CHECK}, {"--healthcheck", CONFIG_HEALTH_CHECK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(load(LIST("--workers=1", cases[i].flag), NULL, NULL), DIGIT_OK);
        assert_int_equal(action, cases[i].action);
    }
    assert_int_equal(load(LIST("--help"), LIST("DIGITD_BROKEN=1"), NULL), DIGIT_OK);
    assert_int_equal(load(LIST("--check-config"), LIST("DIGITD_BROKEN=1"), NULL), DIGIT_INVALID);
    assert_int_equal(load(LIST("--help", "--version"), NULL, NULL), DIGIT_INVALID);
    assert_message_names(LIST("--help and --version cannot be combined"));
    assert_int_equal(load(LIST("--print-config=1"), NULL, NULL), DIGIT_INVALID);
}

static void the_printed_default_configuration_is_the_shipped_file(void **state)
{
    (void)state;
    uint8_t *shipped;
    size_t size_bytes;
    struct text text;
    text_init(&text, 65536);
    assert_int_equal(load(NULL, NULL, NULL), DIGIT_OK);
    config_print(&text, &config);
    assert_int_equal(
        file_read(&shipped, &size_bytes, SOURCE_DIR "/config/digitd.json", 65536, &error),
        DIGIT_OK);
    assert_string_equal(text_chars(&text), (const char *)shipped);
    free(shipped);
    text_release(&text);
}

static void the_printed_configuration_reads_back_as_the_same(void **state)
{
    (void)state;
    struct text first;
    struct text second;
    text_init(&first, 65536);
    text_init(&second, 65536);
    assert_int_equal(load(LIST("--listen=[::]:0", "--model=a \"b\"\n\xe2\x82\xac", "--workers=5",
                               "--log-level=error", "--access-log=false"),
                          NULL, NULL),
                     DIGIT_OK);
    config_print(&first, &config);
    assert_int_equal(load(NULL, NULL, text_chars(&first)), DIGIT_OK);
    config_print(&second, &config);
    assert_string_equal(text_chars(&first), text_chars(&second));
    assert_string_equal(config.model, "a \"b\"\n\xe2\x82\xac");
    text_release(&second);
    text_release(&first);
}

static void help_names_every_flag_with_its_range_and_default(void **state)
{
    (void)state;
    char *text;
    size_t size_bytes;
    FILE *out = open_memstream(&text, &size_bytes);
    assert_non_null(out);
    options_print_help(out, &config_options);
    fclose(out);
    for (size_t i = 0; i < config_options.count; i++) {
        char flag[OPTION_NAME_BYTES];
        option_flag_name(flag, &config_options.items[i]);
        assert_non_null(strstr(text, flag));
        assert_non_null(strstr(text, config_options.items[i].help));
    }
    assert_non_null(strstr(text, "(1024 to 67108864; default 8388608)"));
    free(text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_path, remove_file)

TEST_MAIN(CASE(every_size_takes_its_range_and_nothing_beyond), CASE(all_bodies_have_room_for_one),
          CASE(what_takes_a_restart_is_named), CASE(every_default_is_what_the_documentation_says),
          CASE(every_key_refuses_a_wrong_type_from_each_source), CASE(a_size_is_digits_only),
          CASE(limits_are_every_key_with_a_number), CASE(a_level_and_a_bool_are_words),
          CASE(precision_and_kernels_are_names), CASE(every_kernel_has_a_name_in_the_configuration),
          CASE(a_listen_address_is_checked_when_it_is_read), CASE(a_path_has_its_limits),
          CASE(flag_wins_over_environment_over_file_over_default),
          CASE(the_file_is_named_by_flag_or_environment), CASE(what_is_unknown_is_refused_by_name),
          CASE(a_flag_needs_one_value_and_stands_once), CASE(a_file_is_one_json_object),
          CASE(the_end_of_a_long_file_name_and_the_reason_fit_in_one_message),
          CASE(a_control_character_stays_out_of_the_message),
          CASE(actions_are_flags_without_a_value),
          CASE(the_printed_default_configuration_is_the_shipped_file),
          CASE(the_printed_configuration_reads_back_as_the_same),
          CASE(help_names_every_flag_with_its_range_and_default))
