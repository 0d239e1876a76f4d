/* pki/time.h: the dates of a certificate, RFC 5280 4.1.2.5. */
#ifndef HFI_PKI_TIME_H
#define HFI_PKI_TIME_H

#include "wire/reader.h"

/* Takes a UTCTime or GeneralizedTime in the only form that the profile allows:
 * seconds given, no fraction, "Z".  *seconds counts from 1970, UTC, and is negative
 * before.  False, and the reader failed, if it is anything else. */
bool hfi_der_read_time(hfi_reader *r, int64_t *seconds);

#endif
