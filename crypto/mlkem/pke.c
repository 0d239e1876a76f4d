/* crypto/mlkem/pke.c: K-PKE, FIPS 203 5. */
#include "crypto/mlkem/pke.h"
#include "base/ct.h"
#include "crypto/mlkem/sample.h"
#include "crypto/mlkem/sponge.h"

enum { ETA2 = 2, K_MAX = HFI_MLKEM_K_MAX };

/* Where the index-th of a row of encoded polynomials begins. */
static size_t place_of(unsigned index)
{
    return (size_t)HFI_MLKEM_POLY_BYTES * index;
}

static void sample_matrix(const hfi_mlkem *set, const uint8_t *rho, hfi_pke_key *key)
{
    for (unsigned row = 0; row < set->k; row++) {
        for (unsigned column = 0; column < set->k; column++)
            hfi_mlkem_sample_ntt(&key->matrix[row][column], rho, (uint8_t)column,
                                 (uint8_t)row);
    }
}

/* k transformed polynomials out of the nonces from nonce on. */
static void sample_vector(const hfi_mlkem *set, hfi_poly *vector, const uint8_t *seed,
                          unsigned nonce)
{
    for (unsigned i = 0; i < set->k; i++) {
        hfi_mlkem_sample_cbd(&vector[i], set->eta1, seed, (uint8_t)(nonce + i));
        hfi_poly_ntt(&vector[i]);
    }
}

void hfi_pke_keygen(const hfi_mlkem *set, const uint8_t d[32], hfi_pke_key *key,
                    hfi_pke_secret *secret, uint8_t *ek)
{
    const uint8_t k = (uint8_t)set->k;
    uint8_t seeds[HFI_SHA3_512_SIZE]; /* rho, sigma */
    hfi_poly e[K_MAX];
    hfi_sponge g = hfi_sponge_sha3_512();

    hfi_sponge_absorb(&g, hfi_view_of(d, 32));
    hfi_sponge_absorb(&g, hfi_view_of(&k, 1));
    hfi_sponge_finish(&g, seeds, sizeof seeds);
    sample_matrix(set, seeds, key);
    sample_vector(set, secret->s, &seeds[32], 0);
    sample_vector(set, e, &seeds[32], set->k);

    for (unsigned row = 0; row < set->k; row++) {
        memset(&key->t[row], 0, sizeof key->t[row]);
        for (unsigned i = 0; i < set->k; i++)
            hfi_poly_multiply_add(&key->t[row], &key->matrix[row][i], &secret->s[i]);
        hfi_poly_restore(&key->t[row]);
        hfi_poly_add(&key->t[row], &e[row]);
        hfi_poly_normalise(&key->t[row]);
        hfi_mlkem_encode_ntt(&ek[place_of(row)], &key->t[row]);
    }
    memcpy(&ek[place_of(set->k)], seeds, 32);
    hfi_wipe(seeds, sizeof seeds);
    hfi_wipe(e, sizeof e);
}

bool hfi_pke_read_key(const hfi_mlkem *set, const uint8_t *ek, hfi_pke_key *key)
{
    for (unsigned i = 0; i < set->k; i++) {
        if (!hfi_mlkem_decode_ntt(&key->t[i], &ek[place_of(i)]))
            return false;
    }
    sample_matrix(set, &ek[place_of(set->k)], key);
    return true;
}

void hfi_pke_write_secret(const hfi_mlkem *set, const hfi_pke_secret *secret,
                          uint8_t *out)
{
    for (unsigned i = 0; i < set->k; i++) {
        hfi_poly s = secret->s[i];
        hfi_poly_normalise(&s);
        hfi_mlkem_encode_ntt(&out[place_of(i)], &s);
        hfi_wipe(&s, sizeof s);
    }
}

/* FIPS 203 7.3 asks for no check here; numbers of q and more are taken modulo q. */
void hfi_pke_read_secret(const hfi_mlkem *set, const uint8_t *in, hfi_pke_secret *secret)
{
    for (unsigned i = 0; i < set->k; i++) {
        (void)hfi_mlkem_decode_ntt(&secret->s[i], &in[place_of(i)]);
        hfi_poly_normalise(&secret->s[i]);
    }
}

/* sum = the product of two vectors, plain again; b is a column of the matrix if
 * stride is its width. */
static void inner_product(const hfi_mlkem *set, hfi_poly *sum, const hfi_poly *a,
                          const hfi_poly *b, size_t stride)
{
    memset(sum, 0, sizeof *sum);
    for (unsigned i = 0; i < set->k; i++)
        hfi_poly_multiply_add(sum, &a[i], &b[i * stride]);
    hfi_poly_inverse_ntt(sum);
}

static void add_noise(hfi_poly *sum, const uint8_t *r, unsigned nonce)
{
    hfi_poly noise;

    hfi_mlkem_sample_cbd(&noise, ETA2, r, (uint8_t)nonce);
    hfi_poly_add(sum, &noise);
    hfi_wipe(&noise, sizeof noise);
}

void hfi_pke_encrypt(const hfi_mlkem *set, const hfi_pke_key *key,
                     const uint8_t message[HFI_MLKEM_MESSAGE], const uint8_t r[32],
                     uint8_t *ct)
{
    const size_t u_bytes = (size_t)32 * set->du;
    hfi_poly y[K_MAX], sum, mu;

    sample_vector(set, y, r, 0);
    for (unsigned i = 0; i < set->k; i++) {
        inner_product(set, &sum, y, &key->matrix[0][i], K_MAX);
        add_noise(&sum, r, set->k + i);
        hfi_poly_normalise(&sum);
        hfi_mlkem_compress(&ct[u_bytes * i], &sum, set->du);
    }
    inner_product(set, &sum, y, key->t, 1);
    add_noise(&sum, r, 2 * set->k);
    hfi_mlkem_decompress(&mu, message, 1);
    hfi_poly_add(&sum, &mu);
    hfi_poly_normalise(&sum);
    hfi_mlkem_compress(&ct[u_bytes * set->k], &sum, set->dv);
    hfi_wipe(y, sizeof y);
    hfi_wipe(&sum, sizeof sum);
    hfi_wipe(&mu, sizeof mu);
}

void hfi_pke_decrypt(const hfi_mlkem *set, const hfi_pke_secret *secret,
                     const uint8_t *ct, uint8_t message[HFI_MLKEM_MESSAGE])
{
    const size_t u_bytes = (size_t)32 * set->du;
    hfi_poly u[K_MAX], v, w;

    for (unsigned i = 0; i < set->k; i++) {
        hfi_mlkem_decompress(&u[i], &ct[u_bytes * i], set->du);
        hfi_poly_ntt(&u[i]);
    }
    inner_product(set, &w, u, secret->s, 1);
    hfi_mlkem_decompress(&v, &ct[u_bytes * set->k], set->dv);
    hfi_poly_subtract_from(&w, &v);
    hfi_poly_normalise(&w);
    hfi_mlkem_compress(message, &w, 1);
    hfi_wipe(&w, sizeof w);
}
