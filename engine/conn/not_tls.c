/* engine/conn/not_tls.c: what an answer is that is not TLS: people connect to the wrong
 * port more often than peers break. */
#include "conn/internal.h"

typedef struct greeting {
    const char *text;
    hfi_err code;
} greeting;

static const greeting greetings[] = {
    {"HTTP/", HFI_E_PEER_SPEAKS_HTTP}, {"<html", HFI_E_PEER_SPEAKS_HTTP},
    {"<!DOC", HFI_E_PEER_SPEAKS_HTTP}, {"SSH-", HFI_E_PEER_SPEAKS_SSH},
    {"220 ", HFI_E_PEER_SPEAKS_SMTP},  {"220-", HFI_E_PEER_SPEAKS_SMTP},
    {"554 ", HFI_E_PEER_SPEAKS_SMTP},  {"+OK", HFI_E_PEER_SPEAKS_POP3},
    {"* OK", HFI_E_PEER_SPEAKS_IMAP},
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

hfi_err hfi_conn_judge_first_bytes(hfi_view bytes, bool ended, bool *wait)
{
    *wait = false;
    if (may_be_record(bytes))
        return HFI_OK;
    for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++) {
        size_t len = strlen(greetings[i].text);
        if (bytes.len >= len && memcmp(bytes.p, greetings[i].text, len) == 0)
            return greetings[i].code;
    }
    if (bytes.len < ENOUGH && !ended) {
        *wait = true;
        return HFI_OK;
    }
    return HFI_E_PEER_NOT_TLS;
}
