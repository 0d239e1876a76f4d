/* pki/x509_text.c: what a certificate says, as text for people.
 * Names after RFC 4514; addresses after RFC 5952. */
#include <arpa/inet.h>
#include <stdio.h>

#include "pki/der.h"
#include "pki/name.h"
#include "pki/names_text.h"
#include "pki/verify.h"
#include "pki/x509.h"

enum { RDNS_SHOWN = 32 };

/* ---- object identifiers ---- */

static void add_number(hfi_text *t, uint64_t n)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    hfi_text_add(t, digits);
}

static void add_oid(hfi_text *t, hfi_view oid)
{
    uint64_t n = 0;
    bool first = true;

    for (size_t i = 0; i < oid.len; i++) {
        if (n >> 57 != 0) {
            hfi_text_add(t, "...");
            return;
        }
        n = n << 7 | (oid.p[i] & 0x7f);
        if ((oid.p[i] & 0x80) != 0)
            continue;
        if (first) {
            uint64_t root = n < 40 ? 0 : n < 80 ? 1 : 2;
            add_number(t, root);
            n -= root * 40;
        }
        hfi_text_add(t, ".");
        add_number(t, n);
        first = false;
        n = 0;
    }
}

void hfi_x509_oid_text(hfi_view oid, char *out, size_t size)
{
    if (size == 0)
        return;
    hfi_text t = hfi_text_into(out, size);
    add_oid(&t, oid);
    hfi_text_end(&t);
}

/* ---- distinguished names ---- */

typedef struct attribute_row {
    uint8_t oid[10];
    uint8_t len;
    const char *name;
} attribute_row;

/* RFC 4514 3, and those that certificates have in common. */
static const attribute_row attributes[] = {
    {{0x55, 4, 3}, 3, "CN"},
    {{0x55, 4, 10}, 3, "O"},
    {{0x55, 4, 11}, 3, "OU"},
    {{0x55, 4, 6}, 3, "C"},
    {{0x55, 4, 7}, 3, "L"},
    {{0x55, 4, 8}, 3, "ST"},
    {{0x55, 4, 9}, 3, "STREET"},
    {{0x55, 4, 5}, 3, "serialNumber"},
    {{0x55, 4, 97}, 3, "organizationIdentifier"},
    {{0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25}, 10, "DC"},
    {{0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1}, 10, "UID"},
    {{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1}, 9, "emailAddress"},
};

static void add_type(hfi_text *t, hfi_view oid)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        hfi_view known = hfi_view_of(attributes[i].oid, attributes[i].len);
        if (hfi_view_equal(oid, known)) {
            hfi_text_add(t, attributes[i].name);
            return;
        }
    }
    add_oid(t, oid);
}

/* The next character of a string of the given type. */
static uint32_t next_character(uint8_t tag, hfi_view *rest)
{
    hfi_reader r = hfi_reader_of(*rest);
    uint32_t code;

    switch (tag) {
    case HFI_DER_BMP_STRING:
        code = hfi_read_u16(&r);
        break;
    case HFI_DER_UNIVERSAL_STRING:
        code = hfi_read_u32(&r);
        break;
    case HFI_DER_T61_STRING: /* Latin-1 in practice */
        code = hfi_read_u8(&r);
        break;
    default:
        return hfi_text_next_utf8(rest);
    }
    if (r.failed)
        code = 0xfffd;
    *rest = hfi_read_rest(&r);
    return code;
}

static bool is_string(uint8_t tag)
{
    switch (tag) {
    case HFI_DER_UTF8_STRING:
    case HFI_DER_NUMERIC_STRING:
    case HFI_DER_PRINTABLE_STRING:
    case HFI_DER_T61_STRING:
    case HFI_DER_IA5_STRING:
    case HFI_DER_VISIBLE_STRING:
    case HFI_DER_UNIVERSAL_STRING:
    case HFI_DER_BMP_STRING:
        return true;
    default:
        return false;
    }
}

/* RFC 4514 2.4: what must be escaped is. */
static void add_value(hfi_text *t, const hfi_attribute *a)
{
    hfi_view rest = a->value;
    bool first = true;

    if (!is_string(a->tag)) {
        hfi_text_add(t, "#");
        hfi_text_add_hex(t, a->value);
        return;
    }
    while (rest.len != 0) {
        uint32_t code = next_character(a->tag, &rest);
        bool at_end = first || rest.len == 0;
        bool special = (code < 0x80 && code != 0 && strchr("\"+,;<>\\", (int)code)) ||
                       (code == ' ' && at_end) || (code == '#' && first);
        if (special)
            hfi_text_add(t, "\\");
        hfi_text_add_character(t, code);
        first = false;
    }
}

static void add_rdn(hfi_text *t, hfi_view rdn)
{
    hfi_reader r = hfi_reader_of(rdn);
    hfi_attribute a;
    bool first = true;

    while (hfi_reader_more(&r) && hfi_name_next_attribute(&r, &a)) {
        if (!first)
            hfi_text_add(t, "+");
        add_type(t, a.type);
        hfi_text_add(t, "=");
        add_value(t, &a);
        first = false;
    }
}

void hfi_names_text_add_name(hfi_text *t, hfi_view name)
{
    hfi_view last[RDNS_SHOWN];
    size_t count = 0;
    hfi_reader whole = hfi_reader_of(name);
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));

    while (hfi_reader_more(&r)) {
        hfi_view rdn = hfi_der_read(&r, HFI_DER_SET);
        if (!r.failed)
            last[count++ % RDNS_SHOWN] = rdn;
    }
    for (size_t i = 0; i < count && i < RDNS_SHOWN; i++) {
        if (i != 0)
            hfi_text_add(t, ", ");
        add_rdn(t, last[(count - 1 - i) % RDNS_SHOWN]);
    }
    if (count > RDNS_SHOWN)
        hfi_text_add(t, ", ...");
}

