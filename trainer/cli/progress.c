#include "trainer/cli/progress.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "trainer/base/clock.h"

#define BAR_CHARACTERS    10
#define TIME_CHARACTERS   24
#define DEFAULT_COLUMNS   80
#define REDRAW_INTERVAL_S 0.1

static const char ERASE_TO_END_OF_LINE[] = "\033[K"; /* ECMA-48, EL */

static size_t terminal_columns(FILE *out)
{
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return DEFAULT_COLUMNS;
    return size.ws_col;
}

void progress_init(struct progress *progress, FILE *out)
{
    *progress = (struct progress){
        .out = out, .terminal = isatty(fileno(out)) == 1, .started_s = clock_now_s()};
}

/* "[===>......]" */
static void format_bar(char out[BAR_CHARACTERS + 3], const struct fit_step *step)
{
    size_t done = BAR_CHARACTERS * step->step / step->steps;
    out[0] = '[';
    memset(out + 1, '.', BAR_CHARACTERS);
    memset(out + 1, '=', done);
    if (done < BAR_CHARACTERS)
        out[1 + done] = '>';
    memcpy(out + 1 + BAR_CHARACTERS, "]", 2);
}

/* "0:07", "12:30", "1:02:03". */
static void format_time(char out[TIME_CHARACTERS], double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    unsigned long hours = whole / 3600, minutes = whole / 60 % 60;
    if (hours > 0)
        snprintf(out, TIME_CHARACTERS, "%lu:%02lu:%02lu", hours, minutes, whole % 60);
    else
        snprintf(out, TIME_CHARACTERS, "%lu:%02lu", minutes, whole % 60);
}

static void format_line(char out[PROGRESS_LINE_BYTES], const struct fit_step *step,
                        const char *time_name, double time_s, double training_s)
{
    char bar[BAR_CHARACTERS + 3], time_text[TIME_CHARACTERS];
    format_bar(bar, step);
    format_time(time_text, time_s);
    double rate = training_s > 0.0 ? (double)step->images / training_s : 0.0;
    snprintf(out, PROGRESS_LINE_BYTES,
             "Epoch %zu/%zu %s %zu/%zu %s %s %.0f img/s loss %.4f accuracy %.4f", step->epoch,
             step->epochs, bar, step->step, step->steps, time_name, time_text, rate, step->loss,
             step->accuracy);
}

__attribute__((format(printf, 2, 3))) static void append(char line[PROGRESS_LINE_BYTES],
                                                         const char *format, ...)
{
    size_t used = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, PROGRESS_LINE_BYTES - used, format, arguments);
    va_end(arguments);
}

void progress_format_step(char out[PROGRESS_LINE_BYTES], const struct fit_step *step,
                          double elapsed_s)
{
    size_t left = step->steps - step->step;
    format_line(out, step, "ETA", elapsed_s / (double)step->step * (double)left, elapsed_s);
    append(out, " learning_rate %.3g", step->learning_rate);
}

void progress_format_epoch(char out[PROGRESS_LINE_BYTES], const struct fit_epoch *epoch,
                           double elapsed_s, double training_s)
{
    format_line(out, &epoch->last, "took", elapsed_s, training_s);
    if (epoch->validated)
        append(out, " val_loss %.4f val_accuracy %.4f%s", epoch->validation_loss,
               epoch->validation_accuracy, epoch->best ? " (best)" : "");
    append(out, " learning_rate %.3g", epoch->last.learning_rate);
}

void progress_step(struct progress *progress, const struct fit_step *step)
{
    double now = clock_now_s();
    progress->stepped_s = now;
    if (!progress->terminal || now - progress->drawn_s < REDRAW_INTERVAL_S)
        return;
    progress->drawn_s = now;
    char line[PROGRESS_LINE_BYTES];
    progress_format_step(line, step, now - progress->started_s);
    int columns = (int)terminal_columns(progress->out);
    /* A line that reaches the last column wraps, and \r would return to its second half. */
    fprintf(progress->out, "\r%.*s%s", columns - 1, line, ERASE_TO_END_OF_LINE);
    fflush(progress->out);
}

void progress_epoch(struct progress *progress, const struct fit_epoch *epoch)
{
    double now = clock_now_s();
    char line[PROGRESS_LINE_BYTES];
    progress_format_epoch(line, epoch, now - progress->started_s,
                          progress->stepped_s - progress->started_s);
    if (progress->terminal)
        fprintf(progress->out, "\r%s%s\n", line, ERASE_TO_END_OF_LINE);
    else
        fprintf(progress->out, "%s\n", line);
    fflush(progress->out);
    progress->started_s = now;
}

void progress_break(struct progress *progress)
{
    if (progress->terminal)
        fputc('\n', progress->out);
}
