/* callbacks.h: the Python functions that C calls; see handfast/_callbacks.py. */
extern "Python" {
void hfpy_key_log(void *context, const hf_conn *conn, const char *line);
void hfpy_session(void *context, hf_conn *conn, hf_session *session);
int hfpy_certificate(void *context, hf_conn *conn);
int hfpy_sign(void *context, hf_conn *conn, int scheme, const uint8_t *content,
              size_t len, uint8_t *signature, size_t size, size_t *signature_len);
int hfpy_verify(void *context, hf_conn *conn, int result);
int hfpy_client_hello(void *context, hf_conn *conn);
int hfpy_alpn(void *context, hf_conn *conn, const uint8_t *offered, size_t offered_len,
              const uint8_t **name, size_t *name_len);
int hfpy_psk(void *context, hf_conn *conn, const uint8_t *identity, size_t identity_len,
             uint8_t *key, size_t size, size_t *key_len, const char **hash);
int hfpy_early_data(void *context, hf_conn *conn, const uint8_t *hello, size_t len,
                    int64_t seconds);
int hfpy_store_find(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                    uint8_t *value, size_t value_size, size_t *value_len);
void hfpy_store_put(void *context, hf_conn *conn, const uint8_t *id, size_t id_len,
                    const uint8_t *value, size_t value_len, int64_t lifetime);
void hfpy_store_remove(void *context, hf_conn *conn, const uint8_t *id, size_t id_len);
int64_t hfpy_unix_seconds(void *context);
int64_t hfpy_monotonic_microseconds(void *context);
int hfpy_random(void *context, uint8_t *bytes, size_t count);
ptrdiff_t hfpy_io_read(void *context, uint8_t *bytes, size_t count, int *error_number);
ptrdiff_t hfpy_io_write(void *context, const uint8_t *bytes, size_t count,
                        int *error_number);
}
