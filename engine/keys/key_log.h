/* engine/keys/key_log.h: lines of the NSS key log format (SSLKEYLOGFILE, RFC 9850). */
#ifndef HFI_KEYS_KEY_LOG_H
#define HFI_KEYS_KEY_LOG_H

#include "crypto/provider.h"

enum { HFI_KEY_LOG_LINE_MAX = 256 };

/* "LABEL <client_random> <secret>" in lower-case hexadecimal, with a 0 byte and no
 * newline, into line.  The caller wipes line.  What does not fit leaves line empty. */
void hfi_key_log_line(const char *label, hfi_view client_random, hfi_view secret,
                      char line[HFI_KEY_LOG_LINE_MAX]);

#endif
