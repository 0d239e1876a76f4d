/* tools/handfast/starttls_binary.c: upgrades of the protocols that are not text.
 * PostgreSQL: SSLRequest of its frontend protocol; MySQL and MariaDB: the capabilities
 * of the first packets; LDAP: the StartTLS operation, RFC 4511 4.14. */
#include "starttls.h"

#include <stdio.h>
#include <string.h>

enum { PACKET_MAX = 8192 };

/* What the peer says in words, which may be nothing. */
static bool refused(struct cli_talk *t, const char *what, const void *words, size_t count)
{
    char said[300];

    cli_escape(said, sizeof said, words, count);
    return cli_talk_fail(t, CLI_TALK_REFUSED, "%s: \"%s\"", what, said);
}

static bool strange(struct cli_talk *t, const void *bytes, size_t count)
{
    char said[120];

    cli_escape(said, sizeof said, bytes, count);
    return cli_talk_fail(t, CLI_TALK_STRANGE, "this is not %s: \"%s\"", t->step, said);
}

/* ---- PostgreSQL ---- */

/* ErrorResponse: a length, then fields of a letter and a text; M is the message. */
static bool postgres_error(struct cli_talk *t)
{
    uint8_t head[5] = {'E'}, body[PACKET_MAX];
    struct cli_bytes b = {.at = body};
    size_t size;
    uint8_t field;

    if (!cli_talk_read(t, head + 1, 4))
        return false;
    size = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (size < 4 || size - 4 > sizeof body)
        return strange(t, head, sizeof head);
    if (!cli_talk_read(t, body, size - 4))
        return false;
    b.left = size - 4;
    while ((field = cli_bytes_u8(&b)) != 0) {
        const char *text = cli_bytes_text(&b);

        if (field == 'M' && text != NULL)
            return refused(t, "the server answered with an error", text, strlen(text));
    }
    return refused(t, "the server answered with an error", "", 0);
}

bool cli_upgrade_postgres(struct cli_talk *t, const char *name)
{
    static const uint8_t request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
    uint8_t answer;

    (void)name;
    t->step = "the answer to SSLRequest";
    if (!cli_talk_send(t, request, sizeof request) || !cli_talk_read(t, &answer, 1))
        return false;
    if (answer == 'S')
        return true;
    if (answer == 'N')
        return cli_talk_fail(t, CLI_TALK_NOT_OFFERED, "the server has TLS turned off");
    return answer == 'E' ? postgres_error(t) : strange(t, &answer, 1);
}

/* ---- MySQL ---- */

enum {
    MYSQL_LONG_PASSWORD = 0x1,
    MYSQL_PROTOCOL_41 = 0x200,
    MYSQL_SSL = 0x800,
    MYSQL_SECURE_CONNECTION = 0x8000,
    MYSQL_UTF8 = 33,
};

/* An ERR packet: code, perhaps # and a state of five letters, text. */
static bool mysql_error(struct cli_talk *t, struct cli_bytes b)
{
    (void)cli_bytes_take(&b, 2);
    if (b.left >= 6 && b.at[0] == '#')
        (void)cli_bytes_take(&b, 6);
    return refused(t, "the server answered with an error", b.at, b.bad ? 0 : b.left);
}

/* The server's first packet; true if it has TLS. */
static bool mysql_greeting(struct cli_talk *t)
{
    uint8_t head[4], body[PACKET_MAX];
    struct cli_bytes b = {.at = body};
    const uint8_t *low;
    uint8_t version;

    t->step = "the greeting";
    if (!cli_talk_read(t, head, sizeof head))
        return false;
    b.left = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    if (b.left == 0 || b.left > sizeof body || head[3] != 0)
        return strange(t, head, sizeof head);
    if (!cli_talk_read(t, body, b.left))
        return false;
    version = cli_bytes_u8(&b);
    if (version == 0xff)
        return mysql_error(t, b);
    (void)cli_bytes_text(&b);            /* the server's release */
    (void)cli_bytes_take(&b, 4 + 8 + 1); /* thread, challenge, filler */
    low = cli_bytes_take(&b, 2);
    if (version != 10 || low == NULL)
        return strange(t, head, sizeof head);
    if ((((unsigned)low[0] | (unsigned)low[1] << 8) & MYSQL_SSL) == 0)
        return cli_talk_fail(t, CLI_TALK_NOT_OFFERED, "the server has TLS turned off");
    return true;
}

