/* tools/handfast/serve_config.c: from the arguments of `handfast serve`, and the files
 * that they name, to a configuration.  SIGHUP comes here again, so nothing is printed. */
#include "arguments.h"
#include "serve.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PASSWORD_MAX = 1024,
    TICKET_KEY = 48, /* bytes of one */
    SMALL_FILE_MAX = 65536,
};

/* Where it is written why it went wrong. */
struct fault {
    char *why;
    size_t size;
};

static int refuse(const struct fault *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(const struct fault *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(f->why, f->size, format, args);
    va_end(args);
    return CLI_USAGE;
}

static int refused(const struct fault *f, const hf_config *config, const char *option,
                   const char *value, hf_status status)
{
    const char *more = hf_config_last_message(config);

    (void)refuse(f, "%s '%s': %s%s", option, value,
                 more[0] != '\0' ? more : hf_code_text(status), cli_key_advice(status));
    return status == -HF_E_NO_MEMORY ? CLI_LOCAL_FAILURE : CLI_USAGE;
}

/* ---- small files ---- */

/* At most size bytes; -1, and a sentence, if the file cannot be read or is larger. */
static long read_file(const struct fault *f, const char *option, const char *path,
                      uint8_t *bytes, size_t size)
{
    FILE *in = fopen(path, "rb");
    size_t n = 0;
    bool whole = false;

    if (in == NULL) {
        (void)refuse(f, "%s '%s': %s", option, path, strerror(errno));
        return -1;
    }
    setvbuf(in, NULL, _IONBF, 0); /* it may be a secret: no copy of it stays behind */
    n = fread(bytes, 1, size, in);
    whole = ferror(in) == 0 && (n < size || fgetc(in) == EOF);
    fclose(in);
    if (whole)
        return (long)n;
    (void)refuse(f, "%s '%s': it cannot be read, or has more than %zu bytes", option,
                 path, size);
    return -1;
}

static void wipe(void *bytes, size_t size)
{
    volatile uint8_t *p = bytes;

    while (size-- > 0)
        *p++ = 0;
}

/* ---- certificates ---- */

static int staple(const struct fault *f, hf_config *config, const char *path)
{
    uint8_t *bytes = malloc(SMALL_FILE_MAX);
    long len = bytes != NULL ? read_file(f, "--ocsp", path, bytes, SMALL_FILE_MAX) : -1;
    hf_status s = 1;

    if (bytes == NULL)
        (void)refuse(f, "memory is exhausted");
    if (len >= 0)
        s = hf_config_set_ocsp_response(config, bytes, (size_t)len);
    free(bytes);
    if (s != 1)
        return refused(f, config, "--ocsp", path, s);
    return len < 0 ? CLI_USAGE : 0;
}

static int add_pair(const struct fault *f, hf_config *config,
                    const struct cli_serve_pair *pair, const char *password)
{
    const char *key = pair->key != NULL ? pair->key : pair->certificate;
    hf_status s = hf_config_use_certificate_chain_file(config, pair->certificate);

    if (s != 1)
        return refused(f, config, "--cert", pair->certificate, s);
    s = hf_config_use_private_key_file(config, key, password);
    if (s != 1)
        return refused(f, config, "--key", key, s);
    return pair->ocsp != NULL ? staple(f, config, pair->ocsp) : 0;
}

static int add_pairs(const struct fault *f, hf_config *config,
                     const struct cli_serve_options *o)
{
    char password[PASSWORD_MAX + 1] = "";
    int code = 0;

    if (o->key_password_file != NULL) {
        long len = read_file(f, "--key-password-file", o->key_password_file,
                             (uint8_t *)password, PASSWORD_MAX);
        if (len < 0)
            return CLI_USAGE;
        password[len] = '\0';
        password[strcspn(password, "\r\n")] = '\0';
    }
    for (int i = 0; i < o->pair_count && code == 0; i++)
        code = add_pair(f, config, &o->pairs[i],
                        o->key_password_file != NULL ? password : NULL);
    wipe(password, sizeof password);
    return code;
}

/* ---- the others ---- */

/* Sessions of clients that had to show a certificate, and of those that had not, are kept
 * apart, also where the keys are shared. */
static int set_client_auth(const struct fault *f, hf_config *config,
                           const struct cli_serve_options *o)
{
    static const int modes[] = {HF_CLIENT_AUTH_NONE, HF_CLIENT_AUTH_OPTIONAL,
                                HF_CLIENT_AUTH_REQUIRED};
    static const char *const contexts[] = {"", "client-auth optional",
                                           "client-auth required"};
    const char *context = contexts[o->client_auth];
    hf_status s;

    if (o->client_auth == CLI_AUTH_NONE)
        return 0;
    if (o->profile != NULL && (s = hf_config_set_profile(config, o->profile)) != 1)
        return refused(f, config, "--profile", o->profile, s);
    if ((s = hf_config_add_trust_file(config, o->ca_file)) != 1 ||
        (s = hf_config_add_client_ca_file(config, o->ca_file)) != 1)
        return refused(f, config, "--cafile", o->ca_file, s);
    if (o->crl_file != NULL && (s = hf_config_add_crl_file(config, o->crl_file)) != 1)
        return refused(f, config, "--crl", o->crl_file, s);
    if ((s = hf_config_set_client_auth(config, modes[o->client_auth])) != 1 ||
        (s = hf_config_set_session_context(config, (const uint8_t *)context,
                                           strlen(context))) != 1)
        return refused(f, config, "--client-auth", context, s);
    return 0;
}

static int set_names(const struct fault *f, hf_config *config,
                     const struct cli_serve_options *o)
{
    const struct {
        const char *option, *value;
        hf_status (*set)(hf_config *config, const char *value);
    } settings[] = {
        {"--tls12 or --tls13", o->versions, hf_config_set_versions},
        {"--groups", o->groups, hf_config_set_groups},
        {"--suites", o->suites, hf_config_set_cipher_suites},
        {"--sigalgs", o->sigalgs, hf_config_set_signature_algorithms},
        {"--alpn", o->alpn, cli_add_alpn},
        {"--keylog", o->key_log, hf_config_set_key_log_file},
    };

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        hf_status s =
            settings[i].value != NULL ? settings[i].set(config, settings[i].value) : 1;
        if (s != 1)
            return refused(f, config, settings[i].option, settings[i].value, s);
    }
    return 0;
}

