/* tests/unit/pki/test_trust_store.c: loading, finding and sharing trusted roots. */
#include "chain_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chains.h"
#include "pki/name.h"
#include "pki/trust_store_index.h"
#include "pki/x509.h"

typedef struct fixture {
    counting_heap heap;
    hfi_trust_store *store;
    char dir[64];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    hfi_alloc alloc = counting_alloc(&f->heap);
    (void)strcpy(f->dir, "/tmp/handfast-store-XXXXXX");
    if (mkdtemp(f->dir) == NULL)
        return -1;
    f->store = hfi_trust_store_new(&alloc, &hfi_crypto_nettle);
    (void)unsetenv("SSL_CERT_FILE");
    (void)unsetenv("SSL_CERT_DIR");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char command[128];
    hfi_trust_store_free(f->store);
    assert_int_equal(f->heap.live, 0);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static const char *path_of(const fixture *f, const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", f->dir, name);
    return path;
}

static void write_file(const fixture *f, const char *name, const char *text)
{
    FILE *out = fopen(path_of(f, name), "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    assert_int_equal(fclose(out), 0);
}

static void test_input_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text;
        hfi_err err;
    } cases[] = {
        {"", HFI_E_NO_CERTIFICATE_IN_INPUT},
        {"some text\n", HFI_E_NO_CERTIFICATE_IN_INPUT},
        {"-----BEGIN X-----\nAAAA\n-----END X-----\n", HFI_E_NO_CERTIFICATE_IN_INPUT},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n", HFI_E_PEM_MALFORMED},
        {"-----BEGIN CERTIFICATE-----\nA A A A!\n-----END CERTIFICATE-----\n",
         HFI_E_PEM_MALFORMED},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
         HFI_E_CERT_MALFORMED},
        {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
         HFI_E_CERT_MALFORMED},
        {"\x30\x82", HFI_E_CERT_MALFORMED},
    };
    size_t added = 7;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            hfi_trust_store_add(f->store, hfi_view_of_text(cases[i].text), &added),
            cases[i].err);
        assert_int_equal(added, 0);
    }
    assert_int_equal(hfi_trust_store_count(f->store), 0);
}

/* On a failure nothing is added, not even what came before it. */
static void test_all_or_nothing(void **state)
{
    fixture *f = *state;
    char text[8192];
    size_t added;

    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(rsa_root_pem), NULL),
                     HFI_OK);
    (void)snprintf(text, sizeof text, "%s%s-----BEGIN CERTIFICATE-----\nAAAA\n", root_pem,
                   inter_pem);
    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(text), &added),
                     HFI_E_PEM_MALFORMED);
    assert_int_equal(added, 0);
    assert_int_equal(hfi_trust_store_count(f->store), 1);
    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(root_pem), &added),
                     HFI_OK);
    assert_int_equal(hfi_trust_store_count(f->store), 2);
}

static void test_duplicates_counted_once(void **state)
{
    fixture *f = *state;
    char text[8192];
    size_t added;
    chain c = {.count = 0};

    (void)snprintf(text, sizeof text, "%sremark\n%s%s", root_pem, inter_pem, root_pem);
    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(text), &added),
                     HFI_OK);
    assert_int_equal(added, 3);
    assert_int_equal(hfi_trust_store_count(f->store), 2);

    chain_add(&c, root_pem); /* as DER */
    assert_int_equal(hfi_trust_store_add(f->store, c.certs[0], &added), HFI_OK);
    assert_int_equal(added, 1);
    assert_int_equal(hfi_trust_store_count(f->store), 2);
    assert_true(hfi_view_equal(hfi_trust_store_at(f->store, 0), c.certs[0]));
    chain_free(&c);
}