bool cli_upgrade_mysql(struct cli_talk *t, const char *name)
{
    unsigned flags =
        MYSQL_LONG_PASSWORD | MYSQL_PROTOCOL_41 | MYSQL_SSL | MYSQL_SECURE_CONNECTION;
    /* Length and number of the packet, flags, largest packet, character set, filler. */
    uint8_t request[4 + 32] = {32, 0, 0, 1};

    (void)name;
    if (!mysql_greeting(t))
        return false;
    request[4] = (uint8_t)(flags & 0xff);
    request[5] = (uint8_t)(flags >> 8);
    request[11] = 1; /* 16 MiB */
    request[12] = MYSQL_UTF8;
    t->step = "the way for SSLRequest";
    return cli_talk_over(t) && cli_talk_send(t, request, sizeof request);
}

/* ---- LDAP ---- */

/* A length in BER; servers write long forms for short lengths, too. */
static size_t ber_length(struct cli_bytes *b)
{
    size_t first = cli_bytes_u8(b), length = 0;

    if (first < 0x80)
        return first;
    if (first == 0x80 || first > 0x84) {
        b->bad = true;
        return 0;
    }
    for (size_t i = 0; i < first - 0x80; i++)
        length = length << 8 | cli_bytes_u8(b);
    return length;
}

/* The contents of the next value, which must have this tag. */
static struct cli_bytes ber_value(struct cli_bytes *b, uint8_t tag)
{
    struct cli_bytes v = {.bad = cli_bytes_u8(b) != tag};
    size_t length = ber_length(b);

    v.at = cli_bytes_take(b, length);
    v.left = v.at != NULL ? length : 0;
    v.bad = v.bad || v.at == NULL;
    b->bad = b->bad || v.bad;
    return v;
}

static const char *ldap_result_name(unsigned code)
{
    switch (code) {
    case 1:
        return "operationsError";
    case 2:
        return "protocolError";
    case 10:
        return "referral";
    case 13:
        return "confidentialityRequired";
    case 51:
        return "busy";
    case 52:
        return "unavailable";
    case 53:
        return "unwillingToPerform";
    default:
        return "see RFC 4511 4.1.9";
    }
}

/* LDAPMessage { messageID, [APPLICATION 24] { resultCode, matchedDN, diagnostic ... } }
 */
static bool ldap_answer(struct cli_talk *t, struct cli_bytes message)
{
    struct cli_bytes whole = message;
    struct cli_bytes id = ber_value(&message, 0x02);
    struct cli_bytes response = ber_value(&message, 0x78);
    struct cli_bytes code = ber_value(&response, 0x0a);
    struct cli_bytes matched = ber_value(&response, 0x04);
    struct cli_bytes words = ber_value(&response, 0x04);
    char what[100];

    if (message.bad || response.bad || matched.bad || id.left != 1 || code.left != 1 ||
        id.at[0] > 1)
        return strange(t, whole.at, whole.left);
    if (id.at[0] == 1 && code.at[0] == 0)
        return true;
    snprintf(what, sizeof what, "%s with result %u, %s",
             id.at[0] == 0 ? "the server hangs up" : "StartTLS was refused", code.at[0],
             ldap_result_name(code.at[0]));
    return refused(t, what, words.at, words.left);
}

bool cli_upgrade_ldap(struct cli_talk *t, const char *name)
{
    static const uint8_t request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                                     "1.3.6.1.4.1.1466.20037";
    uint8_t head[6], body[PACKET_MAX];
    struct cli_bytes b = {.at = head, .left = 2};
    size_t more = 0, length;

    (void)name;
    t->step = "the answer to StartTLS";
    if (!cli_talk_send(t, request, sizeof request - 1) || !cli_talk_read(t, head, 2))
        return false;
    if (head[1] > 0x80 && head[1] <= 0x84)
        more = head[1] - 0x80u;
    if (!cli_talk_read(t, head + 2, more))
        return false;
    b.left += more;
    if (cli_bytes_u8(&b) != 0x30)
        return strange(t, head, 2 + more);
    length = ber_length(&b);
    if (b.bad || length > sizeof body)
        return strange(t, head, 2 + more);
    if (!cli_talk_read(t, body, length))
        return false;
    return ldap_answer(t, (struct cli_bytes){.at = body, .left = length});
}
