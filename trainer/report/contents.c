#include "trainer/report/contents.h"

#include <string.h>
#include <time.h>

enum digit_status report_contents_make(struct report_contents *out,
                                       const struct report_source *source,
                                       struct digit_error *error)
{
    memset(out, 0, sizeof *out);
    out->source = source;
    out->made_s = (double)time(NULL);
    out->pair_count = gallery_list_pairs(out->pairs, &source->evaluation->confusion);
    first_layer_find(&out->first_layer, source->file);
    machine_read(&out->machine, "/proc/cpuinfo");
    enum digit_status status =
        calibration_make(&out->calibration, source->evaluation, source->test->labels, error);
    if (status == DIGIT_OK)
        status = gallery_make(&out->gallery, source->evaluation, error);
    return status;
}

void report_contents_release(struct report_contents *contents)
{
    gallery_release(&contents->gallery);
}

bool report_has_training(const struct report_source *source)
{
    return source->history != NULL && source->history->count > 0;
}
