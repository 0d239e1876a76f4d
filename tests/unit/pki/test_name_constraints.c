/* tests/unit/pki/test_name_constraints.c: mailboxes and directory names against name
 * constraints, RFC 5280 4.2.1.10 and RFC 9598 6.  Names of hosts and addresses are in
 * test_verify.c and in limbo. */
#include "chain_fixture.h"

#include "pki/name_constraints.h"

typedef struct bytes {
    uint8_t p[512];
    size_t len;
} bytes;

static bytes text_of(uint8_t tag, const void *p, size_t len)
{
    bytes b = {.len = len + 2};
    b.p[0] = tag;
    b.p[1] = (uint8_t)len;
    memcpy(&b.p[2], p, len);
    return b;
}

static bytes in(uint8_t tag, bytes inside)
{
    return text_of(tag, inside.p, inside.len);
}

static bytes then(bytes a, bytes b)
{
    memcpy(&a.p[a.len], b.p, b.len);
    a.len += b.len;
    return a;
}

static hfi_view view(const bytes *b)
{
    return hfi_view_of(b->p, b->len);
}

/* A Name of one attribute, O, of this string type. */
static bytes organisation(uint8_t tag, const void *p, size_t len)
{
    static const uint8_t type[] = {0x55, 4, 10};
    bytes pair = then(text_of(0x06, type, sizeof type), text_of(tag, p, len));
    return in(0x30, in(0x31, in(0x30, pair)));
}

#define UTF8(s) organisation(0x0c, s, sizeof(s) - 1)
#define MAIL(s) text_of(0x81, s, sizeof(s) - 1)

/* One subtree, one name in subjectAltName (or the subject). */
static hfi_err check(bool excluded, bytes base, bytes name, bytes subject)
{
    bytes subtree = in(0x30, base);
    hfi_x509 ca = {.has_name_constraints = true, .subject = view(&subject)};
    hfi_x509 cert = {.has_subject_alt_name = true,
                     .subject_alt_name = view(&name),
                     .subject = view(&subject)};
    hfi_name_violation violation;
    size_t budget = 100;

    if (excluded)
        ca.excluded = view(&subtree);
    else
        ca.permitted = view(&subtree);
    return hfi_name_constraints_check(&ca, &cert, &budget, &violation);
}

static const bytes nobody = {.p = {0x30, 0}, .len = 2};
static const bytes no_names = {.len = 0};

static hfi_err mail(bool excluded, bytes base, bytes name)
{
    return check(excluded, base, name, nobody);
}

static void test_mailboxes(void **state)
{
    (void)state;
    const hfi_err no = HFI_E_CERT_NAME_CONSTRAINT;

    /* One mailbox: the local part as it is, the host in any case. */
    assert_int_equal(mail(false, MAIL("a@x.example"), MAIL("b@x.example")), no);
    assert_int_equal(mail(false, MAIL("a@x.example"), MAIL("A@x.example")), no);
    assert_int_equal(mail(false, MAIL("a@x.example"), MAIL("a@X.Example")), HFI_OK);
    /* A host: not what is below it; with a dot: only what is below. */
    assert_int_equal(mail(false, MAIL("x.example"), MAIL("a@y.x.example")), no);
    assert_int_equal(mail(false, MAIL("x.example"), MAIL("a@x.example")), HFI_OK);
    assert_int_equal(mail(false, MAIL(".x.example"), MAIL("a@x.example")), no);
    assert_int_equal(mail(false, MAIL(".x.example"), MAIL("a@y.x.example")), HFI_OK);
    assert_int_equal(mail(true, MAIL("x.example"), MAIL("a@x.example")), no);
    assert_int_equal(mail(true, MAIL("x.example"), MAIL("a@y.x.example")), HFI_OK);
    /* What is no mailbox cannot be judged. */
    assert_int_equal(mail(true, MAIL("x.example"), MAIL("a@b@y.example")), no);
    assert_int_equal(mail(true, MAIL("x.example"), MAIL("y.example")), no);
}

/* RFC 9598 6: a mailbox outside of ASCII is not let by. */
static void test_utf8_mailbox(void **state)
{
    (void)state;
    static const uint8_t type[] = {0x2b, 6, 1, 5, 5, 7, 8, 9};
    static const uint8_t other_type[] = {0x2b, 6, 1, 5, 5, 7, 8, 7};
    bytes text = in(0xa0, text_of(0x0c, "\xc3\xa9@x.example", 12));
    bytes smtp = in(0xa0, then(text_of(0x06, type, sizeof type), text));
    bytes srv = in(0xa0, then(text_of(0x06, other_type, sizeof other_type), text));

    assert_int_equal(mail(true, MAIL("x.example"), smtp),
                     HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED);
    assert_int_equal(mail(false, MAIL("x.example"), smtp),
                     HFI_E_CERT_NAME_CONSTRAINT_UNSUPPORTED);
    assert_int_equal(mail(true, MAIL("x.example"), srv), HFI_OK);
}

static hfi_err directory(bool excluded, bytes base, bytes name)
{
    bytes tagged = in(0xa4, base);
    hfi_err in_subject = check(excluded, tagged, no_names, name);
    assert_int_equal(check(excluded, tagged, in(0xa4, name), nobody), in_subject);
    return in_subject;
}

static void test_directory_names(void **state)
{
    (void)state;
    const hfi_err no = HFI_E_CERT_NAME_CONSTRAINT;
    const bytes wide = organisation(0x1e, "\0A\0c\0m\0e", 8);
    const bytes t61 = organisation(0x14, "Acme", 4);

    assert_int_equal(directory(false, UTF8("Acme"), UTF8("Other")), no);
    assert_int_equal(directory(false, UTF8("Acme"), UTF8("ACME")), HFI_OK);
    assert_int_equal(directory(true, UTF8("Acme"), UTF8("acme ")), no);
    assert_int_equal(directory(true, UTF8("Acme"), UTF8("Other")), HFI_OK);
    /* In doubt it is within what is excluded, and not within what is permitted. */
    assert_int_equal(directory(true, UTF8("Acme"), wide), no);
    assert_int_equal(directory(false, UTF8("Acme"), wide), no);
    assert_int_equal(directory(true, UTF8("Acme"), t61), no);
    assert_int_equal(directory(true,
                               UTF8("\xc3\x89"
                                    "a"),
                               UTF8("\xc3\xa9"
                                    "a")),
                     no);
    assert_int_equal(directory(true, UTF8("Acme"), UTF8("\xc3\xa9")), HFI_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mailboxes),
        cmocka_unit_test(test_utf8_mailbox),
        cmocka_unit_test(test_directory_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
