/* tests/unit/keys/schedule_vectors.h: made by schedule_vectors.py. */
#ifndef HF_TEST_SCHEDULE_VECTORS_H
#define HF_TEST_SCHEDULE_VECTORS_H

/* clang-format off */
struct schedule_vectors {
    const char *early_no_psk;
    const char *early;
    const char *binder;
    const char *binder_external;
    const char *early_traffic;
    const char *early_exporter;
    const char *handshake;
    const char *client_handshake;
    const char *server_handshake;
    const char *client_finished;
    const char *server_finished;
    const char *main;
    const char *client_application;
    const char *server_application;
    const char *exporter;
    const char *resumption;
    const char *key;
    const char *iv;
    const char *updated;
    const char *updated_twice;
    const char *ticket_psk;
    const char *ticket_psk_no_nonce;
    const char *exported;
    const char *exported_no_context;
};

static const struct schedule_vectors sha256_vectors = {
    .early_no_psk =
        "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a",
    .early =
        "46bd320605c5a6b6163ab70bc6345b92a5f908e79fe58979c23ebb47d1a5e307",
    .binder =
        "0e20c9ca06f1549e3f56c731bff2658303304a532839d85fdcdd94570a35b086",
    .binder_external =
        "8150fbeea3edd12f9b612cb018c870e76e822ccc313541b55b6f1ba254011268",
    .early_traffic =
        "44ae0d84bf6fa7eabace5be6abb3e3a1fa6a048bc93df03162c9e569c9dcaec7",
    .early_exporter =
        "e345d6835849233c2ddade7346666f14319950e79f2f4ab20ded7365b90aa8ba",
    .handshake =
        "ef59e69f0d27c317e24dfaccd6e3ccd0fec31ee5f733fa4ed377c169c3540260",
    .client_handshake =
        "c7a56de41c087c5cd1bd0a48bbe9d7428553151cd21cf3fd754a7507a3c80fe0",
    .server_handshake =
        "f107e6cf881cba5f4bb3eff140cd859d118ffb2021e3ec9b9867c5bc59e9cc69",
    .client_finished =
        "82375b13ba33f0b4225f21e999a46bb484ea0dc8d520930192259b5e81a7ea94",
    .server_finished =
        "10a0a3d1caccca3c1f5bb81eca151cca5f0b1806db35d0bc17d233c7f1d87efc",
    .main =
        "238d2e9981343e3e0171c4f58e75570fb69194d2db24e964eab263a1d8ed40a6",
    .client_application =
        "ed04b34b1e8de3094404b5723618786008a777f88ce2bb1fdb968fe859ba7d94",
    .server_application =
        "9464ffeb3dcc3e0f654fc9090a7d51b910c88654820025fcc7b91ab28fd1ea7e",
    .exporter =
        "b67b31e15c08c9198013f379989a782df69a95079c341dfdf2f6f969022d220e",
    .resumption =
        "5180a595a241b3536ac7fef071ba5d17ecb911015af19382687c9fb3f05eba92",
    .key =
        "2927f104ee356d59d03962c0c9befacc",
    .iv =
        "004965b78d9e39490eabdb3e",
    .updated =
        "c738f07733c11c8f87687287f2f80def4f1f3d0b075b3f987793ea38a85d0444",
    .updated_twice =
        "34d0031c820a239a71b00e4fab7e6d08a5efa7513e14d336a8cfdbf702abe086",
    .ticket_psk =
        "c910068c47eb1dd0fbde483facef9774e4c427a65f704cd6b457a5804d0e0a57",
    .ticket_psk_no_nonce =
        "7ec1167c523871577cff55fc19a19970b53de79e97144f643a3f3f2eb23a670b",
    .exported =
        "b4ef1241d4c811f410d4eb48a3fa380be034bc0298d78f58fb2dd314d58bf79bbf2761771f80a2d2"
        "fc8045d806fa2313fa646fb99226db8a870ed91587bf111b5d1b9bcb0bb52f4e4e7e86b78642b2b9"
        "346f716c08e205f1f801ccc063bd611cc43ab19d",
    .exported_no_context =
        "ecda4da66895691961714bce001b19d2d4703840420e8a97d27f3b2265e0cc62",
};

