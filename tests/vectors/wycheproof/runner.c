/* tests/vectors/wycheproof/runner.c: runs a folder of Wycheproof files.
 *
 *     wycheproof FOLDER [accelerated]
 *
 * With nettle alone, or with what crypto/accel puts in place of its primitives.
 * One line for each file, what was decided on "acceptable" tests, and a total.  The
 * exit code is 0 if every test went as its vector says, every file is known, and no
 * known file is missing; 1 if not; 2 if a file is not what it should be. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/accel/accel.h"
#include "vectors.h"

hfi_crypto tested;

/* What to do with a file: check it, or why it has no place here. */
typedef struct rule {
    const char *file; /* without "_test.json"; a final '*' stands for any rest */
    check check;
    const char *why;
    bool seen;
} rule;

/* The first that matches counts. */
static rule rules[] = {
    {"aes_gcm", check_aes_gcm, NULL, false},
    {"aes_ccm", check_aes_ccm, NULL, false},
    {"chacha20_poly1305", check_chacha20_poly1305, NULL, false},
    {"aes_cbc_pkcs5", check_aes_cbc, NULL, false},
    {"hmac_sha1", check_hmac_sha1, NULL, false},
    {"hmac_sha256", check_hmac_sha256, NULL, false},
    {"hmac_sha384", check_hmac_sha384, NULL, false},
    {"hmac_sha512", check_hmac_sha512, NULL, false},
    {"hkdf_sha256", check_hkdf_sha256, NULL, false},
    {"hkdf_sha384", check_hkdf_sha384, NULL, false},
    {"hkdf_sha512", check_hkdf_sha512, NULL, false},
    {"x448", check_x448, NULL, false},
    {"x25519", check_x25519, NULL, false},
    {"ecdh_secp256r1_ecpoint", check_ecdh_p256, NULL, false},
    {"ecdh_secp384r1_ecpoint", check_ecdh_p384, NULL, false},
    {"ecdh_secp521r1_ecpoint", check_ecdh_p521, NULL, false},
    {"mlkem_512", check_mlkem, NULL, false},
    {"mlkem_512_encaps", check_mlkem_encaps, NULL, false},
    {"mlkem_512_keygen_seed", check_mlkem_keygen, NULL, false},
    {"mlkem_512_semi_expanded_decaps", check_mlkem_decaps, NULL, false},
    {"mlkem_768", check_mlkem, NULL, false},
    {"mlkem_768_encaps", check_mlkem_encaps, NULL, false},
    {"mlkem_768_keygen_seed", check_mlkem_keygen, NULL, false},
    {"mlkem_768_semi_expanded_decaps", check_mlkem_decaps, NULL, false},
    {"mlkem_1024", check_mlkem, NULL, false},
    {"mlkem_1024_encaps", check_mlkem_encaps, NULL, false},
    {"mlkem_1024_keygen_seed", check_mlkem_keygen, NULL, false},
    {"mlkem_1024_semi_expanded_decaps", check_mlkem_decaps, NULL, false},
    {"ecdsa_secp256r1_sha*", check_ecdsa, NULL, false},
    {"ecdsa_secp384r1_sha*", check_ecdsa, NULL, false},
    {"ecdsa_secp521r1_sha*", check_ecdsa, NULL, false},
    {"ed448", check_ed448, NULL, false},
    {"ed25519", check_ed25519, NULL, false},
    {"rsa_signature_*", check_rsa_pkcs1, NULL, false},
    {"rsa_pkcs1_*", check_rsa_pkcs1_sign, NULL, false},
    {"rsa_pss_*", check_rsa_pss, NULL, false},
    {"ecdh_secp*", NULL, "key shares are bare points, never DER keys", false},
    {"x25519_asn", NULL, "key shares are bare values, never DER keys", false},
    {"x448_asn", NULL, "key shares are bare values, never DER keys", false},
    {"hkdf_sha1", NULL, "no key schedule uses SHA-1", false},
};

enum { REASONS = 8, RULES = sizeof rules / sizeof rules[0] };

/* Tests of one file that share a reason. */
typedef struct tally {
    const char *why;
    unsigned count;
} tally;

typedef struct counts {
    unsigned valid, invalid; /* as they should be: taken, refused */
    unsigned acceptable_taken, acceptable_refused;
    unsigned out_of_scope, wrong;
    tally reasons[REASONS];       /* of out_of_scope */
    tally decisions[2 * REASONS]; /* first flag of an acceptable test: '+' or '-' */
} counts;

static void count_reason(tally *list, size_t size, const char *why)
{
    for (size_t i = 0; i < size; i++) {
        if (list[i].why == NULL)
            list[i].why = why;
        if (strcmp(list[i].why, why) == 0) {
            list[i].count++;
            return;
        }
    }
}

