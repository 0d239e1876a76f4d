/* tests/failures/scripted_options.c: the command line of the scripted server.
 *
 *   cert=FILE key=FILE ca=FILE   certificate, Ed25519 key, CA
 *   NAME=VALUE                   a setting of script_config or script12_config
 *   AT:OP:N:HEX                  a step: FINISHED:SET:0:00 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scripted.h"

typedef struct name {
    const char *text;
    int value;
} name;

static const name places[] = {
    {"RETRY", AT_RETRY},
    {"HELLO", AT_HELLO},
    {"EXTENSIONS", AT_EXTENSIONS},
    {"REQUEST", AT_REQUEST},
    {"CERTIFICATE", AT_CERTIFICATE},
    {"VERIFY", AT_VERIFY},
    {"FINISHED", AT_FINISHED},
    {"TICKET", AT_TICKET},
    {"CONNECTED", AT_CONNECTED},
    {"KEY_EXCHANGE", AT_KEY_EXCHANGE},
    {"DONE", AT_DONE},
    {"CCS", AT_CCS},
    {NULL, 0},
};

static const name operations[] = {
    {"SET", OP_SET},
    {"APPEND", OP_APPEND},
    {"CUT", OP_CUT},
    {"BODY", OP_BODY},
    {"TYPE", OP_TYPE},
    {"EXT_ADD", OP_EXT_ADD},
    {"EXT_SET", OP_EXT_SET},
    {"EXT_TAIL", OP_EXT_TAIL},
    {"EXT_DROP", OP_EXT_DROP},
    {"EXT_TWICE", OP_EXT_TWICE},
    {"HASH_OLD", OP_HASH_OLD},
    {"DROP", OP_DROP},
    {"TWICE", OP_TWICE},
    {"AFTER_NEXT", OP_AFTER_NEXT},
    {"BETWEEN", OP_BETWEEN},
    {"TAIL", OP_TAIL},
    {"SEND_BEFORE", OP_SEND_BEFORE},
    {"SEND", OP_SEND},
    {"RECORD_BEFORE", OP_RECORD_BEFORE},
    {"RECORD", OP_RECORD},
    {"RAW_BEFORE", OP_RAW_BEFORE},
    {"RAW", OP_RAW},
    {"RENEW", OP_RENEW},
    {"STOP", OP_STOP},
    {NULL, 0},
};

static const name ends[] = {
    {"silent", SCRIPTED_SILENT},
    {"eof", SCRIPTED_EOF},
    {"reset", SCRIPTED_RESET},
    {NULL, 0},
};

static bool find(const name *names, const char *text, size_t len, int *value)
{
    for (; names->text != NULL; names++) {
        if (strlen(names->text) == len && memcmp(names->text, text, len) == 0) {
            *value = names->value;
            return true;
        }
    }
    return false;
}

static bool parse_step(script_step *step, const char *text)
{
    const char *op = strchr(text, ':');
    const char *n = op != NULL ? strchr(op + 1, ':') : NULL;
    const char *hex = n != NULL ? strchr(n + 1, ':') : NULL;
    int at, what;

    if (hex == NULL || !find(places, text, (size_t)(op - text), &at) ||
        !find(operations, op + 1, (size_t)(n - op - 1), &what))
        return false;
    step->at = (script_at)at;
    step->op = (script_op)what;
    step->n = (int)strtol(n + 1, NULL, 0);
    step->hex = hex + 1;
    return true;
}

static bool set_text(scripted_options *o, const char *key, const char *value)
{
    script_config *c = &o->config;
    const struct {
        const char *key;
        const char **text;
    } texts[] = {
        {"cookie", &c->cookie},
        {"alpn", &c->alpn},
        {"request_schemes", &c->request_schemes},
        {"request_authorities", &c->request_authorities},
        {"params", &c->tls12.params},
        {"flood", &o->flood},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(key, texts[i].key) == 0) {
            *texts[i].text = value;
            return true;
        }
    }
    return false;
}

static bool set_flag(script_config *c, const char *key, bool value)
{
    const struct {
        const char *key;
        bool *flag;
    } flags[] = {
        {"tls12", &c->tls12.on},
        {"retry_without_group", &c->retry_without_group},
        {"answers_name", &c->answers_name},
        {"requests_certificate", &c->requests_certificate},
        {"rejects_early_data", &c->rejects_early_data},
        {"accepts_certificate", &c->accepts_certificate},
        {"sends_ca", &c->sends_ca},
        {"refuses_psk", &c->refuses_psk},
        {"without_master", &c->tls12.without_master},
        {"without_renegotiation", &c->tls12.without_renegotiation},
        {"gives_id", &c->tls12.gives_id},
        {"changes_suite", &c->tls12.changes_suite},
    };

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(key, flags[i].key) == 0) {
            *flags[i].flag = value;
            return true;
        }
    }
    return false;
}

static bool set_number(scripted_options *o, const char *key, unsigned long value)
{
    script_config *c = &o->config;

    if (strcmp(key, "suite") == 0)
        c->suite = (uint16_t)value;
    else if (strcmp(key, "group") == 0)
        c->group = (uint16_t)value;
    else if (strcmp(key, "scheme") == 0)
        c->scheme = (uint16_t)value;
    else if (strcmp(key, "version") == 0)
        c->tls12.version = (uint16_t)value;
    else if (strcmp(key, "retries") == 0)
        c->retries = (unsigned)value;
    else if (strcmp(key, "tickets") == 0)
        c->tickets = (unsigned)value;
    else if (strcmp(key, "max_early_data") == 0)
        c->max_early_data = (uint32_t)value;
    else if (strcmp(key, "leaf_copies") == 0)
        c->leaf_copies = value;
    else if (strcmp(key, "cut") == 0)
        o->cut = value;
    else if (strcmp(key, "later") == 0)
        o->later = value != 0;
    else if (strcmp(key, "change") == 0)
        o->change = value;
    else if (strcmp(key, "wrong_key") == 0) {
        c->key = SCRIPT_UNKNOWN_CA;
        c->tls12.signer = 1 + SCRIPT_UNKNOWN_CA;
    } else
        return set_flag(c, key, value != 0);
    return true;
}

static bool set(scripted_options *o, const char *key, const char *value)
{
    int end;

    if (strcmp(key, "end") == 0) {
        if (!find(ends, value, strlen(value), &end))
            return false;
        o->end = (scripted_end)end;
        return true;
    }
    return set_text(o, key, value) || set_number(o, key, strtoul(value, NULL, 0));
}

static bool parse_one(scripted_options *o, char *text, const char **paths, size_t *steps)
{
    static const char *const files[] = {"cert", "key", "ca"};
    char *value = strchr(text, '=');

    if (value == NULL)
        return *steps < SCRIPT_STEPS_MAX &&
               parse_step(&o->config.steps[(*steps)++], text);
    *value++ = '\0';
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(text, files[i]) == 0) {
            paths[i] = value;
            return true;
        }
    }
    return set(o, text, value);
}

bool scripted_parse(scripted_options *o, int argc, char **argv)
{
    const char *paths[3] = {NULL, NULL, NULL};
    size_t steps = 0;

    memset(o, 0, sizeof *o);
    o->cut = o->change = SIZE_MAX;
    for (int i = 1; i < argc; i++) {
        if (!parse_one(o, argv[i], paths, &steps)) {
            (void)fprintf(stderr, "scripted: not understood: %s\n", argv[i]);
            return false;
        }
    }
    if (paths[0] == NULL || paths[1] == NULL ||
        !scripted_load(paths[0], paths[1], paths[2])) {
        (void)fprintf(stderr, "scripted: certificate or key cannot be read\n");
        return false;
    }
    return true;
}