static void test_der_with_trailing_byte(void **state)
{
    fixture *f = *state;
    chain c = {.count = 0};
    uint8_t bytes[4096] = {0};

    chain_add(&c, root_pem);
    memcpy(bytes, c.certs[0].p, c.certs[0].len);
    assert_int_equal(
        hfi_trust_store_add(f->store, hfi_view_of(bytes, c.certs[0].len + 1), NULL),
        HFI_E_CERT_MALFORMED);
    assert_int_equal(
        hfi_trust_store_add(f->store, hfi_view_of(bytes, c.certs[0].len), NULL), HFI_OK);
    chain_free(&c);
}

static size_t count_named(const hfi_trust_store *store, const char *pem)
{
    chain c = {.count = 0};
    hfi_x509 cert;
    size_t n = 0;

    chain_add(&c, pem);
    assert_int_equal(hfi_x509_parse(c.certs[0], &cert), HFI_OK);
    uint64_t hash = hfi_name_hash(cert.subject);
    for (uint32_t i = hfi_trust_store_first(store, cert.subject, hash);
         i != HFI_TRUST_STORE_END; i = hfi_trust_store_next(store, cert.subject, hash, i))
        n++;
    chain_free(&c);
    return n;
}

static void test_found_by_subject(void **state)
{
    fixture *f = *state;

    assert_int_equal(count_named(f->store, root_pem), 0);
    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(root_pem), NULL),
                     HFI_OK);
    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(imposter_pem), NULL),
                     HFI_OK);
    assert_int_equal(count_named(f->store, root_pem), 2);
    assert_int_equal(count_named(f->store, inter_pem), 0);
}

/* More roots than the first index holds, all of one name. */
static void test_growth(void **state)
{
    fixture *f = *state;
    chain c = {.count = 0};

    chain_add(&c, root_pem);
    for (unsigned i = 0; i < 400; i++) {
        /* the serial number's last bytes; the first two are its length and sign */
        c.owned[0][17] = (uint8_t)(i >> 8);
        c.owned[0][18] = (uint8_t)i;
        assert_int_equal(hfi_trust_store_add(f->store, c.certs[0], NULL), HFI_OK);
    }
    chain_free(&c);
    assert_int_equal(hfi_trust_store_count(f->store), 400);
    assert_int_equal(count_named(f->store, root_pem), 400);
}

static void test_memory_runs_out(void **state)
{
    fixture *f = *state;
    size_t needed = 0;

    for (size_t at = 1; needed == 0 && at < 10; at++) {
        f->heap.fail_at = f->heap.calls + at;
        hfi_err err = hfi_trust_store_add(f->store, hfi_view_of_text(root_pem), NULL);
        if (err == HFI_OK)
            needed = at;
        else
            assert_int_equal(err, HFI_E_NO_MEMORY);
        assert_int_equal(hfi_trust_store_count(f->store), err == HFI_OK ? 1 : 0);
    }
    assert_true(needed > 1);
    f->heap.fail_at = 0;

    counting_heap none = {.fail_at = 1};
    hfi_alloc alloc = counting_alloc(&none);
    assert_null(hfi_trust_store_new(&alloc, &hfi_crypto_nettle));
}

static void test_files(void **state)
{
    fixture *f = *state;
    size_t added = 7;

    errno = 0;
    assert_int_equal(hfi_trust_store_add_file(f->store, path_of(f, "none"), &added),
                     HFI_E_FILE_UNREADABLE);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(added, 0);
    assert_int_equal(hfi_trust_store_add_file(f->store, f->dir, &added),
                     HFI_E_FILE_UNREADABLE);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(mkfifo(path_of(f, "pipe"), 0600), 0);
    assert_int_equal(hfi_trust_store_add_file(f->store, path_of(f, "pipe"), NULL),
                     HFI_E_FILE_UNREADABLE); /* and does not wait */
    write_file(f, "empty", "");
    assert_int_equal(hfi_trust_store_add_file(f->store, path_of(f, "empty"), NULL),
                     HFI_E_NO_CERTIFICATE_IN_INPUT);
    write_file(f, "huge", "");
    assert_int_equal(truncate(path_of(f, "huge"), HFI_TRUST_INPUT_MAX + 1), 0);
    assert_int_equal(hfi_trust_store_add_file(f->store, path_of(f, "huge"), NULL),
                     HFI_E_INPUT_TOO_LARGE);

    write_file(f, "root.pem", root_pem);
    assert_int_equal(hfi_trust_store_add_file(f->store, path_of(f, "root.pem"), &added),
                     HFI_OK);
    assert_int_equal(added, 1);
}

