/* tools/handfast/verify.c: `handfast verify`: a chain out of files, held against roots, a
 * name and a moment.  Arguments and files; the account is in verify_text and verify_json.
 */
#include "verify.h"
#include "arguments.h"
#include "html.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILE_MAX = 16 << 20 };

enum option_id {
    OPT_CAFILE = 256,
    OPT_CRL,
    OPT_UNTRUSTED,
    OPT_HOST,
    OPT_TIME,
    OPT_PROFILE,
    OPT_JSON,
    OPT_HTML,
};

static const struct option long_options[] = {
    {"cafile", required_argument, NULL, OPT_CAFILE},
    {"crl", required_argument, NULL, OPT_CRL},
    {"untrusted", required_argument, NULL, OPT_UNTRUSTED},
    {"host", required_argument, NULL, OPT_HOST},
    {"time", required_argument, NULL, OPT_TIME},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"json", no_argument, NULL, OPT_JSON},
    {"html", required_argument, NULL, OPT_HTML},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

void cli_verify_help(void)
{
    fputs(
        "usage: handfast verify [OPTION...] FILE\n"
        "\n"
        "Tells whether the first certificate in FILE, PEM or DER, - for standard input,\n"
        "is to be trusted, and draws the path from it to the root.  The others in FILE\n"
        "are intermediates, in any order.\n"
        "\n"
        "  --cafile FILE      trust the certificates in FILE, not the system's\n"
        "  --crl FILE         refuse certificates on the revocation lists in FILE\n"
        "  --untrusted FILE   more intermediates\n"
        "  --host NAME        the name or address that the certificate must have\n"
        "  --time TIME        the moment that counts, 2026-11-22T10:00:00Z; now\n"
        "  --profile NAME     the rules: default, web-pki or compatible\n"
        "  --json             one JSON document instead of text\n"
        "  --html FILE        write a report, one page by itself; - is standard output\n"
        "  -q, --quiet        only a line if it is refused\n"
        "  -h, --help         this text\n"
        "\n"
        "exit codes\n"
        "  0  the certificate is trusted\n"
        "  2  wrong usage: an argument, or a file without certificates\n"
        "  3  the certificate is refused\n"
        "  7  this side failed: memory, output\n",
        stdout);
}

#define usage(...) cli_refuse_usage("verify", __VA_ARGS__)

/* ---- --time, RFC 3339 5.6 ---- */

/* Digits with a separator behind them, or '\0' for none; -1 if the text is not that. */
static int number(const char **p, int digits, char separator)
{
    int value = 0;

    for (int i = 0; i < digits; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        value = value * 10 + (**p - '0');
    }
    if (separator != '\0' && *(*p)++ != separator)
        return -1;
    return value;
}

/* "Z", "+01:00" or "-08:00" at the end, in seconds. */
static bool take_offset(const char *p, int64_t *seconds)
{
    int sign = *p == '-' ? -1 : 1, hours, minutes;

    *seconds = 0;
    if ((p[0] == 'Z' || p[0] == 'z') && p[1] == '\0')
        return true;
    if (*p != '+' && *p != '-')
        return false;
    p++;
    hours = number(&p, 2, ':');
    minutes = hours < 0 ? -1 : number(&p, 2, '\0');
    *seconds = (int64_t)sign * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && *p == '\0';
}

static bool parse_time(const char *text, int64_t *seconds)
{
    const char *p = text;
    struct tm tm = {0}, again;
    int64_t offset;
    time_t when;

    if (strlen(text) < 20 || (text[10] != 'T' && text[10] != 't'))
        return false;
    tm.tm_year = number(&p, 4, '-') - 1900;
    tm.tm_mon = *p != '\0' ? number(&p, 2, '-') - 1 : -1;
    tm.tm_mday = number(&p, 2, text[10]);
    tm.tm_hour = number(&p, 2, ':');
    tm.tm_min = number(&p, 2, ':');
    tm.tm_sec = number(&p, 2, '\0');
    if (p != text + 19 || tm.tm_sec > 60)
        return false;
    if (*p == '.') {
        size_t digits = strspn(p + 1, "0123456789");

        p += 1 + digits;
        if (digits == 0)
            return false;
    }
    if (tm.tm_sec == 60) /* a leap second: the calendar here has none */
        tm.tm_sec = 59;
    again = tm;
    when = timegm(&again); /* brings what is out of range into it: that shows */
    *seconds = (int64_t)when;
    if (again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday ||
        again.tm_hour != tm.tm_hour || again.tm_min != tm.tm_min ||
        !take_offset(p, &offset))
        return false;
    *seconds -= offset;
    return true;
}

/* ---- options ---- */

static int take_option(struct cli_verify *v, int id)
{
    switch (id) {
    case OPT_CAFILE:
        v->ca_file = optarg;
        return 0;
    case OPT_CRL:
        v->crl_file = optarg;
        return 0;
    case OPT_UNTRUSTED:
        v->untrusted = optarg;
        return 0;
    case OPT_HOST:
        v->host = optarg;
        return 0;
    case OPT_TIME:
        v->has_time = parse_time(optarg, &v->now);
        return v->has_time ? 0
                           : usage("--time needs a time such as 2026-11-22T10:00:00Z, "
                                   "not '%s'",
                                   optarg);
    case OPT_PROFILE:
        v->profile = optarg;
        return 0;
    case OPT_HTML:
        v->html = optarg;
        return 0;
    case OPT_JSON:
        v->json = true;
        return 0;
    case 'q':
        v->quiet = true;
        return 0;
    case 'h':
        v->help = true;
        return 0;
    default:
        return usage("option %d is not handled", id);
    }
}

