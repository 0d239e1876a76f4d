/* engine/msg/shape_text.c: a fault in words, for the record's detail. */
#include "msg/shape.h"

/* Text that grows up to a size; what is too long for it is left out. */
typedef struct growing {
    char *p;
    size_t size;
    size_t len;
} growing;

static void add(growing *t, const char *more)
{
    for (; *more != '\0' && t->len + 1 < t->size; more++)
        t->p[t->len++] = *more;
    t->p[t->len] = '\0';
}

static void add_number(growing *t, size_t number)
{
    char digits[24];
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    add(t, digits + at);
}

static void add_bytes(growing *t, size_t count)
{
    add_number(t, count);
    add(t, count == 1 ? " byte" : " bytes");
}

static void add_left(growing *t, const char *before, size_t count)
{
    add(t, before);
    add_number(t, count);
    add(t, count == 1 ? " is left" : " are left");
}

static void add_pair(growing *t, const char *first, size_t a, const char *second,
                     size_t b)
{
    add(t, first);
    add_number(t, a);
    add(t, second);
    add_number(t, b);
}

static void add_misfit(growing *t, const hfi_shape_fault *f)
{
    switch (f->misfit) {
    case HFI_SHAPE_ENDS_EARLY:
        add(t, "needs ");
        add_bytes(t, f->needs);
        add_left(t, ", ", f->found);
        break;
    case HFI_SHAPE_OVERRUNS:
        add(t, "length ");
        add_number(t, f->needs);
        add_left(t, ", ", f->found);
        break;
    case HFI_SHAPE_TOO_SHORT:
        add_pair(t, "length ", f->found, ", at least ", f->needs);
        break;
    case HFI_SHAPE_TOO_LONG:
        add_pair(t, "length ", f->found, ", at most ", f->needs);
        break;
    case HFI_SHAPE_ODD:
        add(t, "odd length ");
        add_number(t, f->found);
        break;
    case HFI_SHAPE_LEFT_OVER:
        add_bytes(t, f->found);
        add(t, " left over");
        break;
    case HFI_SHAPE_VALUE:
        add_pair(t, "is ", f->found, ", must be ", f->needs);
        break;
    case HFI_SHAPE_ZERO_BYTE:
        add(t, "a zero byte in a name");
        break;
    case HFI_SHAPE_TWICE:
        add(t, "stands there twice");
        break;
    case HFI_SHAPE_TOO_MANY:
        add(t, "more than ");
        add_number(t, f->needs);
        break;
    case HFI_SHAPE_FITS:
        break;
    }
}

static void add_step(growing *t, const hfi_shape_step *step)
{
    if (step->name == NULL) {
        add(t, "extension ");
        add_number(t, (size_t)step->number);
        return;
    }
    add(t, step->name);
    if (step->number < 0)
        return;
    add(t, "[");
    add_number(t, (size_t)step->number);
    add(t, "]");
}

static void add_path(growing *t, const hfi_shape_fault *f, size_t from)
{
    if (from != 0)
        add(t, "... / ");
    for (size_t i = from; i < f->depth; i++) {
        add_step(t, &f->path[i]);
        add(t, i + 1 < f->depth ? " / " : " ");
    }
}

static void add_all(growing *t, const hfi_shape_fault *f, size_t from)
{
    add_path(t, f, from);
    add(t, "at byte ");
    add_number(t, f->at);
    add(t, " of ");
    add_number(t, f->size);
    add(t, ": ");
    add_misfit(t, f);
}

void hfi_shape_describe(const hfi_shape_fault *fault, char *text, size_t size)
{
    size_t from = 0;
    growing t;

    do { /* the last step says the most */
        t = (growing){text, size, 0};
        add_all(&t, fault, from);
    } while (t.len + 1 == size && ++from < fault->depth);
}

/* Those that say of a whole message or extension that it cannot be read. */
static bool is_about_syntax(hfi_err code)
{
    switch ((int)code) {
    case HFI_E_DECODE_SERVER_HELLO:
    case HFI_E_DECODE_ENCRYPTED_EXTENSIONS:
    case HFI_E_DECODE_CERTIFICATE_REQUEST:
    case HFI_E_DECODE_CERTIFICATE:
    case HFI_E_DECODE_CERTIFICATE_VERIFY:
    case HFI_E_DECODE_FINISHED:
    case HFI_E_DECODE_NEW_SESSION_TICKET:
    case HFI_E_DECODE_KEY_UPDATE:
    case HFI_E_DECODE_EXTENSION:
    case HFI_E_EXTENSION_DUPLICATE:
    case HFI_E_DECODE_CLIENT_HELLO:
    case HFI_E_TOO_MANY_EXTENSIONS:
    case HFI_E_DECODE_SERVER_KEY_EXCHANGE:
    case HFI_E_DECODE_SERVER_HELLO_DONE:
    case HFI_E_DECODE_CERTIFICATE_STATUS:
    case HFI_E_DECODE_HELLO_REQUEST:
    case HFI_E_DECODE_COMPRESSED_CERTIFICATE:
    case HFI_E_DECODE_CLIENT_KEY_EXCHANGE:
    case HFI_E_DECODE_END_OF_EARLY_DATA:
    case HFI_E_ALPN_EMPTY:
        return true;
    default:
        return false;
    }
}

/* Until here the detail of a malformed extension is its name alone, which the path has
 * as well. */
void hfi_shape_report(hfi_report *report, hfi_err code, const hfi_shape_context *context,
                      hfi_view body)
{
    bool has_name = code == HFI_E_DECODE_EXTENSION || code == HFI_E_ALPN_EMPTY;
    hfi_shape_fault fault;

    if (!is_about_syntax(code) || (report->detail[0] != '\0' && !has_name))
        return;
    if (hfi_shape_find(context, body, code, &fault))
        hfi_shape_describe(&fault, report->detail, sizeof report->detail);
}
