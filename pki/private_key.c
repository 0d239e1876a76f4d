/* pki/private_key.c: files of private keys, as far as their numbers.  RFC 7468 10, 11
 * and 13, RFC 5958 3.
 *
 * The input is copied or decoded into one block of memory, decrypted in place, and
 * wiped before it is released. */
#include "pki/private_key.h"

#include "pki/der.h"
#include "pki/pbes2.h"
#include "pki/pem.h"
#include "pki/private_key_der.h"

/* ---- EncryptedPrivateKeyInfo ---- */

/* The bytes of whole that view shows, for writing. */
static hfi_span span_within(uint8_t *bytes, hfi_view view)
{
    hfi_span s = {bytes + (view.p - bytes), view.len};
    return s;
}

/* What a right password yields is PKCS#8 to its last byte.  With a wrong one the padding
 * is right once in 256 times; then this tells. */
static hfi_err open_encrypted(const hfi_crypto *crypto, hfi_private_key_parts *out,
                              size_t len, const hfi_view *password)
{
    hfi_reader whole = hfi_reader_of(hfi_view_of(out->bytes, len));
    hfi_reader r = hfi_reader_of(hfi_der_read(&whole, HFI_DER_SEQUENCE));
    hfi_view identifier = hfi_der_read(&r, HFI_DER_SEQUENCE);
    hfi_view data = hfi_der_read(&r, HFI_DER_OCTET_STRING);
    size_t opened;

    if (!hfi_reader_done(&r) || !hfi_reader_done(&whole))
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (password == NULL)
        return HFI_E_PRIVATE_KEY_ENCRYPTED;
    hfi_span span = span_within(out->bytes, data);
    hfi_err err = hfi_pbes2_open(crypto, identifier, *password, span, &opened);
    if (err != HFI_OK)
        return err;
    hfi_view plain = hfi_view_of(span.p, opened);
    if (hfi_private_key_form_of(plain) != HFI_PRIVATE_KEY_PKCS8)
        return HFI_E_PRIVATE_KEY_PASSWORD;
    return hfi_private_key_parse(HFI_PRIVATE_KEY_PKCS8, plain, &out->parts);
}

/* The first len bytes of out, whatever form they have. */
static hfi_err read_der(const hfi_crypto *crypto, hfi_private_key_parts *out, size_t len,
                        hfi_private_key_form form, const hfi_view *password)
{
    hfi_view der = hfi_view_of(out->bytes, len);

    if (hfi_private_key_form_of(der) != form)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    if (form == HFI_PRIVATE_KEY_ENCRYPTED)
        return open_encrypted(crypto, out, len, password);
    return hfi_private_key_parse(form, der, &out->parts);
}

/* ---- PEM ---- */

typedef struct label_row {
    const char *label;
    hfi_private_key_form form; /* UNKNOWN: a private key of an unsupported kind */
} label_row;

static const label_row labels[] = {
    {"PRIVATE KEY", HFI_PRIVATE_KEY_PKCS8},
    {"ENCRYPTED PRIVATE KEY", HFI_PRIVATE_KEY_ENCRYPTED},
    {"RSA PRIVATE KEY", HFI_PRIVATE_KEY_PKCS1},
    {"EC PRIVATE KEY", HFI_PRIVATE_KEY_SEC1},
    {"DSA PRIVATE KEY", HFI_PRIVATE_KEY_UNKNOWN},
    {"OPENSSH PRIVATE KEY", HFI_PRIVATE_KEY_UNKNOWN},
};

/* The next block that is a private key; label.len 0 if there is none. */
static hfi_err next_key(hfi_view *text, hfi_pem_block *block, const label_row **row)
{
    hfi_err err;

    while ((err = hfi_pem_next(text, block)) == HFI_OK && block->label.len != 0)
        for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
            if (hfi_view_equal(block->label, hfi_view_of_text(labels[i].label))) {
                *row = &labels[i];
                return HFI_OK;
            }
    return err;
}

