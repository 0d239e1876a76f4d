/* tests/vectors/rfc8448/messages.c: the steps that build messages and send records.
 * A message is checked for its framing and for what the trace computed before it (key
 * shares, Finished, signatures); it enters the transcript, whose hash later steps
 * check.  A record is sealed and opened with our keys. */
#include "play.h"

#include "crypto/provider.h"
#include "wire/reader.h"

enum {
    TYPE_CLIENT_HELLO = 1,
    TYPE_SERVER_HELLO = 2,
    TYPE_NEW_SESSION_TICKET = 4,
    TYPE_END_OF_EARLY_DATA = 5,
    TYPE_ENCRYPTED_EXTENSIONS = 8,
    TYPE_CERTIFICATE = 11,
    TYPE_CERTIFICATE_REQUEST = 13,
    TYPE_CERTIFICATE_VERIFY = 15,
    TYPE_FINISHED = 20,
    SUITE_AES_128_GCM_SHA256 = 0x1301,
};

static const struct {
    const char *name;
    uint8_t type;
} types[] = {
    {"ClientHello", TYPE_CLIENT_HELLO},
    {"ServerHello", TYPE_SERVER_HELLO},
    {"NewSessionTicket", TYPE_NEW_SESSION_TICKET},
    {"EndOfEarlyData", TYPE_END_OF_EARLY_DATA},
    {"EncryptedExtensions", TYPE_ENCRYPTED_EXTENSIONS},
    {"Certificate", TYPE_CERTIFICATE},
    {"CertificateRequest", TYPE_CERTIFICATE_REQUEST},
    {"CertificateVerify", TYPE_CERTIFICATE_VERIFY},
    {"Finished", TYPE_FINISHED},
};

/* RFC 8446 4.1.3: the random of a HelloRetryRequest, SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[32] = {0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11,
                                         0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
                                         0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E,
                                         0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

/* The SubjectPublicKeyInfo up to the key's numbers, RFC 3279 2.3.1 and RFC 5480 2: the
 * traces' own keys are RSA of 1024 bits with exponent 65537, and P-256. */
static const uint8_t spki_rsa_1024[] = {0x30, 0x81, 0x9f, 0x30, 0x0d, 0x06, 0x09, 0x2a,
                                        0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
                                        0x05, 0x00, 0x03, 0x81, 0x8d, 0x00, 0x30, 0x81,
                                        0x89, 0x02, 0x81, 0x81, 0x00};
static const uint8_t spki_p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

static const uint8_t *find(hfi_view in, hfi_view what)
{
    for (size_t i = 0; i + what.len <= in.len; i++)
        if (memcmp(in.p + i, what.p, what.len) == 0)
            return in.p + i;
    return NULL;
}

/* len bytes behind where prefix stands in the message; empty if it is not there. */
static hfi_view behind(hfi_view message, const uint8_t *prefix, size_t prefix_len,
                       size_t len)
{
    const uint8_t *at = find(message, hfi_view_of(prefix, prefix_len));
    if (at == NULL || (size_t)(message.p + message.len - at) < prefix_len + len)
        return hfi_view_of(NULL, 0);
    return hfi_view_of(at + prefix_len, len);
}

static hfi_public_key public_key(const trace_play *play, const trace_step *step)
{
    hfi_view message = trace_view(&play->certificate[trace_side(step)]);
    hfi_public_key key = {.type = HFI_KEY_RSA, .bits = 1024};

    key.modulus = behind(message, spki_rsa_1024, sizeof spki_rsa_1024, 128);
    key.exponent = play->rsa_exponent;
    if (key.modulus.len != 0)
        return key;
    key = (hfi_public_key){.type = HFI_KEY_EC_P256, .bits = 256};
    key.point = behind(message, spki_p256, sizeof spki_p256, 65);
    trace_check(step, key.point.len != 0, "the certificate's key was not found");
    return key;
}

