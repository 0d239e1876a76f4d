/* capi/psk.c: a key that both sides were given.  RFC 8446 4.2.11, RFC 9257. */
#include <string.h>
#include <strings.h>

#include "capi/objects.h"

void hfi_capi_psk_free(hf_conn *conn)
{
    const hfi_psk *psk = &conn->psk;

    hfi_alloc_release_secret(&conn->config->settings.alloc, conn->psk_bytes,
                             psk->identity.len + psk->key.len);
    conn->psk_bytes = NULL;
    memset(&conn->psk, 0, sizeof conn->psk);
    conn->engine.psk = NULL;
}

static const hfi_hash *hash_of(const hfi_crypto *crypto, const char *name)
{
    if (name == NULL || strcasecmp(name, "SHA256") == 0)
        return crypto->sha256;
    return strcasecmp(name, "SHA384") == 0 ? crypto->sha384 : NULL;
}

static bool is_in_range(size_t identity_len, const uint8_t *key, size_t key_len)
{
    return key != NULL && identity_len != 0 && identity_len <= HFI_PSK_IDENTITY_MAX &&
           key_len >= HFI_PSK_KEY_MIN && key_len <= HFI_PSK_KEY_MAX;
}

hf_status hf_conn_set_psk(hf_conn *conn, const uint8_t *identity, size_t identity_len,
                          const uint8_t *key, size_t key_len, const char *hash)
{
    if (conn == NULL || (identity != NULL && !is_in_range(identity_len, key, key_len)))
        return -HF_E_INVALID_ARGUMENT;
    if (conn->engine.phase != HFI_PHASE_BEFORE)
        return -HF_E_ALREADY_STARTED;
    if (identity == NULL) {
        hfi_capi_psk_free(conn);
        return 1;
    }
    const hfi_settings *s = &conn->config->settings;
    const hfi_hash *chosen = hash_of(s->crypto, hash);
    if (chosen == NULL)
        return -HF_E_UNKNOWN_NAME;
    uint8_t *bytes = hfi_alloc_bytes(&s->alloc, identity_len + key_len);
    if (bytes == NULL)
        return -HF_E_NO_MEMORY;
    memcpy(bytes, identity, identity_len);
    memcpy(bytes + identity_len, key, key_len);
    hfi_capi_psk_free(conn);
    conn->psk_bytes = bytes;
    conn->psk = (hfi_psk){hfi_view_of(bytes, identity_len),
                          hfi_view_of(bytes + identity_len, key_len), chosen};
    conn->engine.psk = &conn->psk;
    return 1;
}
