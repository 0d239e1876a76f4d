-- Our own certificate, against `openssl s_server`.

local handfast = require "handfast"
local peer = require "support.peer"

local ERROR = handfast.ERROR
local VERIFY = "-Verify 2 -verify_return_error -CAfile root.pem -rev "

-- Does what openssl does with a key that is elsewhere.
local function sign(_, scheme, content)
    assert(scheme == 0x0403, "ecdsa_secp256r1_sha256")
    peer.make_file("content.bin", content)
    assert(os.execute(("cd '%s' && openssl dgst -sha256 -sign client-p256.key"
        .. " -out content.sig content.bin"):format(peer.pki)))
    return peer.file "content.sig"
end

describe("a certificate of ours", function()
    it("is checked when it is given", function()
        for name, options in pairs {
            FILE_UNREADABLE = { certfile = "/nonexistent/client.pem" },
            NO_CERTIFICATE_IN_INPUT = { certdata = "" },
            CERTIFICATE_NOT_SET = { keyfile = peer.pki .. "/client-rsa.key" },
            PRIVATE_KEY_MISMATCH = { certfile = peer.pki .. "/client-rsa.pem",
                keyfile = peer.pki .. "/client-p256.key" },
            INVALID_ARGUMENT = { certfile = peer.pki .. "/client-rsa.pem",
                keyfile = peer.pki .. "/client-rsa.key", password = "a\0b" },
        } do
            local config, err = handfast.config(options)
            assert.is_nil(config)
            assert.equal(name, err.name)
        end
        assert.is_false((pcall(handfast.config, { sign = "x" })))
        local conn = assert(assert(handfast.config {}):connection())
        assert.is_nil(conn:sign_request())
        assert.equal("SIGNATURE_NOT_WANTED", select(2, conn:provide_signature("x")).name)
        local _, err = conn:use_private_key_memory(peer.file "client-rsa.key")
        assert.equal("CERTIFICATE_NOT_SET", err.name)
        conn:close()
        assert.equal("CLOSED", select(2, conn:use_certificate_chain_memory("x")).name)
    end)

    for _, version in ipairs { "1_2", "1_3" } do
        describe("in TLS " .. version:gsub("_", "."), function()
            local server

            setup(function()
                server = peer.start("rsa", VERIFY .. "-tls" .. version)
            end)
            teardown(function()
                server:stop()
            end)

            local function connect(options)
                options.cafile, options.timeout = peer.root, 20
                return handfast.connect("localhost", server.port, options)
            end

            local function works(options)
                local stream = assert(connect(options))
                assert.equal(4, stream:write("abc\n"))
                assert.equal("cba", stream:read())
                assert.is_true(stream:info().certificate_requested)
                assert.is_true(stream:info().certificate_sent)
                local demand = stream:certificate_demand()
                assert.equal("shown", demand.answer)
                assert.matches("was shown", demand.answer_text)
                assert.equal(0, demand.certificate_index)
                assert.equal(version == "1_2" and "rsa_sign" or nil,
                    (demand.certificate_types[1] or {}).name)
                assert.is_true(#demand.signature_algorithms > 2)
                stream:close()
                assert.equal("CLOSED", select(2, stream:certificate_demand()).name)
            end

            it("is missed", function()
                local stream, err = connect {}
                if stream then -- TLS 1.3 learns of it after the handshake
                    _, err = stream:read()
                    stream:close()
                end
                assert.equal("received", err.alert_direction)
                local demand = err.certificate_request
                assert.equal("not_set", demand.answer)
                assert.is_nil(demand.certificate_index)
                assert.equal(0, demand.certificate_authorities_left_out)
                assert.equal(0, demand.oid_filters)
                assert.is_false(demand.incomplete)
            end)

            it("is shown", function()
                works { certfile = peer.pki .. "/client-rsa.pem",
                    keyfile = peer.pki .. "/client-rsa.key" }
                works { certdata = peer.file "client-ed25519.pem",
                    keydata = peer.file "client-ed25519.key" }
                peer.make_file("client-both.pem",
                    peer.file "client-p256.pem" .. peer.file "client-p256.key")
                works { certfile = peer.pki .. "/client-both.pem" }
                local stream, err = connect { certfile = peer.pki .. "/client-p256.pem" }
                assert.is_nil(stream)
                assert.equal("CALLBACK_FAILED", err.name)
                assert.matches("keyfile", tostring(err))
            end)

            it("is chosen when the server asks", function()
                local asked = 0
                works { choose = function(conn)
                    asked = asked + 1
                    assert(conn:use_certificate_chain_memory(peer.file "client-p384.pem"))
                    assert(conn:use_private_key_memory(peer.file "client-p384.key"))
                end }
                assert.equal(1, asked)
                local stream, err = connect { choose = function() return false end }
                assert.is_nil(stream)
                assert.equal("CALLBACK_FAILED", err.name)
            end)

            it("has its key elsewhere", function()
                works { certdata = peer.file "client-p256.pem", sign = sign }
                local stream, err = connect { certdata = peer.file "client-p256.pem" }
                assert.is_nil(stream)
                assert.equal("CALLBACK_FAILED", err.name)
                stream, err = connect { certdata = peer.file "client-p256.pem",
                    sign = function() error("locked") end }
                assert.is_nil(stream)
                assert.equal("CALLBACK_FAILED", err.name)
                assert.matches("locked", err.cause)
                stream, err = connect { certdata = peer.file "client-p256.pem",
                    sign = function() return ("x"):rep(70) end }
                assert.is_nil(stream)
                assert.equal("CALLBACK_FAILED", err.name)
            end)

            it("waits for answers call by call", function()
                local settings = assert(handfast.config { cafile = peer.root,
                    choose = function() return false end })
                local conn = assert(settings:connection())
                assert(conn:use_memory())
                assert(conn:set_hostname("localhost"))
                local sock = peer.dial(server.port)
                local function connected()
                    return peer.drive(conn, sock, function()
                        return conn:connect()
                    end)
                end
                assert.equal(ERROR.WANT_X509_LOOKUP, conn:get_error(connected()))
                assert.equal(handfast.WANT.X509_LOOKUP, conn:want())
                settings.choose = function(c)
                    return c:use_certificate_chain_memory(peer.file "client-p256.pem")
                end
                assert.equal(ERROR.WANT_ASYNC, conn:get_error(connected()))
                assert.equal(handfast.WANT.ASYNC, conn:want())
                assert(conn:provide_signature(sign(conn, conn:sign_request())))
                assert.equal(1, connected())
                assert.is_nil(conn:sign_request())
                conn:close()
                sock:close()
            end)
        end)
    end
end)
