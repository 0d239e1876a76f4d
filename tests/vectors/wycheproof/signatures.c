/* tests/vectors/wycheproof/signatures.c: ECDSA, Ed25519, Ed448, RSA PKCS #1 v1.5 and PSS.
 */
#include <stdlib.h>

#include "vectors.h"
#include "wire/reader.h"

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static hfi_alloc plain_alloc(void)
{
    hfi_alloc alloc = {allocate, release, NULL};
    return alloc;
}

static outcome check_signature(hfi_signature algorithm, const hfi_public_key *key,
                               const json_t *test)
{
    hfi_view msg = hex_member(test, "msg");
    hfi_view sig = hex_member(test, "sig");
    return tested.verify(algorithm, key, msg, sig) ? TAKEN : REFUSED;
}

/* one of three by the group's "sha"; NONE for a hash that handfast does not take */
static hfi_signature by_hash(const json_t *group, hfi_signature sha256,
                             hfi_signature sha384, hfi_signature sha512)
{
    const char *sha = text_member(group, "sha");
    if (strcmp(sha, "SHA-256") == 0)
        return sha256;
    if (strcmp(sha, "SHA-384") == 0)
        return sha384;
    return strcmp(sha, "SHA-512") == 0 ? sha512 : HFI_SIGNATURE_NONE;
}

outcome check_ecdsa(const json_t *group, const json_t *test, const char **why)
{
    const json_t *public_key = json_object_get(group, "publicKey");
    size_t bits = size_member(public_key, "keySize");
    hfi_public_key key = {.bits = bits, .point = hex_member(public_key, "uncompressed")};
    hfi_signature algorithm =
        by_hash(group, HFI_ECDSA_SHA256, HFI_ECDSA_SHA384, HFI_ECDSA_SHA512);

    key.type = bits == 256   ? HFI_KEY_EC_P256
               : bits == 384 ? HFI_KEY_EC_P384
                             : HFI_KEY_EC_P521;
    if (algorithm == HFI_SIGNATURE_NONE) {
        *why = "hash other than SHA-256, SHA-384 and SHA-512";
        return OUT_OF_SCOPE;
    }
    return check_signature(algorithm, &key, test);
}

outcome check_ed25519(const json_t *group, const json_t *test, const char **why)
{
    hfi_public_key key = {.type = HFI_KEY_ED25519, .bits = 255};
    (void)why;
    key.point = hex_member(json_object_get(group, "publicKey"), "pk");
    return check_signature(HFI_ED25519, &key, test);
}

outcome check_ed448(const json_t *group, const json_t *test, const char **why)
{
    hfi_public_key key = {.type = HFI_KEY_ED448, .bits = 448};
    (void)why;
    key.point = hex_member(json_object_get(group, "publicKey"), "pk");
    return check_signature(HFI_ED448, &key, test);
}

static hfi_public_key rsa_key(const json_t *group, hfi_key_type type)
{
    const json_t *numbers = json_object_get(group, "publicKey");
    if (numbers == NULL) /* the files for signers; theirs has the public half too */
        numbers = json_object_get(group, "privateKey");
    hfi_public_key key = {.type = type, .bits = size_member(group, "keySize")};
    key.modulus = number_member(numbers, "modulus");
    key.exponent = number_member(numbers, "publicExponent");
    return key;
}

outcome check_rsa_pkcs1(const json_t *group, const json_t *test, const char **why)
{
    hfi_public_key key = rsa_key(group, HFI_KEY_RSA);
    hfi_signature algorithm =
        by_hash(group, HFI_RSA_PKCS1_SHA256, HFI_RSA_PKCS1_SHA384, HFI_RSA_PKCS1_SHA512);

    if (algorithm == HFI_SIGNATURE_NONE) {
        *why = "hash other than SHA-256, SHA-384 and SHA-512";
        return OUT_OF_SCOPE;
    }
    return check_signature(algorithm, &key, test);
}

/* ---- what we sign ---- */

