/* tools/handfast/serve_options.c: reads and explains the arguments of `handfast serve`.
 */
#include "arguments.h"
#include "serve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_HANDSHAKE_MS = 10000,
    DEFAULT_IDLE_MS = 300000,
    MAX_CONNECTIONS = 1000000,
    MAX_EARLY_DATA = 16384,
};

enum option_id {
    OPT_LISTEN = 256,
    OPT_CERT,
    OPT_KEY,
    OPT_OCSP,
    OPT_PASSWORD_FILE,
    OPT_CAFILE,
    OPT_CRL,
    OPT_CLIENT_AUTH,
    OPT_ALPN,
    OPT_TLS12,
    OPT_TLS13,
    OPT_PROFILE,
    OPT_GROUPS,
    OPT_SUITES,
    OPT_SIGALGS,
    OPT_PLAIN_MASTER_SECRET,
    OPT_ECHO,
    OPT_WWW,
    OPT_FORWARD,
    OPT_TICKET_KEYS,
    OPT_NO_TICKETS,
    OPT_EARLY_DATA,
    OPT_HANDSHAKE_TIMEOUT,
    OPT_IDLE_TIMEOUT,
    OPT_MAX_CONNECTIONS,
    OPT_KEYLOG,
    OPT_JSON,
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"ocsp", required_argument, NULL, OPT_OCSP},
    {"key-password-file", required_argument, NULL, OPT_PASSWORD_FILE},
    {"cafile", required_argument, NULL, OPT_CAFILE},
    {"crl", required_argument, NULL, OPT_CRL},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"client-auth", required_argument, NULL, OPT_CLIENT_AUTH},
    {"alpn", required_argument, NULL, OPT_ALPN},
    {"tls12", no_argument, NULL, OPT_TLS12},
    {"tls13", no_argument, NULL, OPT_TLS13},
    {"groups", required_argument, NULL, OPT_GROUPS},
    {"suites", required_argument, NULL, OPT_SUITES},
    {"sigalgs", required_argument, NULL, OPT_SIGALGS},
    {"allow-plain-master-secret", no_argument, NULL, OPT_PLAIN_MASTER_SECRET},
    {"echo", no_argument, NULL, OPT_ECHO},
    {"www", no_argument, NULL, OPT_WWW},
    {"forward", required_argument, NULL, OPT_FORWARD},
    {"ticket-keys", required_argument, NULL, OPT_TICKET_KEYS},
    {"no-tickets", no_argument, NULL, OPT_NO_TICKETS},
    {"early-data", required_argument, NULL, OPT_EARLY_DATA},
    {"handshake-timeout", required_argument, NULL, OPT_HANDSHAKE_TIMEOUT},
    {"idle-timeout", required_argument, NULL, OPT_IDLE_TIMEOUT},
    {"max-connections", required_argument, NULL, OPT_MAX_CONNECTIONS},
    {"keylog", required_argument, NULL, OPT_KEYLOG},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

