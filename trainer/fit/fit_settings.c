#include "trainer/fit/fit_settings.h"

size_t fit_steps(size_t count, size_t batch_size)
{
    return count / batch_size + (count % batch_size != 0);
}

bool fit_is_final_epoch(const struct fit_settings *settings, size_t epoch)
{
    return epoch + settings->final_epochs >= settings->epochs;
}

size_t fit_augment_epoch(const struct fit_settings *settings, size_t epoch)
{
    return settings->augment_epochs == 0 ? epoch : epoch % settings->augment_epochs;
}

uint64_t fit_augment_seed(const struct fit_settings *settings)
{
    return settings->augment_seed != 0 ? settings->augment_seed : settings->seed;
}
