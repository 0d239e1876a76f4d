/* engine/handshake/choose_credential.c: which of its certificates a server shows to this
 * client.  RFC 8446 4.4.2.2, 4.2.3; RFC 6066 3. */
#include "handshake/own_auth.h"
#include "handshake/server.h"
#include "pki/host_name.h"

/* In order of weight: a chain that the client cannot verify beats none (RFC
 * 8446 4.4.2.2), and one for the name that it asked for beats any other. */
enum { VERIFIABLE = 1, RIGHT_NAME = 2, BEST = VERIFIABLE | RIGHT_NAME };

static bool kind_fits(const hfi_credential *c, hfi_suite_auth auth)
{
    hfi_key_type type = c->leaf_key.type;
    bool is_rsa = type == HFI_KEY_RSA || type == HFI_KEY_RSA_PSS;

    return auth == HFI_AUTH_ANY || is_rsa == (auth == HFI_AUTH_RSA);
}

/* RFC 8422 5.1.1: in TLS 1.2 the list of groups is also that of the curves that an ECDSA
 * certificate may have. */
static bool curve_fits(const hfi_hs *hs, const hfi_credential *c)
{
    static const struct {
        hfi_key_type key;
        uint16_t group;
    } curves[] = {{HFI_KEY_EC_P256, 23}, {HFI_KEY_EC_P384, 24}, {HFI_KEY_EC_P521, 25}};

    if (hs->agreed->version != 0x0303 || hs->as.server.groups.p == NULL)
        return true;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (curves[i].key == c->leaf_key.type)
            return hfi_server_lists_group(hs, curves[i].group);
    }
    return true;
}

static bool name_fits(const hfi_hs *hs, const hfi_credential *c)
{
    const char *name = hs->agreed->server_name;
    hfi_x509 leaf;

    return name == NULL || (hfi_x509_parse(c->certs[0], &leaf) == HFI_OK &&
                            hfi_host_match(&leaf, hfi_view_of_text(name)));
}

/* Without signature_algorithms_cert the other list counts for certificates, too. */
static bool is_verifiable(const hfi_hs *hs, const hfi_credential *c)
{
    uint32_t schemes = hs->as.server.cert_schemes != 0 ? hs->as.server.cert_schemes
                                                       : hs->auth.accepted_schemes;

    return (c->chain_signatures & ~hfi_scheme_signatures(schemes)) == 0;
}

hfi_err hfi_server_ask_certificate(hfi_hs *hs)
{
    if (hs->settings->choose_certificate == NULL)
        return HFI_OK;
    int answer = hs->settings->choose_certificate(hs->wishes.owner);
    if (answer < 0)
        return hfi_hs_pause(hs, HFI_PAUSE_CERTIFICATE);
    return answer == 0 ? HFI_E_CALLBACK_FAILED : HFI_OK;
}

bool hfi_server_choose_credential(hfi_hs *hs, hfi_suite_auth auth)
{
    const hfi_credentials *own = hs->wishes.credentials;
    int best = -1;

    hs->auth.credential = NULL;
    for (size_t i = 0; own != NULL && i < own->count && best < BEST; i++) {
        const hfi_credential *c = &own->items[i];
        const hfi_scheme *scheme =
            kind_fits(c, auth) && curve_fits(hs, c) ? hfi_own_find_scheme(hs, c) : NULL;
        if (scheme == NULL || (c->must_be_listed && !hfi_own_issuer_fits(hs, c)))
            continue;
        int score = 0;
        if (own->count > 1)
            score = (is_verifiable(hs, c) ? VERIFIABLE : 0) +
                    (name_fits(hs, c) ? RIGHT_NAME : 0);
        if (score <= best)
            continue;
        best = score;
        hs->auth.credential = c;
        hs->auth.sign_scheme = scheme;
    }
    return best >= 0;
}