static int set_tickets(const struct fault *f, hf_config *config,
                       const struct cli_serve_options *o)
{
    uint8_t keys[TICKET_KEY * 8];
    hf_status s = 1;
    long len;

    if (o->no_tickets) {
        s = hf_config_set_ticket_lifetime(config, 0);
        return s == 1 ? 0 : refused(f, config, "--no-tickets", "", s);
    }
    /* A store may outlive the process, for all that the library knows: it would take no
     * early data for its first seconds (RFC 8446 8.2). */
    if (o->early_data == 0 && (s = cli_sessions_use(o->sessions, config)) != 1)
        return refused(f, config, "sessions", "", s);
    if (o->ticket_keys == NULL)
        return 0;
    len = read_file(f, "--ticket-keys", o->ticket_keys, keys, sizeof keys);
    if (len < 0)
        return CLI_USAGE;
    s = hf_config_set_ticket_keys(config, keys, (size_t)len);
    wipe(keys, sizeof keys);
    if (s == 1)
        return 0;
    return refuse(f,
                  "--ticket-keys '%s': keys of %d bytes each, one to eight, all "
                  "different, are needed",
                  o->ticket_keys, (int)TICKET_KEY);
}

static int set_early_data(const struct fault *f, hf_config *config,
                          const struct cli_serve_options *o)
{
    hf_status s = o->early_data > 0 ? hf_config_set_early_data(config, o->early_data) : 1;

    return s == 1 ? 0 : refused(f, config, "--early-data", "", s);
}

static int fill(const struct fault *f, hf_config *config,
                const struct cli_serve_options *o)
{
    int code = set_names(f, config, o);

    if (o->plain_master_secret)
        (void)hf_config_set_options(config, HF_OPTION_ALLOW_PLAIN_MASTER_SECRET);
    if (code == 0)
        code = add_pairs(f, config, o);
    if (code == 0)
        code = set_client_auth(f, config, o);
    if (code == 0)
        code = set_tickets(f, config, o);
    return code == 0 ? set_early_data(f, config, o) : code;
}

int cli_serve_config_make(hf_config **config, const struct cli_serve_options *options,
                          char *why, size_t size)
{
    struct fault f = {why, size};
    int code;

    *config = hf_config_new(NULL);
    if (*config == NULL) {
        (void)refuse(&f, "memory is exhausted");
        return CLI_LOCAL_FAILURE;
    }
    code = fill(&f, *config, options);
    if (code != 0) {
        hf_config_free(*config);
        *config = NULL;
    }
    return code;
}
