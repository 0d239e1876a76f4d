/* tests/bogo/request.c: what a server's CertificateRequest says, against what the runner
 * expects.  RFC 8446 4.3.2, RFC 5246 7.4.4. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "shim.h"

static size_t number_at(const uint8_t *bytes, size_t size)
{
    size_t value = 0;

    while (bytes != NULL && size-- > 0)
        value = value << 8 | *bytes++;
    return value;
}

/* A part of CertificateRequest: a vector behind its length, which takes size bytes. */
typedef struct part {
    const uint8_t *bytes;
    size_t len;
} part;

static part take(part *from, size_t size)
{
    part out = {from->bytes + size, 0};

    if (from->len < size || from->len - size < number_at(from->bytes, size))
        return (part){NULL, 0};
    out.len = number_at(from->bytes, size);
    from->bytes += size + out.len;
    from->len -= size + out.len;
    return out;
}

/* Types, schemes and authorities of TLS 1.2, or the same out of TLS 1.3's extensions. */
static void split_request(const shim_state *state, part *types, part *schemes,
                          part *authorities)
{
    part body = {NULL, 0};

    body.bytes = hf_conn_get0_certificate_request(state->conn, &body.len);
    *types = take(&body, 1); /* TLS 1.3: the context, which is empty */
    if (hf_conn_version(state->conn) == 0x0303) {
        *schemes = take(&body, 2);
        *authorities = take(&body, 2);
        return;
    }
    *schemes = *authorities = (part){NULL, 0};
    part list = take(&body, 2);
    while (list.len >= 4) {
        size_t type = number_at(list.bytes, 2);
        list.bytes += 2;
        list.len -= 2;
        part extension = take(&list, 2);
        if (type == 13)
            *schemes = take(&extension, 2);
        if (type == 47)
            *authorities = take(&extension, 2);
    }
}

/* The runner's list is hexadecimal, with commas between the names. */
static bool authorities_are(part list, const char *expected)
{
    while (list.len >= 2) {
        part name = take(&list, 2);
        for (size_t i = 0; i < name.len; i++, expected += 2) {
            char pair[3];
            (void)snprintf(pair, sizeof pair, "%02x", name.bytes[i]);
            if (strncasecmp(pair, expected, 2) != 0)
                return false;
        }
        expected += *expected == ',';
    }
    return *expected == '\0';
}

bool shim_check_request(const shim_state *state)
{
    const shim_options *o = state->o;
    part types, schemes, authorities;

    if (o->server)
        return true;
    split_request(state, &types, &schemes, &authorities);
    if (o->expect_certificate_types.given &&
        (types.bytes == NULL || types.len != o->expect_certificate_types.len ||
         memcmp(types.bytes, o->expect_certificate_types.bytes, types.len) != 0))
        return shim_complain("the server asks for other types");
    if (o->expect_client_ca_list != NULL &&
        !authorities_are(authorities, o->expect_client_ca_list))
        return shim_complain("the server lists other authorities");
    for (size_t i = 0; i < o->expect_peer_schemes.count; i++) {
        if (schemes.len != 2 * o->expect_peer_schemes.count ||
            number_at(schemes.bytes + 2 * i, 2) !=
                (size_t)o->expect_peer_schemes.items[i])
            return shim_complain("the server accepts other signature algorithms");
    }
    return true;
}
