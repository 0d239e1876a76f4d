/* tools/handfast/options.c: reads and explains the arguments of `handfast connect`. */
#include "options.h"
#include "arguments.h"
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 10000 };

enum option_id {
    OPT_JSON = 256,
    OPT_HTML,
    OPT_SERVERNAME,
    OPT_ALPN,
    OPT_CAFILE,
    OPT_CRL,
    OPT_PROFILE,
    OPT_GROUPS,
    OPT_SUITES,
    OPT_TLS12,
    OPT_TLS13,
    OPT_RESUME,
    OPT_KEYLOG,
    OPT_RECORD,
    OPT_TIMEOUT,
    OPT_RELAY,
    OPT_NO_RELAY,
    OPT_NO_VERIFY,
    OPT_STARTTLS,
    OPT_PROXY,
    OPT_CERT,
    OPT_KEY,
    OPT_KEY_PASSWORD_FILE,
    OPT_WAIT_FOR_VERDICT,
    OPT_PSK,
    OPT_PSK_FILE,
    OPT_SESSION,
    OPT_EARLY_DATA,
    OPT_COMPRESSION,
};

static const struct option long_options[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"html", required_argument, NULL, OPT_HTML},
    {"servername", required_argument, NULL, OPT_SERVERNAME},
    {"alpn", required_argument, NULL, OPT_ALPN},
    {"cafile", required_argument, NULL, OPT_CAFILE},
    {"crl", required_argument, NULL, OPT_CRL},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"cert", required_argument, NULL, OPT_CERT},
    {"key", required_argument, NULL, OPT_KEY},
    {"key-password-file", required_argument, NULL, OPT_KEY_PASSWORD_FILE},
    {"wait-for-verdict", no_argument, NULL, OPT_WAIT_FOR_VERDICT},
    {"psk", required_argument, NULL, OPT_PSK},
    {"psk-file", required_argument, NULL, OPT_PSK_FILE},
    {"session", required_argument, NULL, OPT_SESSION},
    {"early-data", required_argument, NULL, OPT_EARLY_DATA},
    {"certificate-compression", required_argument, NULL, OPT_COMPRESSION},
    {"groups", required_argument, NULL, OPT_GROUPS},
    {"suites", required_argument, NULL, OPT_SUITES},
    {"tls12", no_argument, NULL, OPT_TLS12},
    {"tls13", no_argument, NULL, OPT_TLS13},
    {"resume", no_argument, NULL, OPT_RESUME},
    {"keylog", required_argument, NULL, OPT_KEYLOG},
    {"record", required_argument, NULL, OPT_RECORD},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"relay", no_argument, NULL, OPT_RELAY},
    {"no-relay", no_argument, NULL, OPT_NO_RELAY},
    {"no-verify", no_argument, NULL, OPT_NO_VERIFY},
    {"starttls", required_argument, NULL, OPT_STARTTLS},
    {"proxy", required_argument, NULL, OPT_PROXY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

void cli_connect_help(void)
{
    fputs(
        "usage: handfast connect [OPTION...] HOST[:PORT]\n"
        "\n"
        "Connects to a TLS server and tells how the handshake went.  PORT is 443 unless\n"
        "given (with --starttls that of the protocol); an IPv6 address with a port is\n"
        "written [ADDRESS]:PORT.\n"
        "\n"
        "  --json             one JSON document instead of text\n"
        "  --html FILE        write a report, one page by itself; - is standard output\n"
        "  --servername NAME  ask for NAME and check the certificate for it\n"
        "  --alpn LIST        offer protocols, in order: h2,http/1.1\n"
        "  --cafile FILE      trust the certificates in FILE, not the system's\n"
        "  --crl FILE         refuse certificates on the revocation lists in FILE\n"
        "  --profile NAME     the rules for certificates: default, web-pki or "
        "compatible\n"
        "  --cert FILE        show this certificate, and those behind it, if asked\n"
        "  --key FILE         its private key, if that is not in the same file\n"
        "  --key-password-file FILE\n"
        "                     the password of that key is the first line of FILE; else\n"
        "                     it is asked for on the terminal, if the key has one\n"
        "  --wait-for-verdict connected is only who knows what the server makes of the\n"
        "                     certificate; not for servers that never speak first\n"
        "  --psk ID:HEX       offer a pre-shared key; others may see arguments, so "
        "better\n"
        "  --psk-file FILE    the same out of the first line of FILE\n"
        "  --session FILE     resume the session in FILE, and keep the newest one there\n"
        "  --early-data FILE  send what is in FILE with the first flight, if the "
        "session\n"
        "                     of --session or --resume allows it, else afterwards\n"
        "  --certificate-compression LIST\n"
        "                     of brotli, zstd, zlib, in order; or none\n"
        "  --groups LIST      key exchange groups, in order: x25519,P-256,P-384\n"
        "  --suites LIST      cipher suites, in order: TLS_AES_128_GCM_SHA256,...\n"
        "  --starttls NAME    begin in the clear and upgrade, with one of smtp, imap,\n"
        "                     pop3, ftp, xmpp, postgres, mysql, ldap\n"
        "  --proxy URL        connect through http://HOST:PORT or socks5://HOST:PORT,\n"
        "                     with USER:PASSWORD@ before the host if it wants that\n"
        "  --tls12, --tls13   speak that version alone; both together are the default\n"
        "  --resume           connect twice, the second time with a ticket of the first\n"
        "  --keylog FILE      append the connection's secrets, for Wireshark\n"
        "  --record FILE      write a new file for handfast replay; it has the secrets "
        "of\n"
        "                     the connection: treat it like a private key\n"
        "  --timeout SECONDS  limit for address, connection and handshake (10)\n"
        "  --relay            carry stdin to the peer and the peer to stdout\n"
        "  -n, --no-relay     never do that\n"
        "  --no-verify        connect whatever the certificate says, and tell it\n"
        "  -q, --quiet        only a line on failure\n"
        "  -h, --help         this text\n"
        "\n"
        "Standard input is relayed without being asked if it is a pipe, a file or a\n"
        "socket; not if it is a terminal or /dev/null, and not with --json.  Then the\n"
        "peer's data is on stdout and the account on stderr, else the account is on\n"
        "stdout.  When the input has ended, the peer has until it closes, or stays\n"
        "silent for the --timeout.\n"
        "\n"
        "exit codes\n"
        "  0  the handshake succeeded\n"
        "  1  the TLS handshake or connection failed\n"
        "  2  wrong usage: an argument, a name in a list, a file\n"
        "  3  the peer's certificate was refused\n"
        "  4  not reached: name, address or connection failed, or it broke\n"
        "  5  the time ran out\n"
        "  6  connected, but with --resume the session was not resumed\n"
        "  7  this side failed: memory, key log, output\n",
        stdout);
}

#define usage(...) cli_refuse_usage("connect", __VA_ARGS__)

static int take_starttls(struct cli_options *o, const char *name)
{
    char known[120];

    o->starttls = cli_starttls_find(name);
    if (o->starttls != NULL)
        return 0;
    cli_starttls_names(known, sizeof known);
    return usage("--starttls knows %s, not '%s'", known, name);
}

/* What was given is not told: it may hold a password. */
static int take_proxy(struct cli_options *o, const char *url)
{
    const char *why;

    o->has_proxy = cli_proxy_parse(&o->proxy, url, &why);
    return o->has_proxy ? 0 : usage("--proxy: %s", why);
}

/* What was given is not told: it is a secret. */
static int take_psk(struct cli_options *o, const char *text)
{
    const char *why;

    return cli_psk_parse(&o->psk, text, &why) ? 0 : usage("--psk: %s", why);
}

static int take_psk_file(struct cli_options *o, const char *path)
{
    char line[CLI_PSK_TEXT_MAX];
    const char *why;
    bool taken = cli_read_secret_line(path, line, sizeof line, &why) &&
                 cli_psk_parse(&o->psk, line, &why);

    cli_wipe(line, sizeof line);
    return taken ? 0 : usage("--psk-file '%s': %s", path, why);
}

static int take_option(struct cli_options *o, int id)
{
    switch (id) {
    case OPT_JSON:
        o->json = true;
        return 0;
    case OPT_HTML:
        o->html = optarg;
        return 0;
    case OPT_SERVERNAME:
        o->server_name = optarg;
        return 0;
    case OPT_ALPN:
        o->alpn = optarg;
        return 0;
    case OPT_CAFILE:
        o->ca_file = optarg;
        return 0;
    case OPT_CRL:
        o->crl_file = optarg;
        return 0;
    case OPT_PROFILE:
        o->profile = optarg;
        return 0;
    case OPT_CERT:
        o->certificate = optarg;
        return 0;
    case OPT_KEY:
        o->private_key = optarg;
        return 0;
    case OPT_KEY_PASSWORD_FILE:
        o->password_file = optarg;
        return 0;
    case OPT_WAIT_FOR_VERDICT:
        o->wait_for_verdict = true;
        return 0;
    case OPT_PSK:
        return take_psk(o, optarg);
    case OPT_PSK_FILE:
        return take_psk_file(o, optarg);
    case OPT_SESSION:
        o->session_file = optarg;
        return 0;
    case OPT_EARLY_DATA:
        o->early_data = optarg;
        return 0;
    case OPT_COMPRESSION:
        o->compression = optarg;
        return 0;
    case OPT_GROUPS:
        o->groups = optarg;
        return 0;
    case OPT_SUITES:
        o->suites = optarg;
        return 0;
    case OPT_TLS12:
        cli_add_version(&o->versions, "TLSv1.2");
        return 0;
    case OPT_TLS13:
        cli_add_version(&o->versions, "TLSv1.3");
        return 0;
    case OPT_RESUME:
        o->resume = true;
        return 0;
    case OPT_KEYLOG:
        o->key_log = optarg;
        return 0;
    case OPT_RECORD:
        o->record = optarg;
        return 0;
    case OPT_TIMEOUT:
        if (cli_parse_seconds(optarg, &o->timeout_ms) && o->timeout_ms > 0)
            return 0;
        return usage("--timeout needs seconds from 0.001 to %d, not '%s'",
                     CLI_SECONDS_MAX, optarg);
    case OPT_RELAY:
        o->relay = CLI_RELAY_ALWAYS;
        return 0;
    case 'n':
    case OPT_NO_RELAY:
        o->relay = CLI_RELAY_NEVER;
        return 0;
    case OPT_NO_VERIFY:
        o->verify = false;
        return 0;
    case OPT_STARTTLS:
        return take_starttls(o, optarg);
    case OPT_PROXY:
        return take_proxy(o, optarg);
    case 'q':
        o->quiet = true;
        return 0;
    case 'h':
        o->help = true;
        return 0;
    default:
        return usage("option %d is not handled", id);
    }
}

int cli_options_parse(struct cli_options *options, int argc, char **argv)
{
    int id, code;

    *options = (struct cli_options){.verify = true, .timeout_ms = DEFAULT_TIMEOUT_MS};
    opterr = 0;
    optind = 1;
    while ((id = getopt_long(argc, argv, ":nqh", long_options, NULL)) != -1) {
        code = id == '?' || id == ':'
                   ? cli_refuse_option("connect", long_options, argv, id)
                   : take_option(options, id);
        if (code != 0 || options->help)
            return code;
    }
    if (optind == argc)
        return usage("no host given");
    if (optind + 1 < argc)
        return usage("only one host can be given, and '%s' is one too many",
                     argv[optind + 1]);
    if (!cli_target_parse(&options->target, argv[optind],
                          options->starttls != NULL ? options->starttls->port : "443"))
        return usage("'%s' is not HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT",
                     argv[optind]);
    if (options->html != NULL && options->html[0] == '\0')
        return usage("--html needs a file, or - for standard output");
    if (options->html != NULL && strcmp(options->html, "-") == 0 &&
        (options->json || options->relay == CLI_RELAY_ALWAYS))
        return usage("--html - takes standard output: name a file, or leave %s out",
                     options->json ? "--json" : "--relay");
    if (options->server_name != NULL && options->server_name[0] == '\0')
        return usage("--servername needs a name");
    if (options->alpn != NULL && options->alpn[0] == '\0')
        return usage("--alpn needs at least one protocol");
    if (options->private_key != NULL && options->certificate == NULL)
        return usage("--key is of no use without --cert");
    if (options->password_file != NULL && options->certificate == NULL)
        return usage("--key-password-file is of no use without --cert");
    if (options->record != NULL && options->resume)
        return usage("--record has one connection: --session instead of --resume");
    if (options->early_data != NULL && options->session_file == NULL && !options->resume)
        return usage("--early-data needs --session or --resume");
    if (options->psk.key_len != 0 && (options->session_file != NULL || options->resume))
        return usage("a pre-shared key is offered instead of a session: no --session, "
                     "no --resume");
    return 0;
}