void cli_serve_help(void)
{
    fputs(
        "usage: handfast serve --listen ADDRESS:PORT --cert FILE [--key FILE] "
        "[OPTION...]\n"
        "\n"
        "A TLS server: it greets and echoes, shows a page, or forwards to a TCP port.\n"
        "\n"
        "  --listen ADDRESS:PORT  where to listen, [::]:443 for IPv6; may be repeated;\n"
        "                     port 0 is one that the system chooses, and tells\n"
        "  --cert FILE        a certificate and those behind it; with --key may be\n"
        "                     repeated for other kinds of keys and other names\n"
        "  --key FILE         the key of the --cert before it, if not in the same file\n"
        "  --ocsp FILE        an OCSP response (DER) to staple to the --cert before it\n"
        "  --key-password-file FILE  whose first line decrypts the keys\n"
        "  --cafile FILE      trust these roots for clients' certificates\n"
        "  --crl FILE         refuse those on the revocation lists in FILE\n"
        "  --profile NAME     the rules for them: default, web-pki or compatible\n"
        "  --client-auth HOW  ask clients for a certificate: none, optional, required\n"
        "  --alpn LIST        application protocols, in order: h2,http/1.1\n"
        "  --tls12, --tls13   speak that version alone; both together are the default\n"
        "  --groups LIST      key exchange groups, in order: x25519,P-256\n"
        "  --suites LIST      cipher suites, in order\n"
        "  --sigalgs LIST     signature algorithms, in order\n"
        "  --allow-plain-master-secret  take clients of TLS 1.2 from before 2016, such\n"
        "                     as those of OpenSSL 1.0.2, that do not know RFC 7627\n"
        "\n"
        "  --echo             send back what comes, without the greeting\n"
        "  --www              answer HTTP with a page of what was negotiated\n"
        "  --forward HOST:PORT  carry the data to a TCP port and back\n"
        "\n"
        "  --ticket-keys FILE seal tickets with these keys, that others share\n"
        "  --no-tickets       give out no tickets: every handshake is a full one\n"
        "  --early-data BYTES take so much early data with a ticket; it is handled once\n"
        "                     the handshake shows that nobody replays it\n"
        "  --handshake-timeout SECONDS  limit for a handshake (10)\n"
        "  --idle-timeout SECONDS  close after so long without data (300); 0: never\n"
        "  --max-connections N  at most so many at once; others wait to be accepted\n"
        "  --keylog FILE      append the connections' secrets, for Wireshark\n"
        "  --json             one line of JSON for each connection, at its end\n"
        "  -q, --quiet        only failures\n"
        "  -h, --help         this text\n"
        "\n"
        "SIGHUP reads certificates, keys, roots and ticket keys again, and keeps those "
        "in\n"
        "use if one is wrong.  SIGINT and SIGTERM close every connection in an orderly\n"
        "way and end; a second one ends at once.\n"
        "\n"
        "exit codes\n"
        "  0  ended by a signal\n"
        "  2  wrong usage: an argument, a name in a list, a file\n"
        "  4  the address cannot be listened on, or the host to forward to has none\n"
        "  7  this side failed: memory, output\n",
        stdout);
}

#define usage(...) cli_refuse_usage("serve", __VA_ARGS__)

/* ---- values ---- */

static int take_seconds(const char *option, bool may_be_zero, int64_t *milliseconds)
{
    if (cli_parse_seconds(optarg, milliseconds) && (may_be_zero || *milliseconds > 0))
        return 0;
    return usage("%s needs seconds from %s to %d, not '%s'", option,
                 may_be_zero ? "0" : "0.001", CLI_SECONDS_MAX, optarg);
}

static int take_number(const char *option, long most, long *number)
{
    size_t len = strlen(optarg);

    *number = strtol(optarg, NULL, 10);
    if (len > 0 && len < 10 && strspn(optarg, "0123456789") == len && *number >= 1 &&
        *number <= most)
        return 0;
    return usage("%s needs a number from 1 to %ld, not '%s'", option, most, optarg);
}

/* ADDRESS:PORT, [V6]:PORT, or :PORT for all addresses; a port may be 0. */
static bool parse_place(struct cli_target *t, const char *text)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;

    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' ||
        strtol(colon + 1, NULL, 10) > 65535)
        return false;
    snprintf(t->port, sizeof t->port, "%ld", strtol(colon + 1, NULL, 10));
    if (text[0] == '[') {
        if (len < 4 || text[len - 1] != ']' || memchr(text, ':', len) == NULL)
            return false;
        text++;
        len -= 2;
    } else if (memchr(text, ':', len) != NULL) {
        return false;
    }
    if (len == 0) { /* all of this machine's, IPv4 too */
        text = "::";
        len = 2;
    }
    if (len >= sizeof t->host)
        return false;
    memcpy(t->host, text, len);
    t->host[len] = '\0';
    return true;
}

