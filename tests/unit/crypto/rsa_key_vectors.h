/* tests/unit/crypto/rsa_key_vectors.h: private keys made for these tests with
 * OpenSSL 3.0, openssl genrsa N; and one whose p is no prime, made with Python's
 * integers. */
#ifndef HF_TESTS_CRYPTO_RSA_KEY_VECTORS_H
#define HF_TESTS_CRYPTO_RSA_KEY_VECTORS_H

#define KEY_1024_N                                                                 \
    "c53a47431e685a00d6c478f7a4f889fac21d60780d7a6f93a88c7313a9c670ca96a7538e43e3" \
    "1a90e0220f4f2c3657e75f6f680084d45dca8aba8e8003147d43a6b9d503541fd8e6c6730a8f" \
    "f7b130e20890900b0960780ba19bb1878ae35d0f1c5d0bfacae03ef897b0991bfb8d44bd902c" \
    "3d2c7f49e6a61580ed38051748f5"

#define KEY_1024_P                                                                 \
    "f936525e871a550ba075f7e55d0a425eeece0eb3243c5ef28e616d067813d7fa02e497686885" \
    "9d94e2e8552fc143238db2fa8d23ac8cba85e9377d5e9e079e4b"

#define KEY_1024_Q                                                                 \
    "ca997c179db62827fc2013579a8b791153744033a413a6e5660671179e5a61db3cee09939fc5" \
    "720aff6ea74ae936c040c293d18864586b3825f57b96a29f2dbf"

#define KEY_1024_DP                                                                \
    "7b4ad3af6e79a98f8a0032f7677356e8ae8e85193d991c8435ca9f6caee56a59872ade794a14" \
    "a8a46b29f4531ef2ff58f02e22bb7e775524410031e72899ae47"

#define KEY_1024_DQ                                                                \
    "1085fe11eb01ed3a7d9c9c173bfa7e1044af29814cb3719c29fb02843b9d017820fb04faee3f" \
    "eb322c6cf8e5ea2955fab223de25f291278577cb129e517b0bff"

#define KEY_1024_QINV                                                              \
    "3097ecbeaf5fb1fda06ca7171749c24934a83daead77c3400661a6b3af6cdd58bf4aca5c80b5" \
    "90ea2275350535107f54133751f1f508c947be2315c12732f201"

#define KEY_2048_N                                                                 \
    "b27d0c306e082b134c1b08586933798bbae61c6461ba01558cd04744ca4130d058208a5e3fda" \
    "172b9a94b4a9abbb442ccf75a6f71abe4ed78067e8a6bea5faffc30a8308e447ee4ed366771e" \
    "e18873526609e8ea7a8a5de84a0115ba4addb1a19bd1f1e273d5656ba360288562c20f32ef4f" \
    "d1e453fbb5f606b97b8c0286022def99a752e1b0eb64b5107fa77d4872388f037f02b7d70e8e" \
    "74e397115ae0ddc3d173f0519ffebb729245f49ec7f333c5f2c63492afffa248e3755bafecea" \
    "e1877c0b1f7c1cb3fd788d25df12ac4d5b95357c3c2fadd5ebd47ad4409d761a13ed10f1871f" \
    "956808ab175010963ecfb02db98d0e564087848e632023880ec5803d"

#define KEY_2048_P                                                                 \
    "e006ec4f940caaab1b5072753b0f5e1a83e08fde88ba57345c602a40e79971ca09bbedaa97d4" \
    "b52ccd07f96155edadd42b1b8167c234f0cc16b5dc58768360081a2fdbff417d5f3900f3d806" \
    "50a958478f30d09a37dc7218b603ba18cc5f2c57da3e5452fc33ec9b4b751c721950e23946e9" \
    "e7e39a5b7e253a33cdb38797731d"

#define KEY_2048_Q                                                                 \
    "cbf652724e25bd5b8cc2b50bb926e0cb335b567ac7e4711d1bd37679e35fb3a8f8d7ab71429c" \
    "22429eeda0b7b57ed14cac558cf3622628febf861ef7f6062de43041702f4db1a3cac6b1403a" \
    "2bbf7f69630a94a5476105a2e3ed473b095ed9851683406c6173d88957a77e3107d38085de08" \
    "413a971fcb36a57c4656502097a1"

