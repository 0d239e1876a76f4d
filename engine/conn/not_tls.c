/* engine/conn/not_tls.c: what the first bytes are that are not TLS: people connect to the
 * wrong port more often than peers break. */
#include "conn/internal.h"

typedef struct greeting {
    const char *text;
    hfi_err code;
} greeting;

/* What servers say. */
static const greeting answers[] = {
    {"HTTP/", HFI_E_PEER_SPEAKS_HTTP}, {"<html", HFI_E_PEER_SPEAKS_HTTP},
    {"<!DOC", HFI_E_PEER_SPEAKS_HTTP}, {"SSH-", HFI_E_PEER_SPEAKS_SSH},
    {"220 ", HFI_E_PEER_SPEAKS_SMTP},  {"220-", HFI_E_PEER_SPEAKS_SMTP},
    {"554 ", HFI_E_PEER_SPEAKS_SMTP},  {"+OK", HFI_E_PEER_SPEAKS_POP3},
    {"* OK", HFI_E_PEER_SPEAKS_IMAP},
};

/* What clients say: methods of HTTP, and HTTP/2's preface. */
static const greeting requests[] = {
    {"GET ", HFI_E_HTTP_REQUEST},    {"POST ", HFI_E_HTTP_REQUEST},
    {"HEAD ", HFI_E_HTTP_REQUEST},   {"PUT ", HFI_E_HTTP_REQUEST},
    {"DELET", HFI_E_HTTP_REQUEST},   {"OPTIO", HFI_E_HTTP_REQUEST},
    {"PATCH", HFI_E_HTTP_REQUEST},   {"TRACE", HFI_E_HTTP_REQUEST},
    {"PRI *", HFI_E_HTTP_REQUEST},   {"CONNE", HFI_E_HTTPS_PROXY_REQUEST},
    {"SSH-", HFI_E_PEER_SPEAKS_SSH},
};

enum { ENOUGH = 5 }; /* the longest greeting, and a record's header */

/* The major version is 3, which no text has in that place; of a first byte alone no more
 * is known than whether it is a content type. */
static bool may_be_record(hfi_view bytes)
{
    if (bytes.len >= 2)
        return bytes.p[1] == 3;
    return bytes.len == 0 ||
           (bytes.p[0] >= HFI_CONTENT_CCS && bytes.p[0] <= HFI_CONTENT_APPLICATION);
}

/* RFC 6101 E.1: a length with its first bit set, then CLIENT-HELLO. */
static bool is_sslv2_hello(hfi_view bytes)
{
    return bytes.len >= ENOUGH && (bytes.p[0] & 0x80) != 0 && bytes.p[2] == 1 &&
           (bytes.p[3] == 3 || (bytes.p[3] == 0 && bytes.p[4] == 2));
}

static hfi_err find(const greeting *list, size_t count, hfi_view bytes)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(list[i].text);
        if (bytes.len >= len && memcmp(bytes.p, list[i].text, len) == 0)
            return list[i].code;
    }
    return HFI_OK;
}

hfi_err hfi_conn_judge_first_bytes(hfi_role role, hfi_view bytes, bool ended, bool *wait)
{
    hfi_err err;

    *wait = false;
    if (may_be_record(bytes))
        return HFI_OK;
    if (role == HFI_ROLE_SERVER && is_sslv2_hello(bytes))
        return HFI_E_SSLV2_HELLO;
    if (role == HFI_ROLE_SERVER)
        err = find(requests, sizeof requests / sizeof requests[0], bytes);
    else
        err = find(answers, sizeof answers / sizeof answers[0], bytes);
    if (err != HFI_OK)
        return err;
    if (bytes.len < ENOUGH && !ended) {
        *wait = true;
        return HFI_OK;
    }
    return HFI_E_PEER_NOT_TLS;
}
