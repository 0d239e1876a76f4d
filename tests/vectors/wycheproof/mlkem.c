/* tests/vectors/wycheproof/mlkem.c: ML-KEM, with the three parameter sets. */
#include "crypto/mlkem/mlkem.h"
#include "vectors.h"

static const hfi_mlkem *set_of(const json_t *group)
{
    static const hfi_mlkem *const sets[] = {&hfi_mlkem_512, &hfi_mlkem_768,
                                            &hfi_mlkem_1024};
    const char *name = text_member(group, "parameterSet");
    size_t i = 0;

    while (i < 2 && strcmp(sets[i]->name, name) != 0)
        i++;
    return sets[i];
}

static bool is_same(const uint8_t *got, size_t len, hfi_view want)
{
    return hfi_view_equal(hfi_view_of(got, len), want);
}

/* From a seed: the key, and the secret of a ciphertext by both ways.  An invalid test
 * has a seed or a ciphertext of another length. */
outcome check_mlkem(const json_t *group, const json_t *test, const char **why)
{
    const hfi_mlkem *set = set_of(group);
    hfi_view seed = hex_member(test, "seed");
    hfi_view ct = hex_member(test, "c");
    uint8_t *ek = scratch(set->ek_len);
    uint8_t *dk = scratch(set->dk_len);
    uint8_t *secret = scratch(HFI_MLKEM_SECRET);
    uint8_t *again = scratch(HFI_MLKEM_SECRET);

    (void)why;
    if (seed.len != HFI_MLKEM_SEED) /* the type of the argument says so */
        return REFUSED;
    hfi_mlkem_keygen(set, seed.p, ek, dk);
    if (json_object_get(test, "ek") != NULL &&
        !is_same(ek, set->ek_len, hex_member(test, "ek")))
        return DIFFERS;
    bool ok = hfi_mlkem_decaps_seed(set, seed.p, ct, secret);
    if (hfi_mlkem_decaps(set, hfi_view_of(dk, set->dk_len), ct, again) != ok)
        return DIFFERS;
    if (!ok)
        return REFUSED;
    hfi_view want = hex_member(test, "K");
    return is_same(secret, HFI_MLKEM_SECRET, want) &&
                   is_same(again, HFI_MLKEM_SECRET, want)
               ? TAKEN
               : DIFFERS;
}

outcome check_mlkem_encaps(const json_t *group, const json_t *test, const char **why)
{
    const hfi_mlkem *set = set_of(group);
    hfi_view m = hex_member(test, "m");
    uint8_t *ct = scratch(set->ct_len);
    uint8_t *secret = scratch(HFI_MLKEM_SECRET);

    (void)why;
    if (m.len != HFI_MLKEM_RANDOM)
        return DIFFERS; /* there is none */
    if (!hfi_mlkem_encaps(set, hex_member(test, "ek"), m.p, ct, secret))
        return REFUSED;
    return is_same(ct, set->ct_len, hex_member(test, "c")) &&
                   is_same(secret, HFI_MLKEM_SECRET, hex_member(test, "K"))
               ? TAKEN
               : DIFFERS;
}

outcome check_mlkem_keygen(const json_t *group, const json_t *test, const char **why)
{
    const hfi_mlkem *set = set_of(group);
    hfi_view seed = hex_member(test, "seed");
    uint8_t *ek = scratch(set->ek_len);
    uint8_t *dk = scratch(set->dk_len);

    (void)why;
    if (seed.len != HFI_MLKEM_SEED)
        return REFUSED;
    hfi_mlkem_keygen(set, seed.p, ek, dk);
    return is_same(ek, set->ek_len, hex_member(test, "ek")) &&
                   is_same(dk, set->dk_len, hex_member(test, "dk"))
               ? TAKEN
               : DIFFERS;
}

outcome check_mlkem_decaps(const json_t *group, const json_t *test, const char **why)
{
    uint8_t *secret = scratch(HFI_MLKEM_SECRET);

    (void)why;
    if (!hfi_mlkem_decaps(set_of(group), hex_member(test, "dk"), hex_member(test, "c"),
                          secret))
        return REFUSED;
    return is_same(secret, HFI_MLKEM_SECRET, hex_member(test, "K")) ? TAKEN : DIFFERS;
}