static int take_listen(struct cli_serve_options *o)
{
    if (o->listen_count == CLI_SERVE_LISTEN_MAX)
        return usage("--listen may be repeated %d times at most", CLI_SERVE_LISTEN_MAX);
    if (parse_place(&o->listen[o->listen_count++], optarg))
        return 0;
    return usage("--listen needs ADDRESS:PORT or [ADDRESS]:PORT, not '%s'", optarg);
}

static int take_forward(struct cli_serve_options *o)
{
    o->service = CLI_SERVE_FORWARD;
    o->services++;
    if (cli_target_parse(&o->forward, optarg, "") && o->forward.port[0] != '\0')
        return 0;
    return usage("--forward needs HOST:PORT or [ADDRESS]:PORT, not '%s'", optarg);
}

/* --key and --ocsp belong to the --cert before them. */
static int take_pair(struct cli_serve_options *o, int id)
{
    struct cli_serve_pair *pair = o->pair_count > 0 ? &o->pairs[o->pair_count - 1] : NULL;
    const char **slot;

    if (id == OPT_CERT) {
        if (o->pair_count == CLI_SERVE_PAIRS_MAX)
            return usage("--cert may be repeated %d times at most", CLI_SERVE_PAIRS_MAX);
        o->pairs[o->pair_count++].certificate = optarg;
        return 0;
    }
    if (pair == NULL)
        return usage("%s '%s' belongs behind a --cert",
                     id == OPT_KEY ? "--key" : "--ocsp", optarg);
    slot = id == OPT_KEY ? &pair->key : &pair->ocsp;
    if (*slot != NULL)
        return usage("'%s' is one %s too many for --cert '%s'", optarg,
                     id == OPT_KEY ? "--key" : "--ocsp", pair->certificate);
    *slot = optarg;
    return 0;
}

static int take_client_auth(struct cli_serve_options *o)
{
    static const char *const names[] = {"none", "optional", "required"};

    for (int i = 0; i < 3; i++)
        if (strcmp(optarg, names[i]) == 0) {
            o->client_auth = (enum cli_client_auth)i;
            return 0;
        }
    return usage("--client-auth is none, optional or required, not '%s'", optarg);
}

static int take_service(struct cli_serve_options *o, enum cli_service service)
{
    o->service = service;
    o->services++;
    return 0;
}

static int take_limit(struct cli_serve_options *o, int id)
{
    long number = 0;
    int code;

    switch (id) {
    case OPT_HANDSHAKE_TIMEOUT:
        return take_seconds("--handshake-timeout", false, &o->handshake_timeout_ms);
    case OPT_IDLE_TIMEOUT:
        return take_seconds("--idle-timeout", true, &o->idle_timeout_ms);
    case OPT_EARLY_DATA:
        code = take_number("--early-data", MAX_EARLY_DATA, &number);
        o->early_data = (size_t)number;
        return code;
    default:
        code = take_number("--max-connections", MAX_CONNECTIONS, &number);
        o->max_connections = (int)number;
        return code;
    }
}

static int take_word(const char **slot)
{
    *slot = optarg;
    return 0;
}

static int take_version(struct cli_serve_options *o, const char *name)
{
    cli_add_version(&o->versions, name);
    return 0;
}

static int take_flag(bool *flag)
{
    *flag = true;
    return 0;
}

