/* pki/host_name.h: DNS names and addresses: syntax and matching.
 * RFC 9525 6, RFC 5280 4.2.1.6, RFC 1123 2.1, RFC 5952. */
#ifndef HFI_PKI_HOST_NAME_H
#define HFI_PKI_HOST_NAME_H

#include "pki/x509.h"

enum { HFI_DNS_NAME_MAX = 253, HFI_DNS_LABEL_MAX = 63 };

/* Labels of letters, digits, hyphens and underscores with single dots between them,
 * within the DNS' limits.  wildcard allows the whole first label to be "*". */
bool hfi_dns_name_valid(hfi_view name, bool wildcard);

/* Equal, regardless of ASCII case. */
bool hfi_dns_equal(hfi_view a, hfi_view b);

/* The part of name behind its first dot; empty if it has none. */
hfi_view hfi_dns_parent(hfi_view name);

/* True if name is base or ends with "." and base, regardless of ASCII case; every name
 * lies in the empty base. */
bool hfi_dns_within(hfi_view name, hfi_view base);

/* RFC 9525 6.3: presented is a dNSName of a certificate, asked a valid host name
 * without its final dot.  A wildcard is the whole first label, stands for exactly one
 * label and is followed by at least two. */
bool hfi_dns_match(hfi_view presented, hfi_view asked);

/* True if one of the certificate's names is host, a name or an address in text form. */
bool hfi_host_match(const hfi_x509 *cert, hfi_view host);

#endif
