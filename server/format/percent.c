#include "server/format/percent.h"

#include "server/format/ascii.h"

bool percent_decode(char *text)
{
    char *out = text;
    for (const char *at = text; *at != '\0'; at++) {
        int high, low;
        if (*at != '%') {
            *out++ = *at;
            continue;
        }
        high = ascii_hex_value(at[1]);
        low = high >= 0 ? ascii_hex_value(at[2]) : -1;
        if (low < 0 || high + low == 0)
            return false;
        *out++ = (char)(high << 4 | low);
        at += 2;
    }
    *out = '\0';
    return true;
}
