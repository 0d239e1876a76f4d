/* tests/support/script_client_auth.h: the client's certificate as the scripted server
 * judges it. */
#ifndef SCRIPT_CLIENT_AUTH_H
#define SCRIPT_CLIENT_AUTH_H

#include "scripted_server.h"

/* A Certificate of either version, header included: the first certificate is kept. */
void script_take_client_certificate(scripted_server *s, hfi_view message);
/* CertificateVerify, before it is in the transcript. */
/* CompressedCertificate, RFC 8879. */
void script_take_compressed_certificate(scripted_server *s, hfi_view message);
void script_take_client_verify(scripted_server *s, hfi_view message);

#endif