#define KEY_2048_DP                                                                \
    "16cbfd8e1785b674550239b37e40111667a7195cced30f7eaf8bc5a0f7306128eb16a997bb7d" \
    "94b62b630d587f5301665ec09cc97f34bdf036bb68e1c3a598c71a4b167b02220ce793163d3c" \
    "5f46ec49d3e366c6daba5f0deeafb067479cc3b968e700d3b5005faa69e24ff3b869c7ab8670" \
    "d4fd0f3f12361d9719ee93f4b06d"

#define KEY_2048_DQ                                                                \
    "0a056c3f997f59326a5416b920bbbc47bf9a39418718be4603dbfbf2392db69212c7e5f086a9" \
    "4d35a0c16428228ebc91dbd5c83b1d136ae83958c9a4bd3dc87b71b385638d99b0c681c4abb7" \
    "2ff714b784da3c3b72aa5db0872a5d59953847cfb62f74b6de82e69cb8e5cdd972dcfd6f965d" \
    "29774b7d906a7aef0435b1722881"

#define KEY_2048_QINV                                                              \
    "a5c54823e99fa2b4587161c1e441423ac85f1f69c28103312788be2c4c3e8bef8e7499fb0bf7" \
    "d8b7c28ada9052ec0c484bbdd23ea7bdceec19e867231c3c3c663ee3a371a38be62de457b5ea" \
    "da43029a21fb8f900e4adab8e4f0eefb212f3f31d5c84769f5e0c9354f0d64b3bb8690fe143c" \
    "f813ef21907f3fa37ee3297ac050"

/* With KEY_2048_Q and KEY_2048_DQ: all equations hold. */
#define COMPOSITE_N                                                                \
    "b2dc6cbf14eaf80bd810edf38f1994d78a65b9c6532a170a0982ee250e81a5b74ca1ee3a1847" \
    "7bf09dfcc07b55b7eebf063e00e280c95da3547f187c1a723c6d5d6adf01855830fd1e6da3f8" \
    "94a9358bbc41357e4baf04068a200d553437dcb19e712cc9c4a611af7eb63f89f01e034aa766" \
    "1b8b3f271d13baec88673a6f00f4ef53751e51963f90142a4a17e22544efcf9421bcd495524c" \
    "e766ac54441573f413c38f162fa3bc2c37138d3ce206cdbe96c2e0da2cd5175554cd16871797" \
    "f3d0719d8f80ef33b87e70f97f06996fa7d5b6a2660de4312d9e45e42f74d8a96769d208dc00" \
    "a177476778cfd70a615b1a594ca974848a32d44613c7e399e183acd7"

#define COMPOSITE_P                                                                \
    "e07ea26027d50133ef0c368a9e9de00236efabe82b04ff65df952a661d763dfccf30f6798084" \
    "d8fa919639351a6d635c671df3658a5a993991876c63b50ef02f88c2dd8fa887d0293dd84cb2" \
    "2df67e791c6a757fd73cf1990323972d7330d0a4c7c8a7ee5d5f91ccfed19736659d8ef62aa5" \
    "b67d49f141b3ec9ccb679e9b9177"

#define COMPOSITE_DP                                                               \
    "29532650cd0448d4668cb8fd8b75446723f5ba8f625be927b7a09dcd6e5ef5ca33d9af856e43" \
    "062e19dead69391429d638a52ac8e64f0725b1c45c0f7ea4e151debb004e1197ee99a8e8c835" \
    "84807b878fd3890d9f717887d22c1b0822cc399c1baab43f0cb12b05b162a3933fe1610faf8a" \
    "11adbe8ecaa97444e8ac8a65d8c1"

#define COMPOSITE_QINV                                                             \
    "91ab9333a110d408686f85c4b0bcbddc08fded180190d892b0336b403648a35c0a15eef5e400" \
    "2235b379060d79c773c5861092c3e5d46ab5f2bdaf0f02bf6b76d6541fa6a8ac928ae2fb31b0" \
    "e1a1ca5a4920d6655414452bc184972baff5632162527f615a51499ba4d0a2ac620c55a7f5a5" \
    "dbb0087bdc422dc6989aaabe7a51"

#endif