/* One INTEGER of a private key, RFC 8017 A.1.2, without its sign byte. */
static hfi_view read_integer(hfi_reader *r)
{
    if (hfi_read_u8(r) != 0x02)
        hfi_reader_fail(r);
    size_t len = hfi_read_u8(r);
    if (len == 0x81)
        len = hfi_read_u8(r);
    else if (len == 0x82)
        len = hfi_read_u16(r);
    return hfi_read_bytes(r, len);
}

/* PKCS #8 around RSAPrivateKey; all vectors have long lengths of two bytes. */
static hfi_private_key *read_rsa_key(hfi_view pkcs8)
{
    enum { HEADERS = 4 + 3 + 15 + 4 + 4, VERSION = 3 };
    hfi_reader r = hfi_reader_of(pkcs8);
    hfi_private_parts parts = {.type = HFI_KEY_RSA};
    hfi_private_key *key = NULL;
    static hfi_alloc alloc;

    alloc = plain_alloc();
    (void)hfi_read_bytes(&r, HEADERS + VERSION);
    parts.modulus = read_integer(&r);
    parts.exponent = read_integer(&r);
    (void)read_integer(&r); /* d */
    parts.p = read_integer(&r);
    parts.q = read_integer(&r);
    parts.dp = read_integer(&r);
    parts.dq = read_integer(&r);
    parts.qinv = read_integer(&r);
    if (!hfi_reader_done(&r) || tested.private_key_new(&alloc, &parts, &key) != HFI_OK)
        return NULL;
    return key;
}

/* Signatures of PKCS #1 v1.5 have one form: ours must be the vector's.  The vectors are
 * for signers, but hold for a verifier as well. */
outcome check_rsa_pkcs1_sign(const json_t *group, const json_t *test, const char **why)
{
    hfi_signature algorithm =
        by_hash(group, HFI_RSA_PKCS1_SHA256, HFI_RSA_PKCS1_SHA384, HFI_RSA_PKCS1_SHA512);
    outcome verified = check_rsa_pkcs1(group, test, why);
    hfi_view want = hex_member(test, "sig");
    uint8_t *sig = scratch(want.len);
    size_t len;

    if (verified != TAKEN)
        return verified;
    hfi_private_key *key = read_rsa_key(hex_member(group, "privateKeyPkcs8"));
    if (key == NULL)
        return DIFFERS;
    hfi_err err = tested.sign(algorithm, key, &hfi_random_system, hex_member(test, "msg"),
                              (hfi_span){sig, want.len}, &len);
    tested.private_key_free(key);
    return err == HFI_OK && hfi_view_equal(hfi_view_of(sig, len), want) ? TAKEN : DIFFERS;
}

/* ---- RSA-PSS ---- */

/* With other parameters than TLS's, the signature is right by its own lights and must
 * be refused by ours all the same. */
outcome check_rsa_pss(const json_t *group, const json_t *test, const char **why)
{
    bool with_params =
        strcmp(text_member(group, "type"), "RsassaPssWithParametersVerify") == 0;
    hfi_public_key key = rsa_key(group, with_params ? HFI_KEY_RSA_PSS : HFI_KEY_RSA);
    hfi_signature algorithm =
        by_hash(group, HFI_RSA_PSS_SHA256, HFI_RSA_PSS_SHA384, HFI_RSA_PSS_SHA512);
    size_t salt = algorithm == HFI_RSA_PSS_SHA256   ? 32
                  : algorithm == HFI_RSA_PSS_SHA384 ? 48
                                                    : 64;

    if (algorithm == HFI_SIGNATURE_NONE) {
        *why = "hash other than SHA-256, SHA-384 and SHA-512";
        return OUT_OF_SCOPE;
    }
    outcome result = check_signature(algorithm, &key, test);
    if (strcmp(text_member(group, "sha"), text_member(group, "mgfSha")) == 0 &&
        size_member(group, "sLen") == salt)
        return result;
    *why = "salt or mask hash that TLS does not have (valid ones seen to be refused)";
    bool valid = strcmp(text_member(test, "result"), "valid") == 0;
    return valid && result != REFUSED ? DIFFERS : OUT_OF_SCOPE;
}
