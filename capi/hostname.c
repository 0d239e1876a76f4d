/* capi/hostname.c: the names to check and the name to send, RFC 9525 6.1, RFC 6066 3. */
#include "capi/objects.h"
#include "pki/idna.h"
#include "pki/verify.h"

/* Bytes of a name as it is given: a letter outside of ASCII takes up to four. */
enum { HOSTNAME_INPUT_MAX = 1024 };

static hf_status begin_setting(const hf_conn *conn)
{
    if (conn == NULL)
        return -HF_E_INVALID_ARGUMENT;
    return conn->engine.phase == HFI_PHASE_BEFORE ? 1 : -HF_E_ALREADY_STARTED;
}

/* A copy as the name stands in certificates: A-labels, in lower case, without the dot of
 * the root.  Names compare without regard to case and dot, and server_name must not have
 * the dot. */
static hf_status copy_name(hf_conn *conn, const char *name, char **copy, bool *is_address)
{
    char ascii[HFI_IDNA_SIZE];

    if (name == NULL)
        return -HF_E_INVALID_ARGUMENT;
    size_t len = strnlen(name, HOSTNAME_INPUT_MAX + 1);
    if (len == 0 || len > HOSTNAME_INPUT_MAX)
        return -HF_E_INVALID_HOSTNAME;
    hfi_err err = hfi_host_to_ascii(hfi_view_of(name, len), ascii);
    if (err != HFI_OK)
        return -(hf_status)err;
    len = strlen(ascii);
    if (len > 0 && ascii[len - 1] == '.')
        len--;
    if (len == 0 || len > HFI_HOSTNAME_MAX ||
        !hfi_host_valid(hfi_view_of(ascii, len), is_address, NULL, NULL))
        return -HF_E_INVALID_HOSTNAME;
    *copy = hfi_alloc_text(&conn->config->settings.alloc, ascii, len);
    if (*copy == NULL)
        return -HF_E_NO_MEMORY;
    for (char *c = *copy; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return 1;
}

hf_status hf_hostname_to_ascii(const char *name, char *ascii, size_t size)
{
    char converted[HFI_IDNA_SIZE];

    if (name == NULL || ascii == NULL)
        return -HF_E_INVALID_ARGUMENT;
    size_t len = strnlen(name, HOSTNAME_INPUT_MAX + 1);
    if (len == 0 || len > HOSTNAME_INPUT_MAX)
        return -HF_E_INVALID_HOSTNAME;
    hfi_err err = hfi_host_to_ascii(hfi_view_of(name, len), converted);
    if (err != HFI_OK)
        return -(hf_status)err;
    len = strlen(converted);
    if (len >= size)
        return -HF_E_INVALID_ARGUMENT;
    memcpy(ascii, converted, len + 1);
    return 1;
}

static void forget_names(hf_conn *conn)
{
    const hfi_alloc *alloc = &conn->config->settings.alloc;

    /* Not as many as the engine counts: that is wiped by now when all is released. */
    for (size_t i = 0; i < HFI_CONN_HOSTNAMES_MAX; i++) {
        hfi_alloc_release(alloc, conn->names[i]);
        conn->names[i] = NULL;
    }
    conn->engine.hostname_count = 0;
}

static void append_name(hf_conn *conn, char *name)
{
    size_t at = conn->engine.hostname_count++;

    conn->names[at] = name;
    conn->engine.hostnames[at] = hfi_view_of_text(name);
}

void hfi_capi_names_free(hf_conn *conn)
{
    forget_names(conn);
    hfi_alloc_release(&conn->config->settings.alloc, conn->server_name);
    conn->server_name = NULL;
}

hf_status hf_conn_set_hostname(hf_conn *conn, const char *name)
{
    char *copy;
    bool is_address;
    hf_status status = begin_setting(conn);

    if (status == 1)
        status = copy_name(conn, name, &copy, &is_address);
    if (status != 1)
        return status;
    forget_names(conn);
    append_name(conn, copy);
    if (!conn->server_name_chosen)
        conn->engine.server_name = hfi_view_of(copy, is_address ? 0 : strlen(copy));
    return 1;
}

hf_status hf_conn_add_hostname(hf_conn *conn, const char *name)
{
    char *copy;
    bool is_address;
    hf_status status = begin_setting(conn);

    if (status != 1)
        return status;
    if (conn->engine.hostname_count == 0)
        return hf_conn_set_hostname(conn, name);
    if (conn->engine.hostname_count == HFI_CONN_HOSTNAMES_MAX)
        return -HF_E_INPUT_TOO_LARGE;
    status = copy_name(conn, name, &copy, &is_address);
    if (status == 1)
        append_name(conn, copy);
    return status;
}

hf_status hf_conn_set_server_name(hf_conn *conn, const char *name)
{
    char *copy = NULL;
    bool is_address = false;
    hf_status status = begin_setting(conn);

    if (status != 1)
        return status;
    if (name == NULL)
        return -HF_E_INVALID_ARGUMENT;
    if (name[0] != '\0')
        status = copy_name(conn, name, &copy, &is_address);
    if (status != 1)
        return status;
    if (is_address) {
        hfi_alloc_release(&conn->config->settings.alloc, copy);
        return -HF_E_INVALID_HOSTNAME;
    }
    hfi_alloc_release(&conn->config->settings.alloc, conn->server_name);
    conn->server_name = copy;
    conn->server_name_chosen = true;
    conn->engine.server_name =
        copy != NULL ? hfi_view_of_text(copy) : hfi_view_of(NULL, 0);
    return 1;
}

hf_status hf_conn_disable_hostname_check(hf_conn *conn)
{
    hf_status status = begin_setting(conn);

    if (status == 1)
        conn->engine.verify_name = false;
    return status;
}

hfi_err hfi_capi_name_problem(const hf_conn *conn)
{
    const hfi_settings *s = &conn->config->settings;

    if (!s->verify_chain || conn->engine.psk != NULL)
        return HFI_OK;
    if (conn->engine.verify_name && conn->engine.hostname_count == 0)
        return HFI_E_NAME_NOT_SET;
    return HFI_OK;
}