static void test_directories(void **state)
{
    fixture *f = *state;
    size_t added = 7;

    assert_int_equal(hfi_trust_store_add_dir(f->store, path_of(f, "none"), &added),
                     HFI_E_FILE_UNREADABLE);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(added, 0);
    assert_int_equal(hfi_trust_store_add_dir(f->store, f->dir, &added), HFI_OK);
    assert_int_equal(added, 0);

    write_file(f, "a.pem", root_pem);
    write_file(f, "b.pem", inter_pem);
    write_file(f, "notes.txt", "nothing here\n");
    write_file(f, ".hidden", rsa_root_pem);
    assert_int_equal(symlink("a.pem", path_of(f, "01234567.0")), 0);
    assert_int_equal(symlink("nowhere", path_of(f, "89abcdef.0")), 0);
    assert_int_equal(hfi_trust_store_add_dir(f->store, f->dir, &added), HFI_OK);
    assert_int_equal(added, 3);
    assert_int_equal(hfi_trust_store_count(f->store), 2);
}

static void test_environment(void **state)
{
    fixture *f = *state;
    char dirs[160];

    (void)setenv("SSL_CERT_FILE", path_of(f, "none"), 1);
    assert_int_equal(hfi_trust_store_add_system(f->store), HFI_E_TRUST_STORE_EMPTY);
    (void)setenv("SSL_CERT_DIR", path_of(f, "nodir"), 1);
    assert_int_equal(hfi_trust_store_add_system(f->store), HFI_E_TRUST_STORE_EMPTY);

    write_file(f, "a.pem", root_pem);
    (void)setenv("SSL_CERT_FILE", path_of(f, "a.pem"), 1);
    assert_int_equal(hfi_trust_store_add_system(f->store), HFI_OK);
    assert_int_equal(hfi_trust_store_count(f->store), 1);
    /* A second time finds the same root again, which is no failure. */
    assert_int_equal(hfi_trust_store_add_system(f->store), HFI_OK);
    assert_int_equal(hfi_trust_store_count(f->store), 1);

    write_file(f, "b.pem", inter_pem);
    (void)snprintf(dirs, sizeof dirs, ":/nonexistent-handfast:%s", f->dir);
    (void)setenv("SSL_CERT_DIR", dirs, 1);
    assert_int_equal(hfi_trust_store_add_system(f->store), HFI_OK);
    assert_int_equal(hfi_trust_store_count(f->store), 2);
}

static void test_references(void **state)
{
    fixture *f = *state;

    assert_int_equal(hfi_trust_store_add(f->store, hfi_view_of_text(root_pem), NULL),
                     HFI_OK);
    assert_ptr_equal(hfi_trust_store_up_ref(f->store), f->store);
    hfi_trust_store_free(f->store);
    assert_int_equal(hfi_trust_store_count(f->store), 1);
    assert_null(hfi_trust_store_up_ref(NULL));
    hfi_trust_store_free(NULL);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_input_refused),
        STORE_TEST(test_all_or_nothing),
        STORE_TEST(test_duplicates_counted_once),
        STORE_TEST(test_der_with_trailing_byte),
        STORE_TEST(test_found_by_subject),
        STORE_TEST(test_growth),
        STORE_TEST(test_memory_runs_out),
        STORE_TEST(test_files),
        STORE_TEST(test_directories),
        STORE_TEST(test_environment),
        STORE_TEST(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
