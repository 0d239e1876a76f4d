/* capi/agreed.c: what the handshake agreed on, by number and by name. */
#include "capi/objects.h"

int hf_conn_version(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.agreed.version : 0;
}

const char *hf_conn_version_name(const hf_conn *conn)
{
    const char *name = hfi_version_name((uint16_t)hf_conn_version(conn));

    return name != NULL ? name : "";
}

int hf_conn_cipher_suite(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.agreed.suite : 0;
}

const char *hf_conn_cipher_suite_name(const hf_conn *conn)
{
    hfi_suite room;
    const hfi_suite *suite = NULL;

    if (conn != NULL)
        suite = hfi_suite_find(conn->config->settings.crypto, conn->engine.agreed.suite,
                               &room);
    return suite != NULL ? suite->name : "";
}

int hf_conn_group(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.agreed.group : 0;
}

const char *hf_conn_group_name(const hf_conn *conn)
{
    const hfi_group *group = NULL;

    if (conn != NULL)
        group = hfi_group_find(conn->config->settings.crypto, conn->engine.agreed.group);
    return group != NULL ? group->name : "";
}

int hf_conn_signature_algorithm(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.agreed.scheme : 0;
}

const char *hf_conn_signature_algorithm_name(const hf_conn *conn)
{
    const hfi_scheme *scheme = NULL;

    if (conn != NULL)
        scheme = hfi_scheme_find(conn->engine.agreed.scheme);
    return scheme != NULL ? scheme->name : "";
}

const uint8_t *hf_conn_get0_alpn(const hf_conn *conn, size_t *len)
{
    bool agreed = conn != NULL && conn->engine.agreed.alpn_len > 0;

    if (len != NULL)
        *len = agreed ? conn->engine.agreed.alpn_len : 0;
    return agreed ? conn->engine.agreed.alpn : NULL;
}

int hf_conn_session_reused(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.resumed;
}

int hf_conn_hello_retried(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.retried;
}

int hf_conn_psk_used(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.psk_used;
}

int hf_conn_certificate_sent(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.certificate_sent;
}

int hf_conn_certificate_index(const hf_conn *conn)
{
    return hf_conn_certificate_sent(conn) ? conn->engine.agreed.certificate_index : -1;
}

int hf_conn_certificate_requested(const hf_conn *conn)
{
    return conn != NULL && conn->engine.agreed.certificate_requested;
}

_Static_assert((int)HF_ANSWER_NOT_SET == (int)HFI_ANSWER_NONE_SET &&
                   (int)HF_ANSWER_ALGORITHM == (int)HFI_ANSWER_NO_SCHEME &&
                   (int)HF_ANSWER_TYPE == (int)HFI_ANSWER_NO_TYPE &&
                   (int)HF_ANSWER_AUTHORITY == (int)HFI_ANSWER_NO_ISSUER,
               "the numbers are the engine's");

/* One that was chosen may still fail to sign. */
int hf_conn_certificate_answer(const hf_conn *conn)
{
    if (conn == NULL)
        return HF_ANSWER_NONE;
    if (conn->engine.report.answer == HFI_ANSWER_SHOWN)
        return hf_conn_certificate_sent(conn) ? HF_ANSWER_SHOWN : HF_ANSWER_NONE;
    return conn->engine.report.answer;
}

const char *hf_certificate_answer_text(int answer)
{
    switch (answer) {
    case HF_ANSWER_SHOWN:
        return "a certificate of ours was shown";
    case HF_ANSWER_NOT_SET:
        return "no certificate of ours is configured";
    case HF_ANSWER_ALGORITHM:
        return "no key of ours signs with an algorithm that the server accepts";
    case HF_ANSWER_TYPE:
        return "no certificate of ours is of a type that the server accepts";
    case HF_ANSWER_AUTHORITY:
        return "no certificate of ours is issued by an authority that the server names";
    default:
        return "";
    }
}

int hf_conn_verify_result(const hf_conn *conn)
{
    if (conn == NULL || !conn->engine.agreed.verify_done)
        return HF_E_NOT_CONNECTED;
    return (int)conn->engine.agreed.verify_result;
}

size_t hf_conn_peer_certificate_count(const hf_conn *conn)
{
    return conn != NULL ? hfi_conn_certificate_count(&conn->engine) : 0;
}

const uint8_t *hf_conn_get0_peer_der(const hf_conn *conn, size_t index, size_t *len)
{
    hfi_view der = hfi_view_of(NULL, 0);

    if (conn != NULL)
        der = hfi_conn_certificate(&conn->engine, index);
    if (len != NULL)
        *len = der.len;
    return der.len > 0 ? der.p : NULL;
}

uint64_t hf_conn_bytes_in(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.bytes_in : 0;
}

uint64_t hf_conn_bytes_out(const hf_conn *conn)
{
    return conn != NULL ? conn->engine.bytes_out : 0;
}

/* ---- what came beside the certificate ---- */

static const uint8_t *borrowed(const uint8_t *p, size_t size, size_t *len)
{
    if (len != NULL)
        *len = p != NULL ? size : 0;
    return p;
}

const uint8_t *hf_conn_get0_ocsp_response(const hf_conn *conn, size_t *len)
{
    if (conn == NULL)
        return borrowed(NULL, 0, len);
    return borrowed(conn->engine.chain.staple, conn->engine.chain.staple_len, len);
}

const uint8_t *hf_conn_get0_sct_list(const hf_conn *conn, size_t *len)
{
    if (conn == NULL)
        return borrowed(NULL, 0, len);
    return borrowed(conn->engine.chain.scts, conn->engine.chain.scts_len, len);
}
