/* tests/failures/scripted_files.c: the scripted server's certificate and key out of
 * files, in the place of tests/support/script_sign.c.  Every key of the script is the one
 * that was loaded, but SCRIPT_UNKNOWN_CA, which is nobody's. */
#include <stdio.h>
#include <string.h>

#include <nettle/eddsa.h>

#include "scripted.h"

enum { FILE_MAX = 16384, ED25519 = 0x0807 };

typedef struct file {
    uint8_t bytes[FILE_MAX];
    size_t len;
} file;

static file certificate, ca, private_key;

static bool load(file *f, const char *path)
{
    FILE *in = fopen(path, "rb");

    if (in == NULL)
        return false;
    f->len = fread(f->bytes, 1, sizeof f->bytes, in);
    bool whole = f->len > 0 && feof(in) && !ferror(in);
    (void)fclose(in);
    return whole;
}

bool scripted_load(const char *certificate_path, const char *key_path,
                   const char *ca_path)
{
    return load(&certificate, certificate_path) && load(&private_key, key_path) &&
           private_key.len == ED25519_KEY_SIZE && (ca_path == NULL || load(&ca, ca_path));
}

hfi_view script_certificate(script_key key)
{
    (void)key;
    return hfi_view_of(certificate.bytes, certificate.len);
}

hfi_view script_ca(void)
{
    return hfi_view_of(ca.bytes, ca.len);
}

uint16_t script_key_scheme(script_key key)
{
    (void)key;
    return ED25519;
}

void script_sign(script_key key, uint16_t scheme, hfi_view message, script_bytes *out)
{
    uint8_t own[ED25519_KEY_SIZE], pub[ED25519_KEY_SIZE], sig[ED25519_SIGNATURE_SIZE];

    (void)scheme;
    memset(own, 0x42, sizeof own);
    if (key != SCRIPT_UNKNOWN_CA)
        memcpy(own, private_key.bytes, sizeof own);
    ed25519_sha512_public_key(pub, own);
    ed25519_sha512_sign(pub, own, message.len, message.p, sig);
    script_append(out, sig, sizeof sig);
}