static void check_certificate(trace_play *play, const trace_step *step, hfi_view message)
{
    hfi_side side = trace_side(step);

    play->certificate[side].len = 0;
    trace_append(&play->certificate[side], message);
    hfi_public_key key = public_key(play, step);
    if (side == HFI_SERVER && key.type == HFI_KEY_RSA)
        trace_check(step, hfi_view_equal(key.modulus, play->rsa_modulus),
                    "the server's RSA key is not the file's");
}

/* RFC 8446 4.4.3: 64 spaces, the context string, a zero, the transcript's hash. */
static void check_certificate_verify(const trace_play *play, const trace_step *step,
                                     hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    uint16_t scheme = hfi_read_u16(&r);
    hfi_view read = hfi_read_vec16(&r, 1, 65535);
    trace_check(step, hfi_reader_done(&r), "malformed");
    trace_check(step, scheme == 0x0804 || scheme == 0x0403, "signature scheme");

    trace_bytes content = {.len = 64};
    trace_bytes signature = {.len = 0};
    hfi_digest digest = trace_digest(play);
    const char *context = trace_side(step) == HFI_SERVER
                              ? "TLS 1.3, server CertificateVerify"
                              : "TLS 1.3, client CertificateVerify";
    memset(content.p, ' ', 64);
    trace_append(&content, hfi_view_of(context, strlen(context) + 1));
    trace_append(&content, hfi_view_of(digest.bytes, digest.len));
    trace_append(&signature, read);

    hfi_signature algorithm = scheme == 0x0804 ? HFI_RSA_PSS_SHA256 : HFI_ECDSA_SHA256;
    hfi_public_key key = public_key(play, step);
    trace_check(step,
                hfi_crypto_nettle.verify(algorithm, &key, trace_view(&content),
                                         trace_view(&signature)),
                "the signature does not verify");
    content.p[content.len - 1] ^= 1;
    trace_check(step,
                !hfi_crypto_nettle.verify(algorithm, &key, trace_view(&content),
                                          trace_view(&signature)),
                "the signature verifies over another transcript");
}

/* True for a HelloRetryRequest. */
static bool check_server_hello(const trace_play *play, const trace_step *step,
                               hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    (void)hfi_read_u16(&r);
    hfi_view random = hfi_read_bytes(&r, 32);
    (void)hfi_read_vec8(&r, 0, 32);
    trace_check(step, hfi_read_u16(&r) == SUITE_AES_128_GCM_SHA256, "cipher suite");
    trace_check(step, hfi_read_u8(&r) == 0, "compression");
    (void)hfi_read_vec16(&r, 6, 65535);
    trace_check(step, hfi_reader_done(&r), "malformed");

    bool retry = hfi_view_equal(random, hfi_view_of(retry_random, 32));
    trace_check(step, retry || find(body, trace_view(&play->share[HFI_SERVER])) != NULL,
                "the server's key share is not in it");
    return retry;
}

static void check_ticket(const trace_play *play, const trace_step *step, hfi_view body)
{
    hfi_reader r = hfi_reader_of(body);
    (void)hfi_read_u32(&r);
    (void)hfi_read_u32(&r);
    hfi_view nonce = hfi_read_vec8(&r, 0, 255);
    (void)hfi_read_vec16(&r, 1, 65535);
    (void)hfi_read_vec16(&r, 0, 65534);
    trace_check(step, hfi_reader_done(&r), "malformed");
    trace_check(step, hfi_view_equal(nonce, trace_view(&play->ticket->nonce)),
                "the nonce is not the one of the ticket's PSK");
}

static void add(trace_play *play, hfi_view message)
{
    (void)hfi_transcript_add(&play->transcript, &trace_alloc, message);
}