/* RFC 1421 4.6: how PEM was encrypted before PKCS#8, with a weak derivation of the key.
 */
static bool has_headers(const hfi_pem_block *block)
{
    return memchr(block->body.p, ':', block->body.len) != NULL;
}

static hfi_err make_room(const hfi_alloc *alloc, hfi_private_key_parts *out, size_t size)
{
    out->bytes = hfi_alloc_bytes(alloc, size);
    out->size = out->bytes == NULL ? 0 : size;
    return out->bytes == NULL ? HFI_E_NO_MEMORY : HFI_OK;
}

static hfi_err read_pem(const hfi_crypto *crypto, const hfi_alloc *alloc, hfi_view text,
                        const hfi_view *password, hfi_private_key_parts *out)
{
    const label_row *row = NULL;
    hfi_pem_block block;
    size_t len;
    hfi_err err = next_key(&text, &block, &row);

    if (err != HFI_OK)
        return err;
    if (row == NULL)
        return HFI_E_NO_PRIVATE_KEY_IN_INPUT;
    if (row->form == HFI_PRIVATE_KEY_UNKNOWN)
        return HFI_E_PRIVATE_KEY_UNSUPPORTED;
    if (has_headers(&block))
        return HFI_E_PRIVATE_KEY_ENCRYPTION;
    err = make_room(alloc, out, block.body.len / 4 * 3 + 3);
    if (err == HFI_OK)
        err = hfi_pem_decode_secret(crypto, &block, out->bytes, &len);
    return err != HFI_OK ? err : read_der(crypto, out, len, row->form, password);
}

/* A SEQUENCE begins with what is a "0" in text; the length behind it tells the two
 * apart. */
static bool looks_like_der(hfi_view input)
{
    return input.len >= 2 && input.p[0] == HFI_DER_SEQUENCE &&
           (input.p[1] >= 0x80 || input.p[1] == input.len - 2);
}

/* ---- whole files ---- */

static hfi_err read_input(const hfi_crypto *crypto, const hfi_alloc *alloc,
                          hfi_view input, const hfi_view *password,
                          hfi_private_key_parts *out)
{
    if (input.len > HFI_PRIVATE_KEY_INPUT_MAX)
        return HFI_E_INPUT_TOO_LARGE;
    if (!looks_like_der(input))
        return read_pem(crypto, alloc, input, password, out);
    hfi_private_key_form form = hfi_private_key_form_of(input);
    if (form == HFI_PRIVATE_KEY_UNKNOWN)
        return HFI_E_PRIVATE_KEY_MALFORMED;
    hfi_err err = make_room(alloc, out, input.len);
    if (err != HFI_OK)
        return err;
    memcpy(out->bytes, input.p, input.len);
    return read_der(crypto, out, input.len, form, password);
}

hfi_err hfi_private_key_read(const hfi_crypto *crypto, const hfi_alloc *alloc,
                             hfi_view pem_or_der, const hfi_view *password,
                             hfi_private_key_parts *out)
{
    memset(out, 0, sizeof *out);
    hfi_err err = read_input(crypto, alloc, pem_or_der, password, out);
    if (err != HFI_OK)
        hfi_private_key_parts_clear(alloc, out);
    return err;
}

void hfi_private_key_parts_clear(const hfi_alloc *alloc, hfi_private_key_parts *parts)
{
    hfi_alloc_release_secret(alloc, parts->bytes, parts->size);
    memset(parts, 0, sizeof *parts);
}

hfi_err hfi_private_key_load(const hfi_crypto *crypto, const hfi_alloc *alloc,
                             hfi_view pem_or_der, const hfi_view *password,
                             hfi_private_key **out)
{
    hfi_private_key_parts parts;
    hfi_err err = hfi_private_key_read(crypto, alloc, pem_or_der, password, &parts);

    *out = NULL;
    if (err != HFI_OK)
        return err;
    err = crypto->private_key_new(alloc, &parts.parts, out);
    hfi_private_key_parts_clear(alloc, &parts);
    return err;
}
