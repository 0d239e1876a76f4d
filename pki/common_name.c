/* pki/common_name.c: the common name beside subjectAltName.  CABF BR 7.1.4.3,
 * RFC 3986 3.2.2, RFC 5952 4, RFC 5890 2.3.2.1. */
#include "pki/common_name.h"

#include <arpa/inet.h>

#include "pki/der.h"
#include "pki/general_name.h"
#include "pki/host_name.h"
#include "pki/name.h"

enum { IPV4_SIZE = 4, IPV6_SIZE = 16, TEXT_SIZE = 64 };

/* The common names of a subject, one after the other. */
typedef struct common_names {
    hfi_reader rdns;
    hfi_reader rdn;
    size_t count;
} common_names;

static common_names common_names_of(const hfi_x509 *cert)
{
    hfi_reader whole = hfi_reader_of(cert->subject);
    common_names names = {
        .rdns = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE)),
        .rdn = hfi_reader_of(hfi_view_of(NULL, 0)),
    };
    return names;
}

static bool next_common_name(common_names *names, hfi_view *text)
{
    static const uint8_t common_name[] = {0x55, 0x04, 0x03};
    hfi_attribute a;

    for (;;) {
        while (hfi_reader_more(&names->rdn) && hfi_name_next_attribute(&names->rdn, &a)) {
            if (!hfi_view_equal(a.type, hfi_view_of(common_name, sizeof common_name)))
                continue;
            *text = a.value;
            names->count++;
            return true;
        }
        if (!hfi_reader_more(&names->rdns))
            return false;
        names->rdn = hfi_reader_of(hfi_der_read(&names->rdns, HFI_DER_SET));
    }
}

/* ---- addresses in any notation ---- */

/* A common name, and the addresses that programs may take it for. */
typedef struct reading {
    hfi_view text;
    uint8_t v4[2][IPV4_SIZE];
    size_t v4_count;
    uint8_t v6[IPV6_SIZE];
    bool has_v6;
    bool is_proper; /* the one form that RFC 3986 and RFC 5952 give the address */
} reading;

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Text of letters, digits and what stands between them in an address, as a C string. */
static bool copy_text(hfi_view text, char out[TEXT_SIZE])
{
    if (text.len == 0 || text.len >= TEXT_SIZE)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.p[i];
        if (!is_letter(c) && !is_digit(c) && c != '.' && c != ':')
            return false;
        out[i] = (char)c;
    }
    out[text.len] = '\0';
    return true;
}

/* Drops the zeros at the front of each number between dots: "010" is ten to those who
 * do not take it for an octal eight. */
static void drop_leading_zeros(char *text)
{
    char before = '.';
    size_t to = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (before == '.' && text[i] == '0' && is_digit((uint8_t)text[i + 1]))
            continue;
        before = text[i];
        text[to++] = before;
    }
    text[to] = '\0';
}

static bool is_form_of(int family, const uint8_t *address, hfi_view text)
{
    char form[INET6_ADDRSTRLEN];
    return inet_ntop(family, address, form, sizeof form) != NULL &&
           hfi_view_equal(hfi_view_of_text(form), text);
}

/* All notations of inet_aton, that is octal, hexadecimal and fewer than four numbers;
 * decimal ones with zeros in front; and all of IPv6. */
static reading read_text(hfi_view text)
{
    reading r = {.text = text};
    char host[TEXT_SIZE];

    if (!copy_text(text, host))
        return r;
    if (inet_pton(AF_INET6, host, r.v6) == 1) {
        r.has_v6 = true;
        r.is_proper = is_form_of(AF_INET6, r.v6, text);
        return r;
    }
    in_addr_t number = inet_addr(host);
    if (number != (in_addr_t)-1) /* which 255.255.255.255 is, too: nobody's address */
        memcpy(r.v4[r.v4_count++], &number, IPV4_SIZE);
    drop_leading_zeros(host);
    if (inet_pton(AF_INET, host, r.v4[r.v4_count]) == 1)
        r.is_proper = is_form_of(AF_INET, r.v4[r.v4_count++], text);
    return r;
}

static bool denotes(const reading *r, hfi_view address)
{
    for (size_t i = 0; i < r->v4_count; i++)
        if (hfi_view_equal(hfi_view_of(r->v4[i], IPV4_SIZE), address))
            return true;
    return r->has_v6 && hfi_view_equal(hfi_view_of(r->v6, IPV6_SIZE), address);
}

/* ---- against subjectAltName ---- */

static hfi_view without_final_dot(hfi_view name)
{
    bool dotted = name.len != 0 && name.p[name.len - 1] == '.';
    return dotted ? hfi_view_of(name.p, name.len - 1) : name;
}

/* True if the text is an entry to the letter; else *found tells if it means one, or
 * stays. */
static bool is_alt_name(const hfi_x509 *cert, hfi_view text, const char **found)
{
    hfi_reader entries = hfi_reader_of(cert->subject_alt_name);
    hfi_view host = without_final_dot(text);
    hfi_general_name name;
    reading r = read_text(text);

    while (hfi_reader_more(&entries) && hfi_general_name_read(&entries, &name)) {
        if (name.kind == HFI_NAME_DNS && hfi_dns_equal(name.value, host)) {
            if (hfi_view_equal(name.value, text))
                return true;
            *found = "an entry of it in other letters";
        } else if (name.kind == HFI_NAME_ADDRESS && denotes(&r, name.value)) {
            if (r.is_proper)
                return true;
            *found = "an address of it in another notation";
        }
    }
    return false;
}

/* Takes the label at the front of a host name, and its dot; false if it is none: ASCII
 * besides letters, digits, hyphens, underscores and a wildcard. */
static bool take_label(hfi_reader *r, bool *international)
{
    static const char prefix[] = "xn--";
    size_t length = 0, alike = 0;

    for (; hfi_reader_more(r); length++) {
        uint8_t c = hfi_read_u8(r);
        if (c == '.')
            break;
        if (c >= 0x80)
            *international = true;
        else if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_' && c != '*')
            return false;
        if (alike == length && alike < sizeof prefix - 1 && (c | 0x20) == prefix[alike])
            alike++;
    }
    *international |= alike == sizeof prefix - 1;
    return length != 0;
}

/* A host name of two labels or more with an A-label or letters outside of ASCII. */
static bool is_international(hfi_view text)
{
    hfi_reader r = hfi_reader_of(text);
    bool international = false;
    size_t labels = 0;

    for (; hfi_reader_more(&r); labels++)
        if (!take_label(&r, &international))
            return false;
    return international && labels >= 2;
}

const char *hfi_common_name_disguise(const hfi_x509 *cert)
{
    common_names names = common_names_of(cert);
    hfi_view text;

    while (next_common_name(&names, &text)) {
        const char *found = NULL;
        if (names.count > HFI_COMMON_NAMES_MAX)
            return "more than 8 common names";
        if (is_alt_name(cert, text, &found))
            continue;
        if (found == NULL && is_international(text))
            found = "an internationalized name that is not in it";
        if (found != NULL)
            return found;
    }
    return NULL;
}

bool hfi_common_name_repeats(const hfi_x509 *cert)
{
    common_names names = common_names_of(cert);
    const char *found;
    hfi_view text;

    while (next_common_name(&names, &text))
        if (names.count > HFI_COMMON_NAMES_MAX || !is_alt_name(cert, text, &found))
            return false;
    return true;
}
