/* handfast/handfast.h: all of handfast in one include.
 *
 * A program makes an hf_config, from it an hf_conn for each connection, names the host,
 * attaches a transport and calls hf_connect; see hf_connect(3). */
#ifndef HANDFAST_HANDFAST_H
#define HANDFAST_HANDFAST_H

#include <handfast/bio.h>
#include <handfast/certificate.h>
#include <handfast/config.h>
#include <handfast/conn.h>
#include <handfast/error.h>
#include <handfast/replay.h>
#include <handfast/server.h>
#include <handfast/session.h>
#include <handfast/types.h>
#include <handfast/verify.h>
#include <handfast/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library in use (the macros are those of the headers). */
HF_API int hf_version_number(void);
HF_API const char *hf_version_text(void);
/** The optional parts that this library was built with, in words separated by spaces,
 * such as "libidn2 libsodium"; static. */
HF_API const char *hf_version_features(void);

#ifdef __cplusplus
}
#endif

#endif
