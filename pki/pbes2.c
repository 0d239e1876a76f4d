/* pki/pbes2.c: bytes encrypted with a password.  RFC 8018 5.2, 6.2, A.2 and A.4. */
#include "pki/pbes2.h"

#include "base/ct.h"
#include "pki/der.h"
#include "pki/private_key.h"

enum { BLOCK = 16, KEY_MAX = 32, SALT_MAX = 1024 };

/* ---- PBKDF2 ---- */

/* T_i = U_1 xor ... xor U_c, RFC 8018 5.2. */
static void derive_block(const hfi_hash *hash, hfi_hmac_ctx *mac, hfi_view salt,
                         uint32_t iterations, uint32_t index, uint8_t *t)
{
    uint8_t u[HFI_HASH_SIZE_MAX];
    const uint8_t number[4] = {(uint8_t)(index >> 24), (uint8_t)(index >> 16),
                               (uint8_t)(index >> 8), (uint8_t)index};

    hash->hmac_update(mac, salt.p, salt.len);
    hash->hmac_update(mac, number, sizeof number);
    hash->hmac_finish(mac, u);
    memcpy(t, u, hash->size);
    for (uint32_t i = 1; i < iterations; i++) {
        hash->hmac_update(mac, u, hash->size);
        hash->hmac_finish(mac, u);
        for (size_t k = 0; k < hash->size; k++)
            t[k] ^= u[k];
    }
    hfi_wipe(u, sizeof u);
}

void hfi_pbkdf2(const hfi_hash *hash, hfi_view password, hfi_view salt,
                uint32_t iterations, uint8_t *out, size_t len)
{
    hfi_hmac_ctx mac;
    uint8_t t[HFI_HASH_SIZE_MAX];

    hash->hmac_key(&mac, password.p, password.len);
    for (size_t done = 0; done < len; done += hash->size) {
        size_t n = len - done < hash->size ? len - done : hash->size;
        derive_block(hash, &mac, salt, iterations, (uint32_t)(done / hash->size) + 1, t);
        memcpy(&out[done], t, n);
    }
    hfi_wipe(&mac, sizeof mac);
    hfi_wipe(t, sizeof t);
}

/* ---- AlgorithmIdentifiers ---- */

/* Takes an AlgorithmIdentifier apart; what follows the identifier is its parameters. */
static hfi_view read_identifier(hfi_reader *r, hfi_reader *parameters)
{
    *parameters = hfi_reader_of(hfi_der_read(r, HFI_DER_SEQUENCE));
    return hfi_der_read_oid(parameters);
}

/* The last byte of oid if all before it are prefix; 0 otherwise. */
static unsigned arc_below(hfi_view oid, const uint8_t *prefix, size_t len)
{
    if (oid.len != len + 1 || memcmp(oid.p, prefix, len) != 0)
        return 0;
    return oid.p[len];
}

typedef struct scheme {
    const hfi_hash *hash; /* of PBKDF2's HMAC */
    hfi_view salt;
    uint32_t iterations;
    size_t key_len; /* what AES wants */
    hfi_view iv;
} scheme;

/* RFC 8018 B.1: hmacWithSHA1 is what is meant when nothing is said. */
static const hfi_hash *read_prf(const hfi_crypto *crypto, hfi_reader *r)
{
    static const uint8_t digest[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2};
    hfi_reader parameters;
    hfi_view null;

    if (!hfi_reader_more(r))
        return crypto->sha1;
    hfi_view oid = read_identifier(r, &parameters);
    (void)hfi_der_read_optional(&parameters, HFI_DER_NULL, &null);
    if (!hfi_reader_done(&parameters))
        return NULL;
    switch (arc_below(oid, digest, sizeof digest)) {
    case 7:
        return crypto->sha1;
    case 9:
        return crypto->sha256;
    case 10:
        return crypto->sha384;
    case 11:
        return crypto->sha512;
    default:
        return NULL;
    }
}

