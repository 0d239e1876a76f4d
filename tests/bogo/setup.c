/* tests/bogo/setup.c: from the runner's flags to a configuration and a connection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shim.h"

int64_t shim_clock_offset;

/* ---- the clock: the machine's, and what tests put it forward by ---- */

static int64_t unix_seconds(void *context)
{
    (void)context;
    return (int64_t)time(NULL) + shim_clock_offset;
}

static int64_t monotonic_microseconds(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return ((int64_t)now.tv_sec + shim_clock_offset) * 1000000 + now.tv_nsec / 1000;
}

/* ---- names for the runner's numbers ---- */

typedef struct named {
    int number;
    const char *name;
} named;

static const named groups[] = {
    {23, "secp256r1"},        {24, "secp384r1"}, {25, "secp521r1"},
    {29, "x25519"},           {30, "x448"},      {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
};

static const named schemes[] = {
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* rsa_pkcs1_sha1 and ecdsa_sha1, which do not exist here, whoever prefers them. */
static bool is_sha1(int scheme)
{
    return scheme == 0x0201 || scheme == 0x0203;
}

static void join_names(const shim_list *list, const named *names, size_t count,
                       char text[1024])
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        size_t n = 0;
        while (n < count && names[n].number != list->items[i])
            n++;
        if (n == count && is_sha1(list->items[i]))
            continue;
        if (n == count)
            shim_unimplemented("an algorithm");
        used += (size_t)snprintf(text + used, 1024 - used, "%s:", names[n].name);
    }
}

bool shim_set(shim_state *state, hf_status status, const char *what)
{
    return status == 1 || shim_complain("%s :%s: %s", what, hf_code_name(status),
                                        hf_config_last_message(state->config));
}

static bool set_versions(shim_state *state)
{
    const shim_options *o = state->o;
    char names[32];
    bool tls13 = !o->no_tls13 && (o->max_version == 0 || o->max_version >= 0x0304) &&
                 o->min_version <= 0x0304;
    bool tls12 = !o->no_tls12 && (o->max_version == 0 || o->max_version >= 0x0303) &&
                 o->min_version <= 0x0303;

    (void)snprintf(names, sizeof names, "%s%s", tls13 ? "1.3 " : "", tls12 ? "1.2" : "");
    return shim_set(state, hf_config_set_versions(state->config, names), "versions");
}

#define TLS13_SUITES \
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"

/* What the runner takes for a client's or server's defaults: its own library's. */
static const char all_suites[] = TLS13_SUITES
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:"
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:"
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:"
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:"
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256:TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256:"
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA:TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA:"
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA:TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA";
static const char default_schemes[] =
    "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256:"
    "ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:rsa_pkcs1_sha384:"
    "rsa_pss_rsae_sha512:rsa_pkcs1_sha512";

/* The names of TLS 1.2 suites, or one of the runner's few words; those of TLS 1.3 are
 * always there.  Those that the runner puts into brackets, for equally good, are taken in
 * their order; suites with static RSA do not exist here. */
static bool set_suites(shim_state *state)
{
    const char *cipher = state->o->cipher;
    char names[1024];

    if (cipher == NULL)
        return shim_set(state, hf_config_set_cipher_suites(state->config, all_suites),
                        "cipher suites");
    if (strcmp(cipher, "DEFAULT:!AES") == 0)
        cipher = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:"
                 "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
    if (strncmp(cipher, "TLS_", 4) != 0)
        shim_unimplemented("a list of cipher suites in OpenSSL's language");
    (void)snprintf(names, sizeof names, "%s", TLS13_SUITES);
    size_t used = strlen(names);
    for (size_t len; *cipher != '\0'; cipher += len + strspn(cipher + len, ":[]|")) {
        len = strcspn(cipher, ":[]|");
        if (strncmp(cipher, "TLS_RSA_", 8) != 0 && used + len + 2 < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%.*s:", (int)len,
                                     cipher);
    }
    return shim_set(state, hf_config_set_cipher_suites(state->config, names),
                    "cipher suites");
}

/* A list of rsa_pkcs1 alone is refused, for it leaves nothing to TLS 1.3: one scheme that
 * the runner does not have is added. */
static bool set_schemes(shim_state *state)
{
    const shim_list *prefs = &state->o->verify_prefs;
    char names[1024];

    join_names(prefs, schemes, COUNT(schemes), names);
    if (prefs->count != 0) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "ed448");
    }
    return shim_set(state,
                    hf_config_set_signature_algorithms(
                        state->config, prefs->count != 0 ? names : default_schemes),
                    "signature algorithms");
}

