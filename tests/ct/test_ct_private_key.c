/* tests/ct/test_ct_private_key.c: files of private keys read, and signatures made, with
 * the secret numbers undefined for memcheck.  The form of a file is public: its tags and
 * lengths, where its lines end, and of each number the first two bytes, which say how
 * long it is. */
#include "secrets.h"

#include "keys.h"
#include "pki/pbes2.h"
#include "pki/private_key.h"

static const hfi_alloc heap = {allocate, release, NULL};

enum { FORM = 2, FILE_MAX = 4096 };

/* Hides number in file, which is a copy of original. */
static void hide_number(uint8_t *file, const uint8_t *original, size_t len,
                        const uint8_t *number, size_t size)
{
    size_t found = 0;

    for (size_t i = 0; i + size <= len; i++)
        if (memcmp(&original[i], number, size) == 0) {
            secret(&file[i + FORM], size - FORM);
            found++;
        }
    EXPECT(found == 1);
}

static void check_signature(const hfi_private_key *key, hfi_signature algorithm)
{
    const hfi_view message = hfi_view_of_text("what is signed");
    const hfi_crypto *c = &hfi_crypto_nettle;
    uint8_t signature[HFI_SIGNATURE_MAX];
    uint8_t state = 31;
    const hfi_random random = {fill_secret, &state};
    size_t len = 0;

    hfi_err err = c->sign(algorithm, key, &random, message,
                          (hfi_span){signature, sizeof signature}, &len);
    public(&err, sizeof err);
    public(&len, sizeof len);
    EXPECT(err == HFI_OK);
    public(signature, len);
    hfi_public_key pub = c->private_key_public(key);
    public(pub.point.p, pub.point.len); /* as in the certificate */
    EXPECT(c->verify(algorithm, &pub, message, hfi_view_of(signature, len)));
}

static hfi_private_key *load(hfi_view file, const hfi_view *password)
{
    hfi_private_key *key = NULL;
    hfi_err err = hfi_private_key_load(&hfi_crypto_nettle, &heap, file, password, &key);

    public(&err, sizeof err);
    EXPECT(err == HFI_OK);
    return key;
}

static void load_and_sign(hfi_view file, hfi_signature algorithm)
{
    hfi_private_key *key = load(file, NULL);

    check_signature(key, algorithm);
    hfi_crypto_nettle.private_key_free(key);
}

/* ---- DER ---- */

static void ec_der(void)
{
    uint8_t file[sizeof p256_sec1_der];

    memcpy(file, p256_sec1_der, sizeof file);
    hide_number(file, p256_sec1_der, sizeof file, p256_d, sizeof p256_d);
    load_and_sign(hfi_view_of(file, sizeof file), HFI_ECDSA_SHA256);
}

static void edwards_der(void)
{
    /* RFC 8410 7, with a key that only says 1, 38, 75, ... */
    uint8_t file[16 + 32] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                             0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

    fill(&file[16], 32, 1);
    secret(&file[16], 32);
    load_and_sign(hfi_view_of(file, sizeof file), HFI_ED25519);
}

static void hide_rsa(uint8_t *file)
{
    const uint8_t *original = rsa_pkcs8_der;
    size_t len = sizeof rsa_pkcs8_der;

    hide_number(file, original, len, rsa_p, sizeof rsa_p);
    hide_number(file, original, len, rsa_q, sizeof rsa_q);
    hide_number(file, original, len, rsa_dp, sizeof rsa_dp);
    hide_number(file, original, len, rsa_dq, sizeof rsa_dq);
    hide_number(file, original, len, rsa_qinv, sizeof rsa_qinv);
}

/* Reading alone: what GMP does with the numbers is not ours. */
static void rsa_der(void)
{
    uint8_t file[sizeof rsa_pkcs8_der];
    hfi_private_key_parts k;

    memcpy(file, rsa_pkcs8_der, sizeof file);
    hide_rsa(file);
    EXPECT(hfi_private_key_read(&hfi_crypto_nettle, &heap, hfi_view_of(file, sizeof file),
                                NULL, &k) == HFI_OK);
    EXPECT(k.parts.p.len == sizeof rsa_p && k.parts.qinv.len == sizeof rsa_qinv);
    hfi_private_key_parts_clear(&heap, &k);
}

/* ---- PEM ---- */

static size_t put_base64(char *out, const uint8_t *p, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;

    for (size_t i = 0; i < len; i += 3) {
        unsigned long n = (unsigned long)p[i] << 16 |
                          (unsigned long)(i + 1 < len ? p[i + 1] : 0) << 8 |
                          (unsigned long)(i + 2 < len ? p[i + 2] : 0);
        out[at++] = digits[n >> 18];
        out[at++] = digits[n >> 12 & 63];
        out[at++] = i + 1 < len ? digits[n >> 6 & 63] : '=';
        out[at++] = i + 2 < len ? digits[n & 63] : '=';
    }
    return at;
}

/* A file on one line, whose digits are secret where they tell of the number alone. */
static void ec_pem(void)
{
    static const char head[] = "-----BEGIN EC PRIVATE KEY-----\n";
    static const char tail[] = "\n-----END EC PRIVATE KEY-----\n";
    enum { NUMBER_AT = 7 }; /* RFC 5915 3: SEQUENCE, version 1, OCTET STRING */
    char file[FILE_MAX];
    size_t len = strlen(head);

    EXPECT(memcmp(&p256_sec1_der[NUMBER_AT], p256_d, sizeof p256_d) == 0);
    memcpy(file, head, len);
    char *body = &file[len];
    len += put_base64(body, p256_sec1_der, sizeof p256_sec1_der);
    memcpy(&file[len], tail, strlen(tail));
    len += strlen(tail);
    size_t from = (NUMBER_AT + FORM + 2) / 3, to = (NUMBER_AT + sizeof p256_d) / 3;
    secret(&body[4 * from], 4 * (to - from));
    load_and_sign(hfi_view_of(file, len), HFI_ECDSA_SHA256);
}

/* The password is secret, and with it all that it opens: the form of what comes out too,
 * which has to be declared public inside of the library.  So only the derivation. */
static void password(void)
{
    uint8_t word[] = "correct horse", out[40];

    secret(word, sizeof word - 1);
    hfi_pbkdf2(hfi_crypto_nettle.sha256, hfi_view_of(word, sizeof word - 1),
               hfi_view_of_text("salt"), 3, out, sizeof out);
}

static void all(void)
{
    ec_der();
    edwards_der();
    rsa_der();
    ec_pem();
    password();
}

int main(int argc, char **argv)
{
    return run(argc, argv, all);
}
