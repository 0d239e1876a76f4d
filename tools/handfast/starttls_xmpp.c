/* tools/handfast/starttls_xmpp.c: the upgrade of XMPP, RFC 6120 5.  Of XML it reads what
 * a stream's opening is made of: tags with attributes, and text in between. */
#include "starttls.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64, TAG_SIZE = 2048 };

#define TLS_NAMESPACE "urn:ietf:params:xml:ns:xmpp-tls"

struct tag {
    char text[TAG_SIZE];  /* "<stream:features>" */
    char name[NAME_SIZE]; /* "features": without prefix */
    bool closing;         /* "</...>" */
    bool empty;           /* "<.../>" */
};

static bool strange(struct cli_talk *t, const char *text)
{
    char said[300];

    cli_escape(said, sizeof said, text, strlen(text));
    return cli_talk_fail(t, CLI_TALK_STRANGE, "this is not %s: \"%s\"", t->step, said);
}

static void take_name(struct tag *tag)
{
    const char *p = tag->text + 1 + (tag->closing ? 1 : 0);
    size_t len = strcspn(p, " \t\r\n/>");
    const char *colon = memchr(p, ':', len);

    if (colon != NULL) {
        len -= (size_t)(colon + 1 - p);
        p = colon + 1;
    }
    snprintf(tag->name, sizeof tag->name, "%.*s", (int)(len < NAME_SIZE ? len : 0), p);
}

/* The next tag; text before it, such as the name of a mechanism, is passed over. */
static bool read_tag(struct cli_talk *t, struct tag *tag)
{
    size_t n = 0;
    char quote = '\0';
    uint8_t byte;

    do {
        if (!cli_talk_read(t, &byte, 1))
            return false;
        if (n == 0 && byte != '<')
            continue;
        if (n == TAG_SIZE - 1 || byte == '\0') {
            tag->text[n] = '\0';
            return strange(t, tag->text);
        }
        tag->text[n++] = (char)byte;
        if (quote == '\0' && (byte == '"' || byte == '\''))
            quote = (char)byte;
        else if (byte == (uint8_t)quote)
            quote = '\0';
    } while (n == 0 || byte != '>' || quote != '\0');
    tag->text[n] = '\0';
    if (tag->text[1] == '!') /* RFC 6120 11.1: no comments, no DTD */
        return strange(t, tag->text);
    tag->closing = tag->text[1] == '/';
    tag->empty = tag->text[n - 2] == '/';
    take_name(tag);
    return true;
}

/* Attribute values may hold any host that the command line takes. */
static void escape_xml(char *out, size_t size, const char *text)
{
    size_t n = 0;

    for (; *text != '\0' && n + 7 < size; text++) {
        const char *word = *text == '&'    ? "&amp;"
                           : *text == '<'  ? "&lt;"
                           : *text == '\'' ? "&apos;"
                                           : NULL;

        if (word != NULL)
            n += (size_t)snprintf(out + n, size - n, "%s", word);
        else
            out[n++] = *text;
    }
    out[n] = '\0';
}

/* <stream:error><host-unknown .../>...: the condition is the next tag. */
static bool stream_error(struct cli_talk *t)
{
    struct tag condition = {.closing = false};
    char said[100];

    if (!read_tag(t, &condition))
        return false;
    cli_escape(said, sizeof said, condition.name, strlen(condition.name));
    return cli_talk_fail(t, CLI_TALK_REFUSED, "the server ended the stream: %s", said);
}

/* From <stream:stream> to the end of <stream:features>. */
static bool read_opening(struct cli_talk *t, bool *offered)
{
    struct tag tag = {.closing = false};

    *offered = false;
    do {
        if (!read_tag(t, &tag))
            return false;
    } while (strncmp(tag.text, "<?xml", 5) == 0);
    if (tag.closing || strcmp(tag.name, "stream") != 0)
        return strange(t, tag.text);
    if (!read_tag(t, &tag))
        return false;
    if (strcmp(tag.name, "error") == 0)
        return stream_error(t);
    if (tag.closing || strcmp(tag.name, "features") != 0)
        return strange(t, tag.text);
    while (!tag.empty || strcmp(tag.name, "features") != 0) {
        if (!read_tag(t, &tag))
            return false;
        if (tag.closing && strcmp(tag.name, "features") == 0)
            return true;
        if (strcmp(tag.name, "starttls") == 0 && !tag.closing &&
            strstr(tag.text, TLS_NAMESPACE) != NULL)
            *offered = true;
    }
    return true; /* <stream:features/>: none at all */
}

static bool read_answer(struct cli_talk *t)
{
    struct tag tag = {.closing = false}, end = {.closing = false};

    if (!read_tag(t, &tag))
        return false;
    if (strcmp(tag.name, "error") == 0)
        return stream_error(t);
    if (strcmp(tag.name, "failure") == 0)
        return cli_talk_fail(t, CLI_TALK_REFUSED, "STARTTLS was refused: <failure>");
    if (tag.closing || strcmp(tag.name, "proceed") != 0)
        return strange(t, tag.text);
    if (tag.empty)
        return true;
    if (!read_tag(t, &end))
        return false;
    return (end.closing && strcmp(end.name, "proceed") == 0) || strange(t, end.text);
}

bool cli_upgrade_xmpp(struct cli_talk *t, const char *name)
{
    char to[1600];
    bool offered;

    escape_xml(to, sizeof to, name);
    t->step = "the opening of the stream";
    if (!cli_talk_say(t,
                      "<?xml version='1.0'?><stream:stream to='%s' version='1.0' "
                      "xmlns='jabber:client' "
                      "xmlns:stream='http://etherx.jabber.org/streams'>",
                      to) ||
        !read_opening(t, &offered))
        return false;
    if (!offered)
        return cli_talk_fail(t, CLI_TALK_NOT_OFFERED,
                             "the server does not offer STARTTLS");
    t->step = "the answer to <starttls>";
    return cli_talk_say(t, "<starttls xmlns='" TLS_NAMESPACE "'/>") && read_answer(t);
}