static int parse(struct cli_verify *v, int argc, char **argv)
{
    int id, code;

    opterr = 0;
    optind = 1;
    while ((id = getopt_long(argc, argv, ":qh", long_options, NULL)) != -1) {
        code = id == '?' || id == ':'
                   ? cli_refuse_option("verify", long_options, argv, id)
                   : take_option(v, id);
        if (code != 0 || v->help)
            return code;
    }
    if (optind == argc)
        return usage("no file given");
    if (optind + 1 < argc)
        return usage("only one file can be given, and '%s' is one too many",
                     argv[optind + 1]);
    if (v->html != NULL && v->html[0] == '\0')
        return usage("--html needs a file, or - for standard output");
    if (v->html != NULL && v->json && strcmp(v->html, "-") == 0)
        return usage("--html - takes standard output: name a file, or leave --json out");
    v->file = argv[optind];
    return 0;
}

/* ---- files ---- */

/* All of a file, which may be a pipe; NULL, and errno set, if it cannot be had. */
static uint8_t *read_all(FILE *in, size_t *size)
{
    uint8_t *bytes = NULL, *grown;
    size_t room = 0;

    *size = 0;
    do {
        if (*size == room) {
            room = room == 0 ? 1 << 16 : room * 2;
            grown = room > FILE_MAX ? NULL : realloc(bytes, room);
            if (grown == NULL) {
                errno = room > FILE_MAX ? EFBIG : ENOMEM;
                free(bytes);
                return NULL;
            }
            bytes = grown;
        }
        *size += fread(bytes + *size, 1, room - *size, in);
    } while (!feof(in) && !ferror(in));
    if (ferror(in)) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static int refuse(const char *file, const char *why)
{
    fprintf(stderr, "handfast verify: %s: %s\n", file, why);
    return CLI_USAGE;
}

static int add_file(hf_verify *verify, const char *path)
{
    bool is_input = strcmp(path, "-") == 0;
    FILE *in = is_input ? stdin : fopen(path, "rb");
    uint8_t *bytes = NULL;
    hf_status status;
    size_t size = 0;

    if (in == NULL)
        return refuse(path, strerror(errno));
    bytes = read_all(in, &size);
    if (bytes == NULL) {
        int code = refuse(is_input ? "standard input" : path, strerror(errno));

        if (!is_input)
            fclose(in);
        return code;
    }
    status = hf_verify_add(verify, bytes, size);
    free(bytes);
    if (!is_input)
        fclose(in);
    if (status == 1)
        return 0;
    (void)refuse(is_input ? "standard input" : path, hf_code_text(status));
    return status == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE : CLI_USAGE;
}

/* ---- the whole ---- */

static int no_memory(void)
{
    fputs("handfast verify: memory is exhausted\n", stderr);
    return CLI_LOCAL_FAILURE;
}

static int prepare(struct cli_verify *v, hf_config *config)
{
    hf_status s = 1;
    int code;

    if (v->ca_file != NULL && hf_config_add_trust_file(config, v->ca_file) != 1) {
        fprintf(stderr, "handfast verify: --cafile: %s\n",
                hf_config_last_message(config));
        return CLI_USAGE;
    }
    if (v->crl_file != NULL && hf_config_add_crl_file(config, v->crl_file) != 1) {
        fprintf(stderr, "handfast verify: --crl: %s\n", hf_config_last_message(config));
        return CLI_USAGE;
    }
    v->verify = hf_verify_new(config);
    if (v->verify == NULL)
        return no_memory();
    code = add_file(v->verify, v->file);
    if (code == 0 && v->untrusted != NULL)
        code = add_file(v->verify, v->untrusted);
    if (code != 0)
        return code;
    if (v->host != NULL && (s = hf_verify_set_hostname(v->verify, v->host)) != 1)
        return usage("--host '%s': %s", v->host, hf_code_text(s));
    if (v->profile != NULL && hf_verify_set_profile(v->verify, v->profile) != 1)
        return usage("--profile is default, web-pki or compatible, not '%s'", v->profile);
    return hf_verify_set_time(v->verify, v->now) == 1 ? 0 : no_memory();
}

static void print_report(FILE *out, const void *v)
{
    cli_html_verify(out, v);
}

static void tell(struct cli_verify *v)
{
    FILE *out = v->html != NULL && strcmp(v->html, "-") == 0 ? stderr : stdout;
    int code;

    const hf_error *error = hf_verify_get0_error(v->verify);

    if (v->json)
        cli_verify_json(stdout, v);
    else if (!v->quiet)
        cli_verify_text(out, v);
    else if (v->code != CLI_OK)
        fprintf(stderr, "handfast verify: %s: %s (%s)\n", v->file,
                hf_error_summary(error), hf_error_name(error));
    if (v->html == NULL)
        return;
    code = cli_html_write("verify", v->html, print_report, v);
    if (v->code == CLI_OK)
        v->code = (enum cli_exit)code;
}

int cli_verify(int argc, char **argv)
{
    struct cli_verify v = {.file = "", .now = (int64_t)time(NULL)};
    hf_config *config;
    int code = parse(&v, argc, argv);

    if (code != 0)
        return code;
    if (v.help) {
        cli_verify_help();
        return CLI_OK;
    }
    config = hf_config_new(NULL);
    if (config == NULL)
        return no_memory();
    code = prepare(&v, config);
    if (code == 0) {
        v.status = hf_verify_run(v.verify);
        v.code = v.status == 1                 ? CLI_OK
                 : v.status == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE
                                               : CLI_CERTIFICATE_REFUSED;
        tell(&v);
        code = v.code;
    }
    hf_verify_free(v.verify);
    hf_config_free(config);
    return code;
}

int cli_verify_fault(const struct cli_verify *v)
{
    return v->status == 1 ? -1
                          : hf_error_certificate_index(hf_verify_get0_error(v->verify));
}
