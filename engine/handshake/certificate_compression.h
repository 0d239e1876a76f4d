/* engine/handshake/certificate_compression.h: certificates that travel compressed, in
 * either direction and for either role.  RFC 8879. */
#ifndef HFI_HANDSHAKE_CERTIFICATE_COMPRESSION_H
#define HFI_HANDSHAKE_CERTIFICATE_COMPRESSION_H

#include "handshake/handshake.h"
#include "wire/writer.h"

/* ---- the list of compress_certificate, in ClientHello and CertificateRequest ---- */

/* Writes what the settings take; false: they take none, and nothing was written. */
bool hfi_compression_write_list(hfi_hs *hs, hfi_writer *w);
/* Keeps which of our methods the peer takes.  HFI_E_DECODE_EXTENSION. */
hfi_err hfi_compression_read_list(hfi_hs *hs, hfi_view body);

/* ---- the messages ---- */

/* Makes a Certificate's body of a CompressedCertificate's: out is released by the caller.
 * Before any memory is spent: HFI_E_UNEXPECTED_MESSAGE if we sent no list,
 * HFI_E_DECODE_COMPRESSED_CERTIFICATE, HFI_E_UNOFFERED_CERTIFICATE_COMPRESSION,
 * HFI_E_COMPRESSED_CERTIFICATE_TOO_LONG.  After: HFI_E_CERTIFICATE_DECOMPRESSION,
 * HFI_E_CERTIFICATE_DECOMPRESSED_LENGTH, HFI_E_NO_MEMORY. */
hfi_err hfi_compression_open(hfi_hs *hs, hfi_view body, hfi_span *out);

/* Sends a Certificate, given with its header: compressed if the peer takes that and it
 * is worth it, else as it is.  What was compressed is kept with the credential that is
 * shown, and not made again for an equal message; NULL: it shows none. */
hfi_err hfi_compression_send_certificate(hfi_hs *hs, const hfi_credential *shown,
                                         hfi_view message);

#endif
