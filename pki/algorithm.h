/* pki/algorithm.h: AlgorithmIdentifiers of signatures, and public keys.
 * RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8017, RFC 8410. */
#ifndef HFI_PKI_ALGORITHM_H
#define HFI_PKI_ALGORITHM_H

#include "base/err.h"
#include "crypto/provider.h"
#include "wire/reader.h"

/* Reads a signature's AlgorithmIdentifier (header included).  HFI_E_CERT_MALFORMED if
 * it is none; HFI_E_CERT_SIGNATURE_WEAK or HFI_E_CERT_SIGNATURE_ALGORITHM if it is one
 * that is not accepted. */
hfi_err hfi_signature_algorithm_read(hfi_view identifier, hfi_signature *algorithm);

/* Reads a SubjectPublicKeyInfo (header included).  HFI_E_CERT_MALFORMED if it is
 * none; HFI_E_CERT_KEY_UNSUPPORTED or HFI_E_CERT_KEY_MALFORMED with key->type NONE.
 * *only is the one signature algorithm that an RSASSA-PSS key with parameters may be
 * used with; HFI_SIGNATURE_NONE: no such restriction. */
hfi_err hfi_public_key_read(hfi_view spki, hfi_public_key *key, hfi_signature *only);

/* Takes the name of a curve; HFI_KEY_NONE if it is not supported, and the reader failed
 * if it is no name at all. */
hfi_key_type hfi_curve_read(hfi_reader *r);

/* Reads a key's AlgorithmIdentifier (header included), as it stands before a private
 * key.  False if it is malformed; HFI_KEY_NONE if it is not supported. */
bool hfi_key_algorithm_read(hfi_view identifier, hfi_key_type *type);

/* True if a key of this type can make this signature. */
bool hfi_signature_fits_key(hfi_signature algorithm, hfi_key_type type);

#endif
