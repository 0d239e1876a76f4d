/* tests/unit/keys/tls12_vectors.h: made by tls12_vectors.py. */
#ifndef HF_TEST_TLS12_VECTORS_H
#define HF_TEST_TLS12_VECTORS_H

/* clang-format off */
struct tls12_vectors {
    const char *transcript;
    const char *master;
    const char *extended_master;
    const char *client_finished;
    const char *server_finished;
    const char *exported;
    const char *exported_empty;
    const char *exported_context;
    const char *exported_long;
    const char *one_byte;
    const char *one_block;
    const char *five_blocks;
    const char *long_secret;
    const char *gcm_client_key;
    const char *gcm_server_key;
    const char *gcm_client_salt;
    const char *gcm_server_salt;
    const char *chacha_client_key;
    const char *chacha_server_key;
    const char *chacha_client_salt;
    const char *chacha_server_salt;
};

static const struct tls12_vectors sha256_vectors = {
    .transcript =
        "3f3af1ecebbd1410ab417ec0d27bbfcb5d340e177ae159b59fc8626c2dfd9175",
    .master =
        "b0e0f54463f56f0f3a3d90264afb7bb19d2662f21d0755406f441314d2e44a2f60f753a230d63b86"
        "0af94a71c3d03c5b",
    .extended_master =
        "7a9a7cc052f29e1406ef6cf43df8c5508744154c9e0b0149250ae94f33e5d08ba8065f1997cf8316"
        "ad832404b203f263",
    .client_finished =
        "21816c29630f623884c83ad0",
    .server_finished =
        "b84b6ac8651669854a3f77b2",
    .exported =
        "4ec6d86a664e2edc50a389ddd39bcbe22bbd9b126ee89309adde04f8d9473477caf1f32971ea929c"
        "48a6c2d6d138aa2c6ac57594932353421d73618ec74698ccd46cc4c1cfed495468f9cc5321130414"
        "99341a4c3b5ef165d895fe661a601bd32b72083e",
    .exported_empty =
        "4537833f546fb2fc25c9c3651f27f262928daafa87ca6e1ca7d53304093444f8846633c84cf1c994"
        "540d3acac2277b51cd8079765c61e1826336c213ac46e58fd19f368ba9de33279dcf3c2cc68a239a"
        "946952c208cd98f90913dfdb0522fc92801844ba",
    .exported_context =
        "c2d1c1343a533473dcff7fb37d3ead65bc7c3ef4c72e7b150835a022497e0e196cf290c0a79edab5"
        "275f961d83ce63d165a1e0f8aa1d3c161960ae4c9d3d85f58b6e0ec2ed7644ae7c5aa399a90deaaa"
        "720960098ce168a64e73907790831dc6a79fe61d",
    .exported_long =
        "d31ed56ebc12925723af44d115140be5487ec819a1906e8ec8803262232a1562",
    .one_byte =
        "fc",
    .one_block =
        "fcf39d77d8ca7ca88b33bbe7c5c7e4a09baf4124e357d41011d6a3119acfc2d2",
    .five_blocks =
        "675628dc6dfa88b3f98f92c4390743a78eb0af9e3031e8b81c9a54594f5762f2223ad8b35de1e8c4"
        "04a094cc001ad14359f0826884fb4a989df8636cb241ffd40ce5dcd566618504fc5c8b8a9ebac15b"
        "1a34c55b3b6afb98fc533fb59b536df9374d46635f11189d3616a04293f9771c5179d2716f5800bf"
        "5c6d6b6f69682b56f0c2cb3501ba74bfecb80d8507767ae704b4f636e2f3477ad6089c8ee5295d22"
        "6e",
    .long_secret =
        "a85dfccce983e95354e7987e421dae27199811b9652f2e264275bc357e803bcf540c4113f6b360ee",
    .gcm_client_key =
        "1c83198deb65e43a672e1a9893527fde",
    .gcm_server_key =
        "93eac710dd3cc0d39d1d39500c140101",
    .gcm_client_salt =
        "82e12c16",
    .gcm_server_salt =
        "6a510023",
    .chacha_client_key =
        "1c83198deb65e43a672e1a9893527fde93eac710dd3cc0d39d1d39500c140101",
    .chacha_server_key =
        "82e12c166a51002347a42345a08fb612f8a940af5933ce89b160343e73bf8a0f",
    .chacha_client_salt =
        "0ea52938d25ba6c9bd4748bc",
    .chacha_server_salt =
        "c17d92feabfb6d8f35c110cb",
};