static bool set_lists(shim_state *state)
{
    const shim_options *o = state->o;
    char names[1024];

    if (o->curves.count != 0) {
        join_names(&o->curves, groups, COUNT(groups), names);
        if (!shim_set(state, hf_config_set_groups(state->config, names), "groups"))
            return false;
    }
    return set_suites(state) && set_schemes(state) && set_versions(state);
}

static bool set_alpn(shim_state *state)
{
    const char *at = state->o->advertise_alpn;

    for (; at != NULL && *at != '\0'; at += 1 + (uint8_t)*at) {
        if (!shim_set(
                state,
                hf_config_add_alpn(state->config, (const uint8_t *)at + 1, (uint8_t)*at),
                "ALPN"))
            return false;
    }
    return true;
}

/* ---- trust ---- */

/* The runner's certificates have an empty subject beside names that are not critical,
 * which RFC 5280 4.2.1.6 forbids: the callback has the last word.  Where verification may
 * fail without harm, no root is trusted. */
static bool set_trust(shim_state *state)
{
    const shim_options *o = state->o;
    bool fails_softly = o->verify_fail && !o->verify_peer;

    if (o->trust_cert != NULL && *o->trust_cert != '\0' && !fails_softly &&
        !shim_set(state, hf_config_add_trust_file(state->config, o->trust_cert), "trust"))
        return false;
    if (!o->verify_peer || (o->server && o->trust_cert == NULL))
        (void)hf_config_disable_certificate_verification(state->config);
    (void)hf_config_disable_hostname_check(state->config);
    return true;
}

/* ---- callbacks ---- */

static int choose_certificate(void *context, hf_conn *conn)
{
    shim_state *state = context;

    (void)conn;
    if (state->o->fail_cert_callback || (state->o->server && state->o->fail_ocsp))
        return 0;
    if (state->o->async && !state->certificate_ready)
        return -1;
    return shim_check_request(state);
}

/* The runner's certificates and stapled responses need not be right for it. */
static int judge(void *context, hf_conn *conn, int result)
{
    shim_state *state = context;
    bool rejected = hf_conn_early_data_status(conn) == HF_EARLY_DATA_REJECTED;
    const shim_options *o = rejected && !state->o->server ? state->retry : state->o;

    (void)result;
    if (o->async && o->custom_verify && !state->verify_ready)
        return -1;
    if (!o->server && o->use_ocsp_callback && o->fail_ocsp)
        return -HF_E_STAPLE_UNKNOWN;
    if (o->verify_fail && o->verify_peer)
        return o->custom_verify ? -HF_E_CERT_REFUSED : -HF_E_CERT_UNACCEPTABLE;
    return 1;
}

static void keep_session(void *context, hf_conn *conn, hf_session *session)
{
    shim_state *state = context;

    (void)conn;
    hf_session_free(state->session);
    state->session = hf_session_up_ref(session);
    state->sessions++;
}

/* "LABEL client_random secret" */
static void keep_secret(void *context, const hf_conn *conn, const char *line)
{
    shim_state *state = context;
    const char *secret = strrchr(line, ' ');

    (void)conn;
    if (strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0)
        (void)snprintf(state->client_secret, sizeof state->client_secret, "%s",
                       secret + 1);
    if (strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0)
        (void)snprintf(state->server_secret, sizeof state->server_secret, "%s",
                       secret + 1);
}

/* ---- certificates ---- */

static bool add_credential(shim_state *state, const shim_credential *c)
{
    if (c->cert_file == NULL)
        return true;
    if (!shim_set(state,
                  hf_config_use_certificate_chain_file(state->config, c->cert_file),
                  "certificate"))
        return false;
    if (c->key_file != NULL &&
        !shim_set(state, hf_config_use_private_key_file(state->config, c->key_file, NULL),
                  "private key"))
        return false;
    if (c->ocsp_response.given && !state->o->decline_ocsp &&
        !shim_set(state,
                  hf_config_set_ocsp_response(state->config, c->ocsp_response.bytes,
                                              c->ocsp_response.len),
                  "OCSP response"))
        return false;
    if (c->must_match_issuer &&
        !shim_set(state, hf_config_require_listed_authority(state->config), "the issuer"))
        return false;
    if (c->signing_prefs.count == 0)
        return true;
    char names[1024];
    join_names(&c->signing_prefs, schemes, COUNT(schemes), names);
    return shim_set(state, hf_config_set_signing_algorithms(state->config, names),
                    "signing algorithms");
}