static int take_option(struct cli_serve_options *o, int id)
{
    switch (id) {
    case OPT_LISTEN:
        return take_listen(o);
    case OPT_CERT:
    case OPT_KEY:
    case OPT_OCSP:
        return take_pair(o, id);
    case OPT_PASSWORD_FILE:
        return take_word(&o->key_password_file);
    case OPT_CAFILE:
        return take_word(&o->ca_file);
    case OPT_CRL:
        return take_word(&o->crl_file);
    case OPT_PROFILE:
        return take_word(&o->profile);
    case OPT_CLIENT_AUTH:
        return take_client_auth(o);
    case OPT_ALPN:
        return take_word(&o->alpn);
    case OPT_TLS12:
        return take_version(o, "TLSv1.2");
    case OPT_TLS13:
        return take_version(o, "TLSv1.3");
    case OPT_GROUPS:
        return take_word(&o->groups);
    case OPT_SUITES:
        return take_word(&o->suites);
    case OPT_SIGALGS:
        return take_word(&o->sigalgs);
    case OPT_PLAIN_MASTER_SECRET:
        return take_flag(&o->plain_master_secret);
    case OPT_ECHO:
        return take_service(o, CLI_SERVE_ECHO);
    case OPT_WWW:
        return take_service(o, CLI_SERVE_WWW);
    case OPT_FORWARD:
        return take_forward(o);
    case OPT_TICKET_KEYS:
        return take_word(&o->ticket_keys);
    case OPT_NO_TICKETS:
        return take_flag(&o->no_tickets);
    case OPT_KEYLOG:
        return take_word(&o->key_log);
    case OPT_JSON:
        return take_flag(&o->json);
    case 'q':
        return take_flag(&o->quiet);
    case 'h':
        return take_flag(&o->help);
    default:
        return take_limit(o, id);
    }
}

/* ---- what does not go together ---- */

static bool lists(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = list; p != NULL; p = strchr(p, ',')) {
        p += *p == ',' ? 1 : 0;
        if (strncmp(p, word, len) == 0 && (p[len] == ',' || p[len] == '\0'))
            return true;
    }
    return false;
}

static int check(const struct cli_serve_options *o)
{
    if (o->listen_count == 0)
        return usage("--listen is missing: where to listen, such as localhost:8443");
    if (o->pair_count == 0)
        return usage("--cert is missing: a server needs a certificate");
    if (o->services > 1)
        return usage("only one of --echo, --www and --forward can be given");
    if (o->alpn != NULL && o->alpn[0] == '\0')
        return usage("--alpn needs at least one protocol");
    if (o->service == CLI_SERVE_WWW && lists(o->alpn, "h2"))
        return usage("--www speaks http/1.1 and http/1.0, not h2");
    if (o->ca_file != NULL && o->client_auth == CLI_AUTH_NONE)
        return usage("--cafile is of no use without --client-auth optional or required");
    if (o->crl_file != NULL && o->client_auth == CLI_AUTH_NONE)
        return usage("--crl is of no use without --client-auth optional or required");
    if (o->profile != NULL && o->client_auth == CLI_AUTH_NONE)
        return usage("--profile is of no use without --client-auth optional or required");
    if (o->client_auth != CLI_AUTH_NONE && o->ca_file == NULL)
        return usage("--client-auth needs --cafile: whose clients are to be trusted?");
    if (o->no_tickets && o->ticket_keys != NULL)
        return usage("--no-tickets and --ticket-keys exclude each other");
    if (o->no_tickets && o->early_data > 0)
        return usage("--early-data needs tickets, and --no-tickets was given");
    if (o->json && o->quiet)
        return usage("--json and --quiet exclude each other");
    return 0;
}

int cli_serve_options_parse(struct cli_serve_options *o, int argc, char **argv)
{
    int id, code;

    *o = (struct cli_serve_options){.handshake_timeout_ms = DEFAULT_HANDSHAKE_MS,
                                    .idle_timeout_ms = DEFAULT_IDLE_MS};
    opterr = 0;
    optind = 1;
    while ((id = getopt_long(argc, argv, ":qh", long_options, NULL)) != -1) {
        code = id == '?' || id == ':' ? cli_refuse_option("serve", long_options, argv, id)
                                      : take_option(o, id);
        if (code != 0 || o->help)
            return code;
    }
    if (optind < argc)
        return usage("'%s' is no option, and serve takes nothing else", argv[optind]);
    return check(o);
}
