#include "server/http/request_id.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "server/http/worker.h"

static bool id_is_valid(const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strspn(id, allowed);
    return size > 0 && size < REQUEST_ID_BYTES && id[size] == '\0';
}

static char *write_hex(char *out, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--)
        *out++ = "0123456789abcdef"[value >> 4 * i & 15];
    return out;
}

/* "0123456789abcdef-1a": the worker's random number, then the request's without leading zeros. */
static void make_id(char out[REQUEST_ID_BYTES], struct worker *worker)
{
    int digits = 1;
    worker->id_count++;
    while (digits < 16 && worker->id_count >> 4 * digits != 0)
        digits++;
    out = write_hex(out, worker->id_seed, 16);
    *out++ = '-';
    *write_hex(out, worker->id_count, digits) = '\0';
}

void request_id_choose(char out[REQUEST_ID_BYTES], const char *offered, struct worker *worker)
{
    if (offered != NULL && id_is_valid(offered))
        snprintf(out, REQUEST_ID_BYTES, "%s", offered);
    else
        make_id(out, worker);
}