/* RFC 8018 A.2. */
static hfi_err read_pbkdf2(const hfi_crypto *crypto, hfi_reader *parameters, scheme *s,
                           uint32_t *key_len)
{
    hfi_reader r = hfi_reader_of(hfi_der_read(parameters, HFI_DER_SEQUENCE));

    if (!hfi_der_next_is(&r, HFI_DER_OCTET_STRING)) /* a salt from elsewhere */
        return HFI_E_PRIVATE_KEY_ENCRYPTION;
    s->salt = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    s->iterations = hfi_der_read_number(&r, UINT32_MAX);
    *key_len = 0;
    if (hfi_der_next_is(&r, HFI_DER_INTEGER))
        *key_len = hfi_der_read_number(&r, UINT16_MAX);
    if (r.failed || s->iterations == 0 || s->salt.len > SALT_MAX)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (s->iterations > HFI_PRIVATE_KEY_ITERATIONS_MAX)
        return HFI_E_PRIVATE_KEY_ITERATIONS;
    s->hash = read_prf(crypto, &r);
    if (r.failed || !hfi_reader_done(parameters))
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (s->hash == NULL)
        return HFI_E_PRIVATE_KEY_ENCRYPTION;
    return hfi_reader_done(&r) ? HFI_OK : HFI_E_PRIVATE_KEY_MALFORMED;
}

/* RFC 3565 4.1: AES-CBC, its parameter the initialisation vector. */
static hfi_err read_cipher(hfi_reader *r, scheme *s)
{
    static const uint8_t aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 1};
    hfi_reader parameters;
    hfi_view oid = read_identifier(r, &parameters);

    switch (arc_below(oid, aes, sizeof aes)) {
    case 2:
        s->key_len = 16;
        break;
    case 22:
        s->key_len = 24;
        break;
    case 42:
        s->key_len = 32;
        break;
    default:
        return r->failed || parameters.failed ? HFI_E_PRIVATE_KEY_MALFORMED
                                              : HFI_E_PRIVATE_KEY_ENCRYPTION;
    }
    s->iv = hfi_der_read(&parameters, HFI_DER_OCTET_STRING);
    return hfi_reader_done(&parameters) && s->iv.len == BLOCK
               ? HFI_OK
               : HFI_E_PRIVATE_KEY_MALFORMED;
}

static hfi_err read_scheme(const hfi_crypto *crypto, hfi_view identifier, scheme *s)
{
    static const uint8_t pkcs5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5};
    hfi_reader outer = hfi_reader_of(identifier);
    hfi_view oid = hfi_der_read_oid(&outer);
    hfi_reader parameters;
    uint32_t key_len;

    if (outer.failed)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (arc_below(oid, pkcs5, sizeof pkcs5) != 13) /* not PBES2 */
        return HFI_E_PRIVATE_KEY_ENCRYPTION;
    hfi_reader r = hfi_reader_of(hfi_der_read(&outer, HFI_DER_SEQUENCE));
    oid = read_identifier(&r, &parameters);
    if (!hfi_reader_done(&outer) || r.failed || parameters.failed)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (arc_below(oid, pkcs5, sizeof pkcs5) != 12) /* not PBKDF2 */
        return HFI_E_PRIVATE_KEY_ENCRYPTION;
    hfi_err err = read_pbkdf2(crypto, &parameters, s, &key_len);
    if (err == HFI_OK)
        err = read_cipher(&r, s);
    if (err == HFI_OK &&
        (!hfi_reader_done(&r) || (key_len != 0 && key_len != s->key_len)))
        err = HFI_E_PRIVATE_KEY_MALFORMED;
    return err;
}

/* ---- opening ---- */

/* RFC 8018 6.1.1: as many bytes as they say, 1 to 16.  Without a branch on what was
 * decrypted, save whether it is right. */
static size_t padding_of(const uint8_t *data, size_t len)
{
    uint8_t n = data[len - 1];
    unsigned wrong = (unsigned)(n == 0) | (unsigned)(n > BLOCK);

    for (unsigned i = 1; i <= BLOCK; i++)
        wrong |= (unsigned)(i <= n) & (unsigned)(data[len - i] != n);
    return wrong == 0 ? n : 0;
}

hfi_err hfi_pbes2_open(const hfi_crypto *crypto, hfi_view identifier, hfi_view password,
                       hfi_span data, size_t *len)
{
    scheme s = {0};
    uint8_t key[KEY_MAX];
    hfi_err err = read_scheme(crypto, identifier, &s);

    *len = 0;
    if (err != HFI_OK)
        return err;
    if (data.len == 0 || data.len % BLOCK != 0)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    hfi_pbkdf2(s.hash, password, s.salt, s.iterations, key, s.key_len);
    bool done = crypto->aes_cbc_decrypt(hfi_view_of(key, s.key_len), s.iv.p, data.p,
                                        data.len, data.p);
    hfi_wipe(key, sizeof key);
    size_t padding = done ? padding_of(data.p, data.len) : 0;
    if (padding == 0)
        return HFI_E_PRIVATE_KEY_PASSWORD;
    *len = data.len - padding;
    return HFI_OK;
}
