/* pki/time.c: the dates of a certificate, RFC 5280 4.1.2.5, and back to text. */
#include "pki/time.h"

#include <stdio.h>

#include "pki/der.h"
#include "pki/x509.h"

/* Days since 1970-01-01 of a date of the Gregorian calendar.  The year is taken to
 * begin in March, so that the leap day is its last. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t day_of_year = (153 * m + 2) / 5 + day - 1;
    int64_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Two decimal digits of at most max. */
static int read_two(hfi_reader *r, int min, int max)
{
    int high = hfi_read_u8(r) - '0';
    int low = hfi_read_u8(r) - '0';
    int n = high * 10 + low;
    if (high < 0 || high > 9 || low < 0 || low > 9 || n < min || n > max) {
        hfi_reader_fail(r);
        return min;
    }
    return n;
}

bool hfi_der_read_time(hfi_reader *r, int64_t *seconds)
{
    uint8_t tag;
    hfi_reader t = hfi_reader_of(hfi_der_read_any(r, &tag));
    int year;

    *seconds = 0;
    if (tag == HFI_DER_UTC_TIME) {
        year = read_two(&t, 0, 99);
        year += year < 50 ? 2000 : 1900;
    } else if (tag == HFI_DER_GENERALIZED_TIME) {
        year = read_two(&t, 0, 99) * 100;
        year += read_two(&t, 0, 99);
    } else {
        hfi_reader_fail(r);
        return false;
    }
    int month = read_two(&t, 1, 12);
    int day = read_two(&t, 1, days_in(year, month));
    int hour = read_two(&t, 0, 23);
    int minute = read_two(&t, 0, 59);
    int second = read_two(&t, 0, 59);
    if (hfi_read_u8(&t) != 'Z' || !hfi_reader_done(&t)) {
        hfi_reader_fail(r);
        return false;
    }
    *seconds = ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

void hfi_x509_time_text(int64_t seconds, char *out, size_t size)
{
    const int64_t day_length = 86400;
    const int64_t first = -62167219200; /* 0000-01-01 */
    const int64_t last = 253402300799;  /* 9999-12-31T23:59:59 */

    /* A certificate cannot say more; a caller's clock may. */
    if (seconds < first)
        seconds = first;
    if (seconds > last)
        seconds = last;
    int64_t days = seconds / day_length;
    int of_day = (int)(seconds % day_length);
    if (of_day < 0) {
        of_day += (int)day_length;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
    int m = (int)((5 * day_of_year + 2) / 153);
    int day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    int month = m < 10 ? m + 3 : m - 9;
    int year = (int)(of_era + era * 400) + (month <= 2 ? 1 : 0);
    (void)snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
                   of_day / 3600, of_day / 60 % 60, of_day % 60);
}