static bool set_credentials(shim_state *state)
{
    const shim_options *o = state->o;

    for (size_t i = 1; i <= o->credential_count; i++) {
        if (!add_credential(state, &o->credentials[i]))
            return false;
    }
    if (!add_credential(state, &o->credentials[0])) /* the plain flags' comes last */
        return false;
    return shim_set(
        state,
        hf_config_set_certificate_callback(state->config, choose_certificate, state),
        "certificate callback");
}

/* ---- both ---- */

static void set_options(shim_state *state)
{
    const shim_options *o = state->o;
    uint64_t options = HF_OPTION_ANY_AUTHORITY | HF_OPTION_INSIST_ON_CERTIFICATE;

    if (!o->check_close_notify)
        options |= HF_OPTION_QUIET_SHUTDOWN;
    if (!o->expect_extended_master)
        options |= HF_OPTION_ALLOW_PLAIN_MASTER_SECRET;
    if (!o->expect_secure_renegotiation)
        options |= HF_OPTION_ALLOW_UNSAFE_RENEGOTIATION;
    if (o->reverify_on_resume)
        options |= HF_OPTION_VERIFY_RESUMED;
    if (!o->ocsp_stapling)
        options |= HF_OPTION_NO_STATUS_REQUEST;
    if (o->server)
        options |= HF_OPTION_GREASE; /* as BoringSSL's servers do unasked */
    (void)hf_config_set_options(state->config, options);
}

static bool set_record_size(shim_state *state)
{
    int size = state->o->max_send_fragment;

    return size == 0 ||
           shim_set(state, hf_config_set_record_size(state->config, (size_t)size),
                    "record size");
}

bool shim_make_config(shim_state *state)
{
    hf_clock clock = {.size = sizeof clock,
                      .unix_seconds = unix_seconds,
                      .monotonic_microseconds = monotonic_microseconds};

    state->config = hf_config_new(NULL);
    if (state->config == NULL)
        return shim_complain("no memory");
    set_options(state);
    return shim_set(state, hf_config_set_clock(state->config, &clock), "clock") &&
           shim_set(state,
                    hf_config_set_session_callback(state->config, keep_session, state),
                    "session callback") &&
           shim_set(state, hf_config_set_key_log(state->config, keep_secret, state),
                    "key log") &&
           shim_set(state, hf_config_set_verify_callback(state->config, judge, state),
                    "verify callback") &&
           set_record_size(state) && set_lists(state) && set_alpn(state) &&
           set_trust(state) && set_credentials(state) &&
           (!state->o->server || shim_make_server(state));
}

/* A session goes through its bytes, as one would that outlives its process. */
static bool offer(shim_state *state, hf_session *session)
{
    size_t len = 0;
    hf_status status = hf_session_serialize(session, NULL, &len);
    uint8_t *bytes = malloc(len + 1);

    if (bytes != NULL)
        status = hf_session_serialize(session, bytes, &len);
    hf_session *copy = status == 1 ? hf_session_parse(state->config, bytes, len) : NULL;
    free(bytes);
    if (copy == NULL)
        return shim_complain("the session is lost");
    status = hf_conn_set_session(state->conn, copy);
    hf_session_free(copy);
    return status == 1 || shim_complain("session :%s:", hf_code_name(status));
}

bool shim_make_conn(shim_state *state, hf_session *session)
{
    const shim_options *o = state->o;
    hf_io io = shim_link_io(&state->link);

    state->conn = hf_conn_new(state->config);
    if (state->conn == NULL || hf_conn_set_io(state->conn, &io) != 1)
        return shim_complain("no connection: %s", hf_config_last_message(state->config));
    if (o->host_name != NULL && hf_conn_set_hostname(state->conn, o->host_name) != 1)
        return shim_complain("the host name");
    if (session != NULL && !offer(state, session))
        return false;
    if (o->early_data && hf_conn_allow_early_data(state->conn) != 1)
        return shim_complain("early data");
    return (o->server ? hf_set_accept_state(state->conn)
                      : hf_set_connect_state(state->conn)) == 1;
}

uint8_t *shim_read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    size_t room = 1 << 20;
    uint8_t *bytes = malloc(room);

    if (file == NULL || bytes == NULL) {
        (void)shim_complain("cannot read %s", path);
        free(bytes);
        bytes = NULL;
    } else {
        *len = fread(bytes, 1, room - 1, file);
        bytes[*len] = 0;
    }
    if (file != NULL)
        (void)fclose(file);
    return bytes;
}
