/* pki/ocsp_response.h: an OCSP response, parsed in place.  RFC 6960 4.2.1. */
#ifndef HFI_PKI_OCSP_RESPONSE_H
#define HFI_PKI_OCSP_RESPONSE_H

#include "pki/x509.h"
#include "wire/reader.h"

/* All views point into the response's bytes. */
typedef struct hfi_ocsp_response {
    unsigned
        status;   /* OCSPResponseStatus; 0: successful, and only then is the rest set */
    hfi_view tbs; /* the signed bytes, header included */
    hfi_view by_name; /* the responder's Name, header included; len 0: named by key */
    hfi_view by_key;  /* SHA-1 of its public key */
    int64_t produced_at;
    hfi_view responses;                /* contents of the list of SingleResponse */
    hfi_signature signature_algorithm; /* NONE if not supported */
    hfi_view signature;                /* contents of the BIT STRING */
    hfi_view certificates;             /* contents of the list; len 0: none */
} hfi_ocsp_response;

typedef enum hfi_ocsp_status {
    HFI_OCSP_GOOD = 0,
    HFI_OCSP_REVOKED = 1,
    HFI_OCSP_UNKNOWN = 2,
} hfi_ocsp_status;

/* What is told about one certificate. */
typedef struct hfi_ocsp_single {
    hfi_view hash; /* contents of the OBJECT IDENTIFIER */
    hfi_view issuer_name_hash;
    hfi_view issuer_key_hash;
    hfi_view serial; /* contents of the INTEGER */
    hfi_ocsp_status status;
    int64_t revoked_at;
    const char *reason; /* as RFC 5280 5.3.1 names it */
    int64_t this_update;
    int64_t next_update;
    bool has_next_update;
} hfi_ocsp_single;

/* Strict DER, every SingleResponse read; false if it is malformed. */
bool hfi_ocsp_response_parse(hfi_view der, hfi_ocsp_response *response);

/* The next of response->responses; false at the end and when malformed. */
bool hfi_ocsp_next_single(hfi_reader *responses, hfi_ocsp_single *single);

#endif
