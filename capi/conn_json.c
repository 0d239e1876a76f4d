/* capi/conn_json.c: what a connection agreed on, as a JSON object;
 * docs/connection-json.md. */
#include "capi/json.h"
#include "capi/objects.h"
#include "pki/x509.h"

/* A number and its name, or null while nothing is agreed. */
static void write_choice(hfi_json *j, const char *name, int number, const char *text)
{
    if (number == 0) {
        hfi_json_null(j, name);
        return;
    }
    hfi_json_open(j, name, '{');
    hfi_json_number(j, "number", number);
    hfi_json_text(j, "name", text);
    hfi_json_close(j, '}');
}

static void write_alpn(hfi_json *j, const hf_conn *conn)
{
    size_t len;
    const uint8_t *name = hf_conn_get0_alpn(conn, &len);

    if (name != NULL)
        hfi_json_bytes_as_text(j, "alpn", name, len);
    else
        hfi_json_null(j, "alpn");
}

static void write_verification(hfi_json *j, const hf_conn *conn)
{
    int result = hf_conn_verify_result(conn);

    hfi_json_open(j, "verification", '{');
    hfi_json_bool(j, "required", conn->config->settings.verify_chain);
    hfi_json_bool(j, "hostname_checked", conn->engine.verify_name);
    hfi_json_number(j, "code", result);
    hfi_json_text(j, "name", hf_code_name(result));
    hfi_json_text(j, "text", hf_code_text(result));
    hfi_json_close(j, '}');
}

static void write_names(hfi_json *j, const hf_conn *conn)
{
    hfi_view sni = conn->engine.server_name;

    if (sni.len > 0)
        hfi_json_bytes_as_text(j, "server_name", sni.p, sni.len);
    else
        hfi_json_null(j, "server_name");
    hfi_json_open(j, "hostnames", '[');
    for (size_t i = 0; i < conn->engine.hostname_count; i++)
        hfi_json_text(j, NULL, conn->names[i]);
    hfi_json_close(j, ']');
}

static void write_certificate(hfi_json *j, const hf_conn *conn, size_t index)
{
    size_t len;
    char time[32];
    const uint8_t *der = hf_conn_get0_peer_der(conn, index, &len);
    hf_certificate *c = hf_certificate_new(der, len);

    if (c == NULL) {
        hfi_json_null(j, NULL);
        return;
    }
    hfi_json_open(j, NULL, '{');
    hfi_json_text(j, "subject", hf_certificate_subject(c));
    hfi_json_text(j, "issuer", hf_certificate_issuer(c));
    hfi_json_text(j, "serial", hf_certificate_serial(c));
    hfi_json_text(j, "names", hf_certificate_names(c));
    hfi_json_text(j, "key", hf_certificate_key(c));
    hfi_x509_time_text(hf_certificate_not_before(c), time, sizeof time);
    hfi_json_text(j, "not_before", time);
    hfi_x509_time_text(hf_certificate_not_after(c), time, sizeof time);
    hfi_json_text(j, "not_after", time);
    hfi_json_bool(j, "is_ca", hf_certificate_is_ca(c) != 0);
    hfi_json_text(j, "sha256", hf_certificate_fingerprint(c));
    hfi_json_close(j, '}');
    hf_certificate_free(c);
}

static void write_agreed(hfi_json *j, const hf_conn *conn)
{
    write_choice(j, "version", hf_conn_version(conn), hf_conn_version_name(conn));
    write_choice(j, "cipher_suite", hf_conn_cipher_suite(conn),
                 hf_conn_cipher_suite_name(conn));
    write_choice(j, "group", hf_conn_group(conn), hf_conn_group_name(conn));
    write_choice(j, "signature_algorithm", hf_conn_signature_algorithm(conn),
                 hf_conn_signature_algorithm_name(conn));
    write_alpn(j, conn);
    hfi_json_bool(j, "session_reused", hf_conn_session_reused(conn) != 0);
    hfi_json_bool(j, "hello_retried", hf_conn_hello_retried(conn) != 0);
    hfi_json_bool(j, "certificate_requested", hf_conn_certificate_requested(conn) != 0);
    hfi_json_certificate_request(j, hf_conn_get0_error(conn));
}

static void write_connection(hfi_json *j, const hf_conn *conn)
{
    hfi_json_text(j, "schema", "connection-1");
    hfi_json_text(j, "role",
                  conn->role == HFI_ROLE_CLIENT   ? "client"
                  : conn->role == HFI_ROLE_SERVER ? "server"
                                                  : NULL);
    hfi_json_text(j, "state", hf_state_name(conn));
    hfi_json_bool(j, "established", hf_is_init_finished(conn) != 0);
    write_names(j, conn);
    write_agreed(j, conn);
    write_verification(j, conn);
    hfi_json_open(j, "certificates", '[');
    for (size_t i = 0; i < hf_conn_peer_certificate_count(conn); i++)
        write_certificate(j, conn, i);
    hfi_json_close(j, ']');
    hfi_json_number(j, "bytes_in", (int64_t)hf_conn_bytes_in(conn));
    hfi_json_number(j, "bytes_out", (int64_t)hf_conn_bytes_out(conn));
}

size_t hf_conn_json(const hf_conn *conn, char *buffer, size_t size)
{
    hfi_json j = hfi_json_of(buffer, size);

    hfi_json_open(&j, NULL, '{');
    if (conn != NULL)
        write_connection(&j, conn);
    hfi_json_close(&j, '}');
    return hfi_json_finish(&j);
}
