/* pki/host_name.c: DNS names and addresses: syntax and matching.
 * RFC 9525 6, RFC 5280 4.2.1.6, RFC 1123 2.1.
 * The common name is never looked at: RFC 9525 2. */
#include "pki/host_name.h"

#include <arpa/inet.h>

#include "pki/general_name.h"
#include "pki/verify.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool hfi_dns_equal(hfi_view a, hfi_view b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

hfi_view hfi_dns_parent(hfi_view name)
{
    hfi_reader r = hfi_reader_of(name);
    while (hfi_reader_more(&r))
        if (hfi_read_u8(&r) == '.')
            return hfi_read_rest(&r);
    return hfi_view_of(NULL, 0);
}

/* The last len bytes of name. */
static hfi_view tail(hfi_view name, size_t len)
{
    hfi_reader r = hfi_reader_of(name);
    (void)hfi_read_bytes(&r, name.len - len);
    return hfi_read_rest(&r);
}

bool hfi_dns_within(hfi_view name, hfi_view base)
{
    if (base.len == 0)
        return true;
    if (name.len < base.len || !hfi_dns_equal(tail(name, base.len), base))
        return false;
    return name.len == base.len || name.p[name.len - base.len - 1] == '.';
}

static bool is_name_byte(uint8_t c)
{
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool hfi_dns_name_valid(hfi_view name, bool wildcard)
{
    size_t label = 0;

    if (name.len == 0 || name.len > HFI_DNS_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.p[i];
        if (c == '.') {
            if (label == 0 || name.p[i - 1] == '-')
                return false;
            label = 0;
        } else if (c == '*') {
            if (!wildcard || i != 0 || name.len < 3 || name.p[1] != '.')
                return false;
            label++;
        } else if (!is_name_byte(c) || (c == '-' && label == 0) ||
                   ++label > HFI_DNS_LABEL_MAX) {
            return false;
        }
    }
    return label != 0 && name.p[name.len - 1] != '-';
}

bool hfi_dns_match(hfi_view presented, hfi_view asked)
{
    if (!hfi_dns_name_valid(presented, true) || !hfi_dns_name_valid(asked, false))
        return false;
    if (presented.p[0] != '*')
        return hfi_dns_equal(presented, asked);
    hfi_view parent = hfi_dns_parent(presented);
    return hfi_dns_parent(parent).len != 0 &&
           hfi_dns_equal(parent, hfi_dns_parent(asked));
}

/* Without the one final dot that makes a name absolute. */
static hfi_view without_dot(hfi_view host)
{
    if (host.len > 1 && host.p[host.len - 1] == '.')
        host.len--;
    return host;
}

static bool parse_address(hfi_view host, uint8_t address[16], size_t *address_len)
{
    char text[INET6_ADDRSTRLEN + 1];

    if (host.len == 0 || host.len >= sizeof text || memchr(host.p, 0, host.len) != NULL)
        return false;
    memcpy(text, host.p, host.len);
    text[host.len] = '\0';
    if (inet_pton(AF_INET, text, address) == 1) {
        *address_len = 4;
        return true;
    }
    *address_len = 16;
    return inet_pton(AF_INET6, text, address) == 1;
}

/* A name whose last label is a number is an address gone wrong, "192.168.1" or "0x7f.1":
 * no top level domain is one. */
static bool ends_with_number(hfi_view name)
{
    hfi_view last = name;
    for (hfi_view next = hfi_dns_parent(last); next.len != 0; next = hfi_dns_parent(last))
        last = next;
    size_t i = 0;
    while (i < last.len && last.p[i] >= '0' && last.p[i] <= '9')
        i++;
    return i == last.len;
}

bool hfi_host_valid(hfi_view host, bool *is_address, uint8_t address[16],
                    size_t *address_len)
{
    uint8_t bytes[16];
    size_t len = 0;

    *is_address = parse_address(host, bytes, &len);
    if (*is_address) {
        if (address != NULL)
            memcpy(address, bytes, len);
        if (address_len != NULL)
            *address_len = len;
        return true;
    }
    if (address_len != NULL)
        *address_len = 0;
    hfi_view name = without_dot(host);
    return hfi_dns_name_valid(name, false) && !ends_with_number(name);
}

bool hfi_host_match(const hfi_x509 *cert, hfi_view host)
{
    bool is_address;
    uint8_t address[16];
    size_t address_len;

    if (!hfi_host_valid(host, &is_address, address, &address_len))
        return false;
    hfi_view asked = is_address ? hfi_view_of(address, address_len) : without_dot(host);
    hfi_reader r = hfi_reader_of(cert->subject_alt_name);
    hfi_general_name name;
    while (hfi_reader_more(&r) && hfi_general_name_read(&r, &name)) {
        if (is_address && name.kind == HFI_NAME_ADDRESS &&
            hfi_view_equal(name.value, asked))
            return true;
        if (!is_address && name.kind == HFI_NAME_DNS && hfi_dns_match(name.value, asked))
            return true;
    }
    return false;
}