static bool matches(const char *pattern, const char *name)
{
    size_t len = strlen(pattern);
    if (pattern[len - 1] == '*')
        return strncmp(pattern, name, len - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static rule *find_rule(const char *name)
{
    for (size_t i = 0; i < RULES; i++) {
        if (matches(rules[i].file, name))
            return &rules[i];
    }
    return NULL;
}

static void report_wrong(const char *name, const json_t *test, outcome got)
{
    static const char *const words[] = {"taken", "refused", "another output", "-"};
    printf("%s: test %lld (%s): %s, but %s\n", name,
           (long long)json_integer_value(json_object_get(test, "tcId")),
           text_member(test, "comment"), text_member(test, "result"), words[got]);
}

static void count_acceptable(counts *c, const json_t *test, bool taken)
{
    const char *flag =
        json_string_value(json_array_get(json_object_get(test, "flags"), 0));
    size_t half = taken ? 0 : REASONS;

    c->acceptable_taken += taken ? 1 : 0;
    c->acceptable_refused += taken ? 0 : 1;
    count_reason(&c->decisions[half], REASONS, flag == NULL ? "no flag" : flag);
}

static void run_test(const rule *r, const char *name, const json_t *group,
                     const json_t *test, counts *c)
{
    const char *result = text_member(test, "result");
    const char *why = NULL;
    outcome got = r->check(group, test, &why);

    scratch_reset();
    if (got == OUT_OF_SCOPE) {
        c->out_of_scope++;
        count_reason(c->reasons, REASONS, why);
    } else if (got == TAKEN && strcmp(result, "valid") == 0) {
        c->valid++;
    } else if (got == REFUSED && strcmp(result, "invalid") == 0) {
        c->invalid++;
    } else if (got != DIFFERS && strcmp(result, "acceptable") == 0) {
        count_acceptable(c, test, got == TAKEN);
    } else {
        c->wrong++;
        report_wrong(name, test, got);
    }
}

static void print_counts(const char *name, const counts *c)
{
    printf("%s: %u valid, %u invalid refused, %u acceptable (%u taken, %u refused), "
           "%u out of scope",
           name, c->valid, c->invalid, c->acceptable_taken + c->acceptable_refused,
           c->acceptable_taken, c->acceptable_refused, c->out_of_scope);
    for (size_t i = 0; i < REASONS && c->reasons[i].why != NULL; i++)
        printf("%s%u: %s", i == 0 ? " (" : "; ", c->reasons[i].count, c->reasons[i].why);
    printf("%s", c->reasons[0].why != NULL ? ")" : "");
    if (c->wrong != 0)
        printf(", %u WRONG", c->wrong);
    printf("\n");
    for (size_t i = 0; i < 2 * REASONS; i++) {
        if (c->decisions[i].why != NULL)
            printf("    acceptable, %s: %u %s\n", i < REASONS ? "taken" : "refused",
                   c->decisions[i].count, c->decisions[i].why);
    }
}

/* The number of tests that a file holds must be the one that it names. */
static counts run_file(const rule *r, const char *name, const json_t *file)
{
    counts c = {0};
    size_t seen = 0;
    size_t i, k;
    const json_t *group, *test;

    json_array_foreach(json_object_get(file, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), k, test)
        {
            seen++;
            if (r->check != NULL) {
                run_test(r, name, group, test, &c);
            } else {
                c.out_of_scope++;
                count_reason(c.reasons, REASONS, r->why);
            }
        }
    }
    if (seen != size_member(file, "numberOfTests")) {
        printf("%s: has %zu tests, but says otherwise\n", name, seen);
        c.wrong++;
    }
    print_counts(name, &c);
    return c;
}

/* Adds the counts of one file to the total. */
static void run_path(const char *folder, const char *entry, counts *total)
{
    char path[4096];
    char name[256];
    json_error_t error;

    (void)snprintf(path, sizeof path, "%s/%s", folder, entry);
    (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(entry) - strlen("_test.json")),
                   entry);
    rule *r = find_rule(name);
    json_t *file = json_load_file(path, 0, &error);
    if (r == NULL || file == NULL) {
        printf("%s: %s\n", name, r == NULL ? "no rule for this file" : error.text);
        total->wrong++;
    } else {
        counts c = run_file(r, name, file);
        r->seen = true;
        total->valid += c.valid;
        total->invalid += c.invalid;
        total->acceptable_taken += c.acceptable_taken;
        total->acceptable_refused += c.acceptable_refused;
        total->out_of_scope += c.out_of_scope;
        total->wrong += c.wrong;
    }
    json_decref(file);
}

static int is_vector_file(const struct dirent *entry)
{
    const char *end = "_test.json";
    size_t len = strlen(entry->d_name);
    return len > strlen(end) && strcmp(&entry->d_name[len - strlen(end)], end) == 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    counts total = {0};

    bool accelerated = argc == 3 && strcmp(argv[2], "accelerated") == 0;
    if (argc != 2 && !accelerated) {
        fprintf(stderr, "usage: wycheproof FOLDER [accelerated]\n");
        return 2;
    }
    tested = hfi_crypto_nettle;
    hfi_crypto_nettle_fit(&tested);
    if (accelerated)
        hfi_accel_apply(&tested);
    int count = scandir(argv[1], &entries, is_vector_file, alphasort);
    if (count < 0) {
        perror(argv[1]);
        return 2;
    }
    for (int i = 0; i < count; i++) {
        run_path(argv[1], entries[i]->d_name, &total);
        free(entries[i]);
    }
    free(entries);
    for (size_t i = 0; i < RULES; i++) {
        if (!rules[i].seen) {
            printf("%s: no such file\n", rules[i].file);
            total.wrong++;
        }
    }
    print_counts("total", &total);
    return total.wrong == 0 ? 0 : 1;
}
