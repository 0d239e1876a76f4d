/* tests/ct/test_ct_mlkem.c: ML-KEM with secrets that memcheck takes for undefined.
 *
 *     test_ct_mlkem        all operations; memcheck must stay silent
 *     test_ct_mlkem leak   one branch on a secret; memcheck must speak */
#include <stdio.h>

#include <valgrind/memcheck.h>

#include "crypto/mlkem/mlkem.h"

static void secret(void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

static void public(void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(p, len);
}

/* Every operation of one set; false if it does not even agree with itself. */
static int exchange(const hfi_mlkem *set, int changed)
{
    uint8_t seed[HFI_MLKEM_SEED], random[HFI_MLKEM_RANDOM];
    uint8_t ek[HFI_MLKEM_EK_MAX], dk[HFI_MLKEM_DK_MAX], ct[HFI_MLKEM_CT_MAX];
    uint8_t ours[HFI_MLKEM_SECRET], theirs[HFI_MLKEM_SECRET], third[HFI_MLKEM_SECRET];
    const size_t s_bytes = 384 * (size_t)set->k;

    memset(seed, 0x17 + changed, sizeof seed);
    memset(random, 0x33, sizeof random);
    secret(seed, sizeof seed);
    secret(random, sizeof random);

    hfi_mlkem_keygen(set, seed, ek, dk);
    public(ek, set->ek_len);
    public(&dk[s_bytes], set->ek_len + 32); /* ek and its hash, as 7.3 checks */
    int ok = hfi_mlkem_encaps(set, hfi_view_of(ek, set->ek_len), random, ct, theirs);
    public(ct, set->ct_len);
    ct[0] ^= (uint8_t)changed; /* implicit rejection must look the same */
    hfi_view sent = hfi_view_of(ct, set->ct_len);
    ok &= hfi_mlkem_decaps_seed(set, seed, sent, ours);
    ok &= hfi_mlkem_decaps(set, hfi_view_of(dk, set->dk_len), sent, third);

    public(ours, sizeof ours);
    public(theirs, sizeof theirs);
    public(third, sizeof third);
    return ok && memcmp(ours, third, sizeof ours) == 0 &&
           (memcmp(ours, theirs, sizeof ours) != 0) == (changed != 0);
}

static int leak(void)
{
    uint8_t byte = 3;
    secret(&byte, 1);
    if (byte > 2)
        puts("a branch on a secret");
    return 0;
}

int main(int argc, char **argv)
{
    static const hfi_mlkem *const sets[] = {&hfi_mlkem_512, &hfi_mlkem_768,
                                            &hfi_mlkem_1024};

    if (argc == 2 && strcmp(argv[1], "leak") == 0)
        return leak();
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (!exchange(sets[i], 0) || !exchange(sets[i], 1)) {
            fprintf(stderr, "%s does not agree with itself\n", sets[i]->name);
            return 1;
        }
    }
    return 0;
}