void hfi_x509_name_text(hfi_view name, char *out, size_t size)
{
    if (size == 0)
        return;
    hfi_text t = hfi_text_into(out, size);
    hfi_names_text_add_name(&t, name);
    hfi_text_end(&t);
}

/* ---- general names ---- */

static void add_address(hfi_text *t, hfi_view bytes, size_t len)
{
    char text[INET6_ADDRSTRLEN];
    int family = len == 4 ? AF_INET : AF_INET6;

    if (bytes.len < len || inet_ntop(family, bytes.p, text, sizeof text) == NULL)
        hfi_text_add_hex(t, bytes);
    else
        hfi_text_add(t, text);
}

static void add_network(hfi_text *t, hfi_view bytes)
{
    size_t half = bytes.len / 2;
    unsigned ones = 0;

    add_address(t, bytes, half);
    for (size_t i = half; i < bytes.len; i++)
        for (unsigned bit = 0x80; bit != 0; bit >>= 1)
            ones += (bytes.p[i] & bit) != 0;
    hfi_text_add(t, "/");
    add_number(t, ones);
}

void hfi_names_text_add(hfi_text *t, const hfi_general_name *name)
{
    static const char *const kinds[] = {
        "otherName",    NULL, NULL, "x400Address",  NULL,
        "ediPartyName", NULL, NULL, "registeredID",
    };

    switch (name->kind) {
    case HFI_NAME_EMAIL:
    case HFI_NAME_DNS:
    case HFI_NAME_URI:
        hfi_text_add_utf8(t, name->value);
        break;
    case HFI_NAME_DIRECTORY:
        hfi_names_text_add_name(t, name->value);
        break;
    case HFI_NAME_ADDRESS:
        if (name->value.len == 8 || name->value.len == 32)
            add_network(t, name->value);
        else
            add_address(t, name->value, name->value.len == 4 ? 4 : 16);
        break;
    default:
        hfi_text_add(t, kinds[name->kind]);
    }
}

void hfi_x509_names_text(const hfi_x509 *cert, char *out, size_t size)
{
    if (size == 0)
        return;
    hfi_text t = hfi_text_into(out, size);
    hfi_reader r = hfi_reader_of(cert->subject_alt_name);
    hfi_general_name name;
    bool is_address;

    while (hfi_reader_more(&r) && hfi_general_name_read(&r, &name)) {
        if (name.kind != HFI_NAME_DNS && name.kind != HFI_NAME_ADDRESS)
            continue;
        if (t.len != 0)
            hfi_text_add(&t, ", ");
        if (name.kind == HFI_NAME_DNS &&
            hfi_host_valid(name.value, &is_address, NULL, NULL) && is_address)
            hfi_text_add(&t, "DNS:"); /* an address in the wrong place matches none */
        hfi_names_text_add(&t, &name);
    }
    hfi_text_end(&t);
}

/* ---- the rest ---- */

void hfi_x509_serial_text(const hfi_x509 *cert, char *out, size_t size)
{
    if (size == 0)
        return;
    hfi_text t = hfi_text_into(out, size);
    hfi_reader r = hfi_reader_of(cert->serial);
    /* A leading zero byte only keeps the number positive. */
    if (cert->serial.len > 1 && hfi_reader_peek(&r) == 0)
        (void)hfi_read_u8(&r);
    hfi_text_add_hex(&t, hfi_read_rest(&r));
    hfi_text_end(&t);
}

void hfi_x509_issuer_url_text(const hfi_x509 *cert, char *out, size_t size)
{
    static const uint8_t ca_issuers[] = {0x2b, 6, 1, 5, 5, 7, 0x30, 2};
    hfi_reader r = hfi_reader_of(cert->authority_access);
    hfi_general_name name;

    if (size == 0)
        return;
    hfi_text t = hfi_text_into(out, size);
    while (hfi_reader_more(&r)) {
        hfi_reader one = hfi_reader_of(hfi_der_read(&r, HFI_DER_SEQUENCE));
        hfi_view oid = hfi_der_read_oid(&one);
        if (!hfi_general_name_read(&one, &name) || name.kind != HFI_NAME_URI ||
            !hfi_view_equal(oid, hfi_view_of(ca_issuers, sizeof ca_issuers)))
            continue;
        hfi_text_add_utf8(&t, name.value);
        break;
    }
    hfi_text_end(&t);
}

void hfi_x509_key_text(const hfi_x509 *cert, char *out, size_t size)
{
    unsigned bits = (unsigned)cert->key.bits;

    if (size == 0)
        return;
    switch (cert->key.type) {
    case HFI_KEY_RSA:
        (void)snprintf(out, size, "RSA %u", bits);
        break;
    case HFI_KEY_RSA_PSS:
        (void)snprintf(out, size, "RSA-PSS %u", bits);
        break;
    case HFI_KEY_EC_P256:
    case HFI_KEY_EC_P384:
    case HFI_KEY_EC_P521:
        (void)snprintf(out, size, "EC P-%u", bits);
        break;
    case HFI_KEY_ED25519:
        (void)snprintf(out, size, "Ed25519");
        break;
    case HFI_KEY_ED448:
        (void)snprintf(out, size, "Ed448");
        break;
    case HFI_KEY_NONE:
        (void)snprintf(out, size, "unsupported");
        break;
    }
}
