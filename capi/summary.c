/* capi/summary.c: the one sentence that says what failed in this case: the text of
 * errors.def with the particulars of the record. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "capi/hint.h"
#include "capi/objects.h"
#include "capi/sentence.h"
#include "capi/views.h"

/* From whose side it is told, and by which names. */
typedef struct teller {
    hfi_sentence sentence;
    hfi_role role;
    const hfi_crypto *crypto;
} teller;

#define add(t, ...) hfi_sentence_add(&(t)->sentence, __VA_ARGS__)

static void add_certificate(teller *s, const hfi_cert_fault *fault)
{
    if (fault->index < 0 && fault->subject[0] == '\0')
        return;
    add(s, "certificate ");
    if (fault->index >= 0)
        add(s, "%d ", fault->index);
    add(s, "(%s)", fault->subject[0] != '\0' ? fault->subject : "no subject");
}

/* Dates and names read better in a sentence of their own. */
static void tell_certificate(teller *s, const hfi_report *r)
{
    const hfi_cert_fault *f = r->fault;

    switch (r->code) {
    case HFI_E_CERT_EXPIRED:
        add_certificate(s, f);
        add(s, " expired on %s", f->presented);
        return;
    case HFI_E_CERT_NOT_YET_VALID:
        add_certificate(s, f);
        add(s, " is not valid before %s", f->presented);
        return;
    case HFI_E_CERT_NAME_MISMATCH:
        add_certificate(s, f);
        add(s, " is for %s, not for %s",
            f->presented[0] != '\0' ? f->presented : "no name", f->expected);
        return;
    default:
        break;
    }
    add(s, "%s", hfi_view_text(r, s->role));
    if (f->index >= 0 || f->subject[0] != '\0') {
        add(s, ": ");
        add_certificate(s, f);
    }
    if (f->expected[0] != '\0')
        add(s, "; expected %s", f->expected);
    if (f->presented[0] != '\0')
        add(s, "%s %s", f->expected[0] != '\0' ? ", found" : "; found", f->presented);
    if (f->issuer_url[0] != '\0')
        add(s, "; the missing certificate is said to lie at %s", f->issuer_url);
}

static void tell_alert(teller *s, const hfi_report *r)
{
    add(s, "the peer ended the %s with alert %s (%d)",
        r->code == HFI_E_ALERT_RECEIVED && r->step != NULL &&
                strcmp(r->step, "CONNECTED") == 0
            ? "connection"
            : "handshake",
        hfi_alert_name(r->alert), r->alert);
}

static void tell_errno(teller *s, const hfi_report *r)
{
    char reason[128];

    add(s, "%s", hfi_view_text(r, s->role));
    if (r->transport_errno != 0 &&
        strerror_r(r->transport_errno, reason, sizeof reason) == 0)
        add(s, ": %s (errno %d)", reason, r->transport_errno);
}

/* The start of the peer's answer, as far as it is one line of plain ASCII. */
static void add_answer(teller *s, const hfi_report *r)
{
    size_t n = 0;

    while (n < r->first_bytes_len && r->first_bytes[n] >= 0x20 &&
           r->first_bytes[n] < 0x7f)
        n++;
    if (n >= 4)
        add(s, ": \"%.*s\"", (int)n, (const char *)r->first_bytes);
}

/* What the client offers, held against what would do here. */
static void tell_offers(teller *s, const hfi_report *r, const hfi_negotiation *n)
{
    static const struct {
        int code;
        hfi_sentence_name *name;
        size_t list;
    } rows[] = {
        {HFI_E_NO_COMMON_VERSION, hfi_name_version, offsetof(hfi_said, versions)},
        {HFI_E_NO_COMMON_SUITE, hfi_name_suite, offsetof(hfi_said, suites)},
        {HFI_E_NO_COMMON_GROUP, hfi_name_group, offsetof(hfi_said, groups)},
        {HFI_E_NO_COMMON_SIGNATURE_ALGORITHM, hfi_name_scheme,
         offsetof(hfi_said, schemes)},
    };

    if (r->code == HFI_E_NO_COMMON_PROTOCOL) {
        add(s, ": it offers ");
        hfi_sentence_add_names(&s->sentence, n->peer.alpn, n->peer.alpn_len);
        add(s, "; enabled here: ");
        hfi_sentence_add_names(&s->sentence, n->own.alpn, n->own.alpn_len);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code != (int)r->code)
            continue;
        const char *peer = (const char *)&n->peer, *own = (const char *)&n->own;
        add(s, "%s it offers ", r->detail[0] != '\0' ? ";" : ":");
        hfi_sentence_add_list(&s->sentence,
                              (const hfi_said_list *)(const void *)(peer + rows[i].list),
                              rows[i].name, s->crypto);
        add(s, "; enabled here: ");
        hfi_sentence_add_list(&s->sentence,
                              (const hfi_said_list *)(const void *)(own + rows[i].list),
                              rows[i].name, s->crypto);
    }
}

static void tell(teller *s, const hfi_report *r)
{
    if (r->fault != NULL) {
        tell_certificate(s, r);
    } else if (r->code == HFI_E_ALERT_RECEIVED) {
        tell_alert(s, r);
    } else if (r->code == HFI_E_CLIENT_CERTIFICATE_REJECTED ||
               r->code == HFI_E_CLIENT_CERTIFICATE_REQUIRED) {
        add(s, "%s: alert %s (%d)", hfi_view_text(r, s->role), hfi_alert_name(r->alert),
            r->alert);
    } else if (r->transport_errno != 0) {
        tell_errno(s, r);
    } else {
        add(s, "%s", hfi_view_text(r, s->role));
        if (r->first_bytes_len > 0)
            add_answer(s, r);
        else if (r->detail[0] != '\0')
            add(s, ": %s", r->detail);
        if (r->negotiation != NULL && s->role == HFI_ROLE_SERVER)
            tell_offers(s, r, r->negotiation);
        if (r->code == HFI_E_DEADLINE_EXCEEDED && r->step != NULL)
            add(s, ", in state %s", r->step);
    }
}

/* Told once for each failure; without memory for it, errors.def must do. */
void hfi_capi_summarize_record(hf_error *error, const hfi_report *r,
                               const hfi_alloc *alloc)
{
    if (r->code == HFI_OK || error->summarized == r->code)
        return;
    if (error->summary == NULL)
        error->summary = hfi_alloc_bytes(alloc, HFI_SUMMARY_SIZE + HFI_HINT_SIZE);
    if (error->summary == NULL)
        return;
    teller s = {hfi_sentence_into(error->summary, HFI_SUMMARY_SIZE), hfi_capi_role(error),
                error->engine != NULL ? error->engine->settings->crypto : NULL};
    tell(&s, r);
    hfi_hint_tell(r, error->engine, s.role, error->summary + HFI_SUMMARY_SIZE,
                  HFI_HINT_SIZE);
    error->summarized = r->code;
}

void hfi_capi_summarize(hf_conn *conn)
{
    hfi_capi_summarize_record(&conn->error, &conn->engine.report,
                              &conn->config->settings.alloc);
}
