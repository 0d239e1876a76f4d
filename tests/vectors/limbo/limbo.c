/* tests/vectors/limbo/limbo.c: runs the path validation cases of a limbo file.
 *
 *     limbo [--profile default|web-pki|compatible] FILE [ID...]
 *
 * FILE is JSON, plain or compressed with xz.  For each case (all of them, or those
 * named) a line `id expected got`, with the error's name behind a failure; then a
 * summary by group.  Exit: 0 when the file was run through, whatever the agreement;
 * 1 on a wrong use or file; 77 when the file does not exist.
 *
 * What a case says is carried over as far as the verifier has a word for it: roots,
 * pool, leaf, time, name, kind, depth, keyUsage, CRLs (held against the whole chain). */
#include <errno.h>
#include <jansson.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pki/pem.h"
#include "pki/verify.h"
#include "pki/x509.h"

enum { POOL_READ = 512, INPUT_MAX = 1 << 30 };

static void *allocate(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const hfi_alloc heap = {allocate, release, NULL};

/* ---- the file ---- */

typedef struct bytes {
    uint8_t *p;
    size_t len;
} bytes;

static bytes read_file(const char *path)
{
    bytes b = {NULL, 0};
    size_t room = 1 << 20;
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return b;
    b.p = malloc(room);
    for (size_t n; b.p != NULL && (n = fread(b.p + b.len, 1, room - b.len, f)) != 0;) {
        b.len += n;
        if (b.len == room)
            b.p = realloc(b.p, room *= 2);
    }
    (void)fclose(f);
    return b;
}

static bool is_xz(bytes b)
{
    static const uint8_t magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return b.len >= sizeof magic && memcmp(b.p, magic, sizeof magic) == 0;
}

static bytes unpack(bytes in)
{
    bytes out = {NULL, 0};
    size_t room = 1 << 24;
    uint64_t memory = UINT64_MAX;

    for (; room <= INPUT_MAX; room *= 2) {
        size_t from = 0, to = 0;
        out.p = malloc(room);
        if (out.p == NULL)
            return out;
        lzma_ret ret = lzma_stream_buffer_decode(&memory, 0, NULL, in.p, &from, in.len,
                                                 out.p, &to, room);
        if (ret == LZMA_OK) {
            out.len = to;
            return out;
        }
        free(out.p);
        out.p = NULL;
        if (ret != LZMA_BUF_ERROR)
            return out;
    }
    return out;
}

static json_t *load(const char *path)
{
    json_error_t error;
    bytes file = read_file(path);

    if (file.p == NULL) {
        if (errno == ENOENT) {
            printf("skipped: there is no %s\n", path);
            exit(77);
        }
        fprintf(stderr, "limbo: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    if (is_xz(file)) {
        bytes plain = unpack(file);
        free(file.p);
        file = plain;
    }
    json_t *root = json_loadb((const char *)file.p, file.len, 0, &error);
    free(file.p);
    if (root == NULL)
        fprintf(stderr, "limbo: %s: line %d: %s\n", path, error.line, error.text);
    return root;
}

/* ---- one case ---- */

typedef struct certificate_list {
    hfi_view certs[POOL_READ];
    size_t count;
} certificate_list;

/* Every certificate of PEM text, decoded on the heap. */
static hfi_err add_certificates(certificate_list *list, const char *pem)
{
    hfi_view text = hfi_view_of_text(pem);
    hfi_pem_block block;
    hfi_err err;

    while ((err = hfi_pem_next(&text, &block)) == HFI_OK && block.label.len != 0) {
        size_t len;
        if (list->count == POOL_READ)
            return HFI_E_CERT_CHAIN_TOO_LONG;
        uint8_t *der = malloc(block.body.len / 4 * 3 + 3);
        if (der == NULL)
            return HFI_E_NO_MEMORY;
        err = hfi_pem_decode(&hfi_crypto_nettle, &block, der, &len);
        list->certs[list->count++] = hfi_view_of(der, len);
        if (err != HFI_OK)
            return err;
    }
    return err;
}

static void free_certificates(certificate_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        void *p = NULL;
        memcpy(&p, &list->certs[i].p, sizeof p);
        free(p);
    }
}

/* RFC 3339 with any offset; a fraction of a second is cut off. */
static bool parse_time(const char *text, int64_t *seconds)
{
    struct tm tm = {0};
    int n = 0, hours = 0, minutes = 0;
    char sign = '+';

    if (sscanf(text, "%d-%d-%dT%d:%d:%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6)
        return false;
    text += n;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (strcmp(text, "Z") != 0 && sscanf(text, "%c%d:%d", &sign, &hours, &minutes) != 3)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    int64_t offset = hours * 3600 + minutes * 60;
    *seconds = (int64_t)timegm(&tm) - (sign == '-' ? -offset : offset);
    return true;
}

static const char *string_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static hfi_err load_store(const json_t *trusted, hfi_trust_store *store)
{
    size_t i;
    json_t *pem;

    json_array_foreach(trusted, i, pem)
    {
        hfi_view text = hfi_view_of_text(json_string_value(pem));
        hfi_err err = hfi_trust_store_add(store, text, NULL);
        if (err != HFI_OK)
            return err;
    }
    return HFI_OK;
}

static hfi_err load_chain(const json_t *test, certificate_list *list)
{
    size_t i;
    json_t *pem;
    hfi_err err = add_certificates(list, string_of(test, "peer_certificate"));

    json_array_foreach(json_object_get(test, "untrusted_intermediates"), i,
                       pem) if (err == HFI_OK) err =
        add_certificates(list, json_string_value(pem));
    return err;
}

/* keyUsage beyond the kind's default: of those that limbo asks for, the verifier has
 * digitalSignature alone. */
static bool wants_digital_signature(const json_t *test)
{
    size_t i;
    json_t *usage;

    json_array_foreach(json_object_get(test, "key_usage"), i,
                       usage) if (strcmp(json_string_value(usage), "digitalSignature") ==
                                  0) return true;
    return false;
}

/* extended_key_usage overrides the purpose of the kind. */
static hfi_verify_purpose purpose_of(const json_t *test)
{
    size_t i;
    json_t *usage;
    hfi_verify_purpose purpose = strcmp(string_of(test, "validation_kind"), "CLIENT") == 0
                                     ? HFI_PURPOSE_CLIENT
                                     : HFI_PURPOSE_SERVER;

    json_array_foreach(json_object_get(test, "extended_key_usage"), i, usage)
    {
        if (strcmp(json_string_value(usage), "serverAuth") == 0)
            purpose = HFI_PURPOSE_SERVER;
        else if (strcmp(json_string_value(usage), "clientAuth") == 0)
            purpose = HFI_PURPOSE_CLIENT;
    }
    return purpose;
}

static hfi_verify_profile profile = HFI_PROFILE_DEFAULT;

static hfi_err load_crls(const json_t *list, hfi_crl_store *crls)
{
    size_t i;
    json_t *pem;

    json_array_foreach(list, i, pem)
    {
        hfi_view text = hfi_view_of_text(json_string_value(pem));
        hfi_err err = hfi_crl_store_add(crls, text, NULL);
        if (err != HFI_OK)
            return err;
    }
    return HFI_OK;
}

static hfi_err verify(const json_t *test, hfi_trust_store *store,
                      const hfi_crl_store *crls, const certificate_list *list,
                      hfi_cert_fault *fault)
{
    hfi_verify_params params = {
        .crypto = &hfi_crypto_nettle,
        .alloc = &heap,
        .store = store,
        .now = (int64_t)time(NULL),
        .purpose = purpose_of(test),
        .any_key_usage = !wants_digital_signature(test),
        .profile = profile,
        .crls = crls,
        .crl_whole_chain = true,
    };
    const json_t *depth = json_object_get(test, "max_chain_depth");
    const char *when = string_of(test, "validation_time");
    const char *name = string_of(json_object_get(test, "expected_peer_name"), "value");
    hfi_view asked;

    if (when != NULL && !parse_time(when, &params.now))
        return HFI_E_INVALID_ARGUMENT;
    if (json_is_integer(depth)) {
        params.intermediates_limited = true;
        params.intermediates_max = (size_t)json_integer_value(depth);
    }
    if (name != NULL) {
        asked = hfi_view_of_text(name);
        params.names = &asked;
        params.name_count = 1;
    }
    return hfi_verify_chain(&params, list->certs, list->count, NULL, fault);
}

static hfi_err run_case(const json_t *test, hfi_cert_fault *fault)
{
    certificate_list list = {.count = 0};
    hfi_trust_store *store = hfi_trust_store_new(&heap, &hfi_crypto_nettle);

    hfi_crl_store *crls = hfi_crl_store_new(&heap, &hfi_crypto_nettle);
    if (store == NULL || crls == NULL)
        return HFI_E_NO_MEMORY;
    hfi_err err = load_store(json_object_get(test, "trusted_certs"), store);
    if (err == HFI_OK)
        err = load_crls(json_object_get(test, "crls"), crls);
    if (err == HFI_OK)
        err = load_chain(test, &list);
    if (err == HFI_OK)
        err = verify(test, store, crls, &list, fault);
    free_certificates(&list);
    hfi_crl_store_free(crls);
    hfi_trust_store_free(store);
    return err;
}

/* ---- all cases ---- */

typedef struct group {
    const char *name;
    const char *prefix;
    unsigned agree;
    unsigned total;
} group;

static group groups[] = {
    {"bettertls::pathbuilding", "bettertls::pathbuilding::", 0, 0},
    {"bettertls::nameconstraints", "bettertls::nameconstraints::", 0, 0},
    {"others", "", 0, 0},
};

static group *group_of(const char *id)
{
    group *g = groups;
    while (strncmp(id, g->prefix, strlen(g->prefix)) != 0)
        g++;
    return g;
}

static bool is_wanted(const char *id, char **ids, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(id, ids[i]) == 0)
            return true;
    return count == 0;
}

static void report(const char *id, const char *expected, hfi_err err, bool verbose,
                   const hfi_cert_fault *f)
{
    if (err == HFI_OK) {
        printf("%s %s SUCCESS\n", id, expected);
        return;
    }
    printf("%s %s FAILURE (%s)\n", id, expected, hfi_err_lookup(err)->name);
    if (verbose)
        printf("    certificate %d: %s\n    issuer %s, serial %s\n    %s\n"
               "    expected %s\n    presented %s\n",
               f->index, f->subject, f->issuer, f->serial, f->rule, f->expected,
               f->presented);
}

static void run_all(const json_t *tests, char **ids, int id_count)
{
    size_t i;
    json_t *test;

    json_array_foreach(tests, i, test)
    {
        hfi_cert_fault fault = {0};
        const char *id = string_of(test, "id");
        const char *expected = string_of(test, "expected_result");
        if (!is_wanted(id, ids, id_count))
            continue;
        hfi_err err = run_case(test, &fault);
        group *g = group_of(id);
        g->total++;
        g->agree += strcmp(expected, err == HFI_OK ? "SUCCESS" : "FAILURE") == 0;
        report(id, expected, err, id_count != 0, &fault);
    }
    for (i = 0; i < sizeof groups / sizeof groups[0]; i++)
        printf("%s: %u of %u agree\n", groups[i].name, groups[i].agree, groups[i].total);
}

static int usage(void)
{
    fprintf(stderr, "usage: limbo [--profile default|web-pki|compatible] FILE [ID...]\n");
    return 1;
}

/* Takes the options; the place of the first argument that is none, or 0. */
static int read_options(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--profile") != 0)
        return argc < 2 ? 0 : 1;
    if (argc < 4)
        return 0;
    return hfi_profile_by_name(argv[2], &profile) ? 3 : 0;
}

int main(int argc, char **argv)
{
    int at = read_options(argc, argv);

    if (at == 0)
        return usage();
    json_t *root = load(argv[at]);
    const json_t *tests = json_object_get(root, "testcases");
    if (!json_is_array(tests)) {
        fprintf(stderr, "limbo: %s: no testcases in it\n", argv[at]);
        json_decref(root);
        return 1;
    }
    run_all(tests, argv + at + 1, argc - at - 1);
    json_decref(root);
    return 0;
}