static void check_body(trace_play *play, const trace_step *step, uint8_t type,
                       hfi_view message, hfi_view body)
{
    const hfi_digest *finished = &play->finished[trace_side(step)];

    switch (type) {
    case TYPE_CLIENT_HELLO:
        trace_check(step, find(body, trace_view(&play->share[HFI_CLIENT])) != NULL,
                    "the client's key share is not in it");
        break;
    case TYPE_SERVER_HELLO: {
        bool retry = check_server_hello(play, step, body);
        hfi_transcript_start(&play->transcript, &trace_alloc, play->hash);
        if (retry)
            hfi_transcript_retry(&play->transcript);
        break;
    }
    case TYPE_CERTIFICATE:
        check_certificate(play, step, message);
        break;
    case TYPE_CERTIFICATE_VERIFY:
        check_certificate_verify(play, step, body);
        break;
    case TYPE_FINISHED:
        trace_check(step,
                    hfi_view_equal(body, hfi_view_of(finished->bytes, finished->len)),
                    "verify_data is not what was calculated");
        break;
    case TYPE_NEW_SESSION_TICKET:
        check_ticket(play, step, body);
        break;
    default:
        break; /* nothing in it that keys or records could check */
    }
}

static uint8_t type_of(const trace_step *step, const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    trace_fail(step, "unknown message");
}

void trace_construct(trace_play *play, trace_step *step, const char *name)
{
    trace_bytes message;
    trace_take(step, name, &message);

    hfi_reader r = hfi_reader_of(trace_view(&message));
    uint8_t type = hfi_read_u8(&r);
    uint32_t len = hfi_read_u24(&r);
    hfi_view body = hfi_read_rest(&r);
    trace_check(step, type == type_of(step, name), "the type is another");
    play->hello_is_cut = type == TYPE_CLIENT_HELLO && body.len < len;
    trace_check(step, play->hello_is_cut || body.len == len, "the length is another");

    check_body(play, step, type, trace_view(&message), body);
    trace_append(&play->flight[trace_side(step)], trace_view(&message));
    if (type != TYPE_NEW_SESSION_TICKET && !play->hello_is_cut)
        add(play, trace_view(&message));
}

/* A handshake record carries what the side has built since its last one.  Where the
 * ClientHello was built without its binders, the record is where it becomes whole. */
static void check_flight(trace_play *play, const trace_step *step, hfi_view payload)
{
    trace_bytes *flight = &play->flight[trace_side(step)];

    if (play->hello_is_cut) {
        const uint8_t head[3] = {0, (uint8_t)(play->binder.len + 1),
                                 (uint8_t)play->binder.len};
        trace_append(flight, hfi_view_of(head, sizeof head));
        trace_append(flight, hfi_view_of(play->binder.bytes, play->binder.len));
        add(play, trace_view(flight));
        play->hello_is_cut = false;
    }
    trace_check(step, hfi_view_equal(payload, trace_view(flight)),
                "the payload is not what was built");
    flight->len = 0;
}

void trace_send(trace_play *play, trace_step *step, hfi_content_type type)
{
    hfi_side side = trace_side(step);
    bool in_clear = play->seal[side].aead == NULL || type == HFI_CONTENT_CCS;
    uint16_t version = play->hello_sent ? 0x0303 : 0x0301;
    trace_bytes payload;
    trace_bytes record = {.len = 0};

    trace_take(step, "payload", &payload);
    if (type == HFI_CONTENT_HANDSHAKE)
        check_flight(play, step, trace_view(&payload));
    play->hello_sent = true;

    trace_check(step,
                hfi_record_sealed_size(&play->seal[side], payload.len) <= TRACE_VALUE_MAX,
                "too long");
    trace_check(step,
                hfi_record_seal(&play->seal[side], type, version, trace_view(&payload),
                                record.p, &record.len) == HFI_OK,
                "sealing failed");
    trace_expect(step, "complete record", trace_view(&record));

    hfi_record opened;
    hfi_err err;
    hfi_record_status status = hfi_record_open(
        &play->open[side], (hfi_span){record.p, record.len}, &opened, &err);
    trace_check(step, status == HFI_RECORD_READY, "opening failed");
    trace_check(step, opened.consumed == record.len, "opening took another length");
    trace_check(step, opened.type == type, "opened to another type");
    trace_check(step, opened.was_protected == !in_clear, "protection");
    trace_check(step,
                hfi_view_equal(hfi_view_of(opened.content.p, opened.content.len),
                               trace_view(&payload)),
                "opened to other bytes");
}