static const struct schedule_vectors sha384_vectors = {
    .early_no_psk =
        "7ee8206f5570023e6dc7519eb1073bc4e791ad37b5c382aa10ba18e2357e716971f9362f2c2fe2a7"
        "6bfd78dfec4ea9b5",
    .early =
        "360732e7447a7e51164ebc696c02061ead7f37c94691c4c830c8bb5ccc75ad69aa72ba3bc5d81124"
        "86c6d0c5c6b9e0be",
    .binder =
        "81853e281f131d8a53ae20cf1df9e8c04669ca7233930ce4f0523054cb6a443f3a40b0861fab5468"
        "e95721d9ea0ee94d",
    .binder_external =
        "6579d307085e31c1e26f6ff8d6bc48abc2bd6ce7acafab831feb845ff00b9c1befaeab4ce0ce7353"
        "e5d62abffb1af9cd",
    .early_traffic =
        "e04ee803012726a0d51d4434cea09a79e5acebfabe23248dee7051890b33969532fc9186316bdb13"
        "93a734a01daae8f9",
    .early_exporter =
        "32999c32aa9c7b995835cbda01803d2b13548e6469386078ef31aae7450096637592ba565d5f1e1e"
        "1a3e0bb108a28bf9",
    .handshake =
        "2d0d94f1035b4f0dd2e26d2323e8512d83d369860e719d8244421d2eaf5fcf6cf9e96dd85905f92d"
        "3c82c4dd3c2a23d6",
    .client_handshake =
        "1b9845bce02506dec7a268d343a9b17b35cf06a112b2def37e86f1c631f4996a5501cf45ce945ac4"
        "c709009fdec2454b",
    .server_handshake =
        "24d99651b488d67be9b55109e3d31691d9155f320dd600c1a15f9cb53c31aad78e6b95dc31f8347d"
        "5c727b29906a816d",
    .client_finished =
        "36b8eb4db0268d8170d7f4ec2a3ef1dcacf9db9382fee10f2bfc2217c54b9e08588b2b8c21256092"
        "03db13a653446004",
    .server_finished =
        "5ab604c51601ac78fdfd650c672b6a5ec078818e6f0132e9d6c5561c68b39e05593c82bb801ab319"
        "ea8078fff48c1031",
    .main =
        "62dce73e2a566d404e5c1f12da42a3fa12db5901fec24bca803a570cbbf8ab26d1f4ac883770bf23"
        "8a795f0fe1fe15cb",
    .client_application =
        "a81841132ddf554c30068133a3ffbb06faabc3e585c015759ebf8c16f9c92c4e1fa07bd996f90987"
        "5411d65c767e5eb2",
    .server_application =
        "da41f4021b2bab108e02e943f54bc4182c903740e2e22f9735a8d8a7dad69face5c86217a3e6e135"
        "6057dae840cecd59",
    .exporter =
        "665610d5bb37ab76fec0df62f735d8946f705608dcc3e270d16a0cce3fed6b045154b188f00bc6b8"
        "5bf662303099e4aa",
    .resumption =
        "1883baad3b31aeca6af6e2105726bfa21d015131a7b69361e91b2c9b3aa6a2a064a7f9f4f5ac493c"
        "66b2a0caa3c429fb",
    .key =
        "d529151c563a30639de7229f59ef2b267420af7d6f13784b6bb939e00b1849c3",
    .iv =
        "b013f970b2566a6bee536aa3",
    .updated =
        "8700d88ae25137af130ba54cfa9dd50e9fa812b87f9af521b11442c0d9fe554c12f546d9f02dfdae"
        "098e3bbf1ccd88e8",
    .updated_twice =
        "814936a657073a8ab0e7d73ce11e95b93fcea7cb01265f50396e72d8d2293adf64ada97cb615a8c7"
        "308ec366bdd54307",
    .ticket_psk =
        "b42a3b3b7a28339fdf7a7820273b143a1812f2890cd09c47d0978ea197e14a2c0fe90b2a0f559253"
        "5ca18be231fe612a",
    .ticket_psk_no_nonce =
        "6d653ecd7b95ff77e5ae895db37a1670719832180fbe2e843320ddb4e4285459fb619ef0dcc46a5b"
        "393f1dbcdc7c5fa8",
    .exported =
        "47864b1c7cce7040490df8f01486822538f010a289a5d4f09e7b31544f0986c109c3220602543c3e"
        "7ace0933f75226e258381ce76f8218298d5f1325f11c2ea05d54bab07a97e63a0f90991f2d66626f"
        "6d3784791f0703f279fc7f42c7ed663f0d899779",
    .exported_no_context =
        "9de7f695d375e425746f6ea5324d7ab1ab407c7b5f8ce9b18c3223a03fd60746",
};

/* clang-format on */
#endif
