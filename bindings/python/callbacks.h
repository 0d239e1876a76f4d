/* callbacks.h: the Python functions that C calls; see handfast/_callbacks.py. */
extern "Python" {
void hfpy_key_log(void *context, const hf_conn *conn, const char *line);
void hfpy_session(void *context, hf_conn *conn, hf_session *session);
int hfpy_certificate(void *context, hf_conn *conn);
int hfpy_sign(void *context, hf_conn *conn, int scheme, const uint8_t *content,
              size_t len, uint8_t *signature, size_t size, size_t *signature_len);
int64_t hfpy_unix_seconds(void *context);
int64_t hfpy_monotonic_microseconds(void *context);
int hfpy_random(void *context, uint8_t *bytes, size_t count);
ptrdiff_t hfpy_io_read(void *context, uint8_t *bytes, size_t count, int *error_number);
ptrdiff_t hfpy_io_write(void *context, const uint8_t *bytes, size_t count,
                        int *error_number);
}