static const struct tls12_vectors sha384_vectors = {
    .transcript =
        "b1e24729396710ce6a41d8ebcb1a55709bd807a101ba2743843b0d5f73e1b4da49e07126f16045a3"
        "9676de257a1ed8a8",
    .master =
        "3132968f90736a4fb71c1a8f6b79d7ffc6b3f92f475d601afb7141c084f12887095d4b9860994a53"
        "fde377c4f95de354",
    .extended_master =
        "b89b5c199aaabae330ee612d3c2e9632c41beda7bbfe3a862d873029dee3a69aff2753898e44c2c0"
        "f2d30ea89cc271cc",
    .client_finished =
        "6d2db278b43dcf3f18851cc1",
    .server_finished =
        "69a933c5b44aacb880a4af46",
    .exported =
        "e62a563ad7ccf2c7119ae6585c80212daa597b10bea8b7d837fe6ec429fd58accdf72dc6db68e0a4"
        "acd1c3577dfbcf112dcf96cd754315066f579128dea44fda4f1435338ccc6b09eef94c4fe9e3bdb5"
        "32af3b001737c2e4667b56e815803cb85ecdcb73",
    .exported_empty =
        "d21aa68ff1c211186ee8b31798bcc3ef344dd18b8cfc5d4352d30d52a920afd1589167ae02a916c4"
        "1434faa2144a86f4e5ac48a7f4ad3bf82f6d89d7c5e30cd7a1d9cffc4da15defa25a81e82f38fb11"
        "c2b08c149fd737ad2993c19808bd8c9e98d1e780",
    .exported_context =
        "76da4664d20c57c5fdcc5eb82ee0d1b1cfe9e03ce3988cd5e27405bbe481cef9fd222449f662ff34"
        "e7a009036a85fdf5fd840e035cebf21e4d4fb1897e71d1d06b667347d211a551705f053117876e0e"
        "5a0c019a15565b879733b692993de0ee1f492b24",
    .exported_long =
        "868d3f27dd2c1cf64f62a85e571ed3bf92a9ee3533b70f16dd67ad607ea827b7",
    .one_byte =
        "4d",
    .one_block =
        "4d7106382ce203ecabde7c926475e3b016c97041b2741a7a500351008e917e481c2a931b17e08e61"
        "3f94c88b03e1fdef",
    .five_blocks =
        "9ff63a443841a3ac0064790e6612bb6d32510c0228fa9ecdb8accc99aed6e296c06276e0ad9705d4"
        "a9cfc025ba208a4588478fc49167633956cc13c852cb3d616b161758acfb9114573f74a397790acf"
        "d0277b3df8a5b6189203f39583876123f3f1cbd5341f75f1843d1a9991eb5a728ea4c6de4e2a8c96"
        "91e8c5441314b177383e71fdb4d2b99422a3625277975df6517618de4109878bf0073cf8207a5f6a"
        "b095b751521046430458f8b65f40a72af54c514ddd999490517a045fd216b797407d07e5cd3aaf5f"
        "19dfa2b75b341ab30e80d1efeda76cee56d19bc4001e94b3c2ce450abf7ff9a421d79f73deecf73c"
        "ae",
    .long_secret =
        "c89129b4e52e38af8583b35560f103dcaa9cc957ff7384b17bc4843876a8c2a4ab2305833de81278",
    .gcm_client_key =
        "fc5c1cf2c090a53aac6e0e2094abfc993a39cdf507540e43d7af1fc6ae63be12",
    .gcm_server_key =
        "dc0454091c587f5e28fee4f29478d10942d753b72ba3590855c77da8d41da088",
    .gcm_client_salt =
        "9122e851",
    .gcm_server_salt =
        "992f578b",
    .chacha_client_key =
        "fc5c1cf2c090a53aac6e0e2094abfc993a39cdf507540e43d7af1fc6ae63be12",
    .chacha_server_key =
        "dc0454091c587f5e28fee4f29478d10942d753b72ba3590855c77da8d41da088",
    .chacha_client_salt =
        "9122e851992f578b0cf23327",
    .chacha_server_salt =
        "56efc4a18a0dea2571aa0b2b",
};

/* clang-format on */
#endif
