/* engine/conn/not_tls.c: what the first bytes are that are not TLS: people connect to the
 * wrong port more often than peers break. */
#include "conn/internal.h"

typedef struct greeting {
    const char *text;
    hfi_err code;
} greeting;

/* What servers say. */
static const greeting answers[] = {
    {"HTTP/", HFI_E_PEER_SPEAKS_HTTP},       {"<html", HFI_E_PEER_SPEAKS_HTTP},
    {"<!DOC", HFI_E_PEER_SPEAKS_HTTP},       {"SSH-", HFI_E_PEER_SPEAKS_SSH},
    {"220 ", HFI_E_PEER_SPEAKS_SMTP},        {"220-", HFI_E_PEER_SPEAKS_SMTP},
    {"421 ", HFI_E_PEER_SPEAKS_SMTP},        {"554 ", HFI_E_PEER_SPEAKS_SMTP},
    {"554-", HFI_E_PEER_SPEAKS_SMTP},        {"+OK", HFI_E_PEER_SPEAKS_POP3},
    {"* OK", HFI_E_PEER_SPEAKS_IMAP},        {"* BYE", HFI_E_PEER_SPEAKS_IMAP},
    {"* PRE", HFI_E_PEER_SPEAKS_IMAP},       {"EFATA", HFI_E_PEER_SPEAKS_POSTGRESQL},
    {"EERRO", HFI_E_PEER_SPEAKS_POSTGRESQL},
};

/* What clients say: methods of HTTP, and HTTP/2's preface. */
static const greeting requests[] = {
    {"GET ", HFI_E_HTTP_REQUEST},      {"POST ", HFI_E_HTTP_REQUEST},
    {"HEAD ", HFI_E_HTTP_REQUEST},     {"PUT ", HFI_E_HTTP_REQUEST},
    {"DELET", HFI_E_HTTP_REQUEST},     {"OPTIO", HFI_E_HTTP_REQUEST},
    {"PATCH", HFI_E_HTTP_REQUEST},     {"TRACE", HFI_E_HTTP_REQUEST},
    {"PRI *", HFI_E_HTTP_REQUEST},     {"CONNE", HFI_E_HTTPS_PROXY_REQUEST},
    {"SSH-", HFI_E_PEER_SPEAKS_SSH},   {"PROXY", HFI_E_PEER_SPEAKS_PROXY_PROTOCOL},
    {"EHLO ", HFI_E_PEER_SPEAKS_SMTP}, {"HELO ", HFI_E_PEER_SPEAKS_SMTP},
};

enum {
    ENOUGH = 5,        /* the longest greeting, and a record's header */
    STATUS_LINE = 12,  /* "HTTP/1.1 407" */
    SSLV3_HELLO = 11,  /* as far as its version */
    LINE_WAITED = 128, /* of a greeting that needs its whole line */
    SEARCHED = 2048,   /* of an answer, for a word */
};

/* The major version is 3, which no text has in that place; of a first byte alone no more
 * is known than whether it is a content type. */
static bool may_be_record(hfi_view bytes)
{
    if (bytes.len >= 2)
        return bytes.p[1] == 3;
    return bytes.len == 0 ||
           (bytes.p[0] >= HFI_CONTENT_CCS && bytes.p[0] <= HFI_CONTENT_APPLICATION);
}

static bool begins_with(hfi_view bytes, const char *text, size_t len)
{
    return bytes.len >= len && memcmp(bytes.p, text, len) == 0;
}

/* ---- old versions ---- */

/* RFC 6101 E.1: a length with its first bit set, then CLIENT-HELLO. */
static bool is_sslv2_hello(hfi_view bytes)
{
    return bytes.len >= ENOUGH && (bytes.p[0] & 0x80) != 0 && bytes.p[2] == 1 &&
           (bytes.p[3] == 3 || (bytes.p[3] == 0 && bytes.p[4] == 2));
}

/* The same with SERVER-HELLO, or an ERROR of three bytes. */
static bool is_sslv2_answer(hfi_view bytes)
{
    return bytes.len >= ENOUGH && (bytes.p[0] & 0x80) != 0 &&
           (bytes.p[2] == 4 ||
            (bytes.p[0] == 0x80 && bytes.p[1] == 3 && bytes.p[2] == 0));
}

/* RFC 6101: a ServerHello that says 3.0 like the record that it lies in. */
static bool is_sslv3_answer(hfi_view bytes)
{
    return bytes.len >= SSLV3_HELLO && begins_with(bytes, "\x16\x03\x00", 3) &&
           bytes.p[5] == 2 && bytes.p[9] == 3 && bytes.p[10] == 0;
}

/* ---- databases ---- */

/* ErrorResponse: E, and a length that is not large; N alone: no SSLRequest is wanted. */
static bool is_postgresql_answer(hfi_view bytes, bool ended)
{
    return (bytes.len >= ENOUGH && begins_with(bytes, "E\0\0", 3)) ||
           (bytes.len == 1 && bytes.p[0] == 'N' && ended);
}

