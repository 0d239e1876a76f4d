/* crypto/mlkem/encode.h: polynomials as bytes, FIPS 203 4.2.1. */
#ifndef HFI_CRYPTO_MLKEM_ENCODE_H
#define HFI_CRYPTO_MLKEM_ENCODE_H

#include "crypto/mlkem/poly.h"

enum {
    HFI_MLKEM_POLY_BYTES = 384, /* with 12 bits a coefficient */
    HFI_MLKEM_MESSAGE = 32,     /* with 1 bit a coefficient */
};

/* ByteEncode12 and ByteDecode12, algorithms 5 and 6, of a transformed polynomial.  The
 * first takes a normalised one.  The second leaves 0..4095, and says whether all
 * are below q, which is the check of 7.2; only public bytes may be refused by it. */
void hfi_mlkem_encode_ntt(uint8_t out[HFI_MLKEM_POLY_BYTES], const hfi_poly *poly);
bool hfi_mlkem_decode_ntt(hfi_poly *poly, const uint8_t in[HFI_MLKEM_POLY_BYTES]);

/* Compress and ByteEncode with d bits, 1 to 11, and back: 32 d bytes.  Takes a
 * normalised polynomial, and leaves one. */
void hfi_mlkem_compress(uint8_t *out, const hfi_poly *poly, unsigned d);
void hfi_mlkem_decompress(hfi_poly *poly, const uint8_t *in, unsigned d);

#endif