/* SSLRequest, or a startup message of version 3.0. */
static bool is_postgresql_request(hfi_view bytes)
{
    return begins_with(bytes, "\0\0\0\x08\x04\xd2\x16\x2f", 8) ||
           (bytes.len >= 8 && begins_with(bytes, "\0\0", 2) &&
            memcmp(bytes.p + 4, "\0\3\0\0", 4) == 0);
}

/* A packet, number 0, of less than 256 bytes: a greeting of version 10, or an error. */
static bool is_mysql_answer(hfi_view bytes)
{
    return bytes.len >= ENOUGH && bytes.p[0] != 0 && bytes.p[1] == 0 && bytes.p[2] == 0 &&
           bytes.p[3] == 0 && (bytes.p[4] == 0x0a || bytes.p[4] == 0xff);
}

/* ---- what one line more tells ---- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Whether a word stands in the answer, in letters of any case; word is in lower case. */
static bool holds(hfi_view bytes, const char *word)
{
    size_t len = strlen(word);
    size_t end = bytes.len < SEARCHED ? bytes.len : SEARCHED;

    for (size_t at = 0; at + len <= end; at++) {
        size_t same = 0;
        while (same < len && lower(bytes.p[at + same]) == (uint8_t)word[same])
            same++;
        if (same == len)
            return true;
    }
    return false;
}

/* 407 is a proxy's alone (RFC 9110 15.5.8), and so are some headers. */
static hfi_err judge_http(hfi_view bytes, bool ended, bool *wait)
{
    if (!begins_with(bytes, "HTTP/", 5))
        return HFI_E_PEER_SPEAKS_HTTP;
    *wait = bytes.len < STATUS_LINE && !ended;
    bool refused =
        bytes.len >= STATUS_LINE && memcmp(bytes.p + STATUS_LINE - 3, "407", 3) == 0;
    return refused || holds(bytes, "\nproxy-") || holds(bytes, "\nx-squid-error:")
               ? HFI_E_PEER_SPEAKS_PROXY
               : HFI_E_PEER_SPEAKS_HTTP;
}

/* Mail and file transfer greet with the same number. */
static hfi_err judge_mail(hfi_view bytes, bool ended, bool *wait)
{
    bool whole = ended || bytes.len >= LINE_WAITED || memchr(bytes.p, '\n', bytes.len);

    *wait = !whole;
    return !holds(bytes, "smtp") && holds(bytes, "ftp") ? HFI_E_PEER_SPEAKS_FTP
                                                        : HFI_E_PEER_SPEAKS_SMTP;
}

/* ---- all of them ---- */

static hfi_err find(const greeting *list, size_t count, hfi_view bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (begins_with(bytes, list[i].text, strlen(list[i].text)))
            return list[i].code;
    }
    return HFI_OK;
}

static hfi_err judge_answer(hfi_view bytes, bool ended, bool *wait)
{
    if (is_mysql_answer(bytes))
        return HFI_E_PEER_SPEAKS_MYSQL;
    if (is_postgresql_answer(bytes, ended))
        return HFI_E_PEER_SPEAKS_POSTGRESQL;
    hfi_err err = find(answers, sizeof answers / sizeof answers[0], bytes);
    if (err == HFI_E_PEER_SPEAKS_HTTP)
        return judge_http(bytes, ended, wait);
    return err == HFI_E_PEER_SPEAKS_SMTP ? judge_mail(bytes, ended, wait) : err;
}

static hfi_err judge_request(hfi_view bytes)
{
    if (is_sslv2_hello(bytes))
        return HFI_E_SSLV2_HELLO;
    if (is_postgresql_request(bytes))
        return HFI_E_PEER_SPEAKS_POSTGRESQL;
    if (begins_with(bytes, "\r\n\r\n\0\r\nQUIT\n", 12))
        return HFI_E_PEER_SPEAKS_PROXY_PROTOCOL;
    return find(requests, sizeof requests / sizeof requests[0], bytes);
}

/* A beginning that only the whole of it tells. */
static bool may_be_longer(hfi_role role, hfi_view bytes)
{
    return role == HFI_ROLE_SERVER &&
           ((bytes.len < 8 && begins_with(bytes, "\0\0\0", 3)) ||
            (bytes.len < 12 && begins_with(bytes, "\r\n\r\n", 4)));
}

hfi_err hfi_conn_judge_first_bytes(hfi_role role, hfi_view bytes, bool ended, bool *wait)
{
    *wait = false;
    if (role != HFI_ROLE_SERVER && is_sslv2_answer(bytes))
        return HFI_E_PEER_SPEAKS_SSLV2;
    if (role != HFI_ROLE_SERVER && is_sslv3_answer(bytes))
        return HFI_E_PEER_SPEAKS_SSLV3;
    if (may_be_record(bytes))
        return HFI_OK;
    hfi_err err =
        role == HFI_ROLE_SERVER ? judge_request(bytes) : judge_answer(bytes, ended, wait);
    if (err == HFI_OK)
        *wait = !ended && (bytes.len < ENOUGH || may_be_longer(role, bytes));
    if (*wait)
        return HFI_OK;
    return err != HFI_OK ? err : HFI_E_PEER_NOT_TLS;
}
