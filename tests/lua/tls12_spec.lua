-- TLS 1.2 and the choice of versions, against `openssl s_server`.

local handfast = require "handfast"
local peer = require "support.peer"

local function connect(server, more)
    local options = { cafile = peer.root, timeout = 20 }
    for name, value in pairs(more or {}) do
        options[name] = value
    end
    return handfast.connect("localhost", server.port, options)
end

describe("versions", function()
    it("that are unknown are refused with the known ones", function()
        for _, names in ipairs { "TLSv1.1", { "TLSv1.3", "SSLv3" } } do
            local config, err = handfast.config { versions = names }
            assert.is_nil(config)
            assert.equal("UNKNOWN_NAME", err.name)
            assert.matches("TLSv1.2", tostring(err), 1, true)
        end
        assert.equal("EMPTY_LIST", select(2, handfast.config { versions = {} }).name)
    end)

    it("that are not shared end with protocol_version", function()
        local server = peer.start("rsa", "-tls1_3 -rev")
        local stream, err = connect(server, { versions = "TLSv1.2" })
        server:stop()
        assert.is_nil(stream)
        assert.equal("protocol_version", err.alert_name)
        assert.equal("received", err.alert_direction)
    end)
end)

describe("TLS 1.2", function()
    local server

    setup(function()
        server = peer.start("rsa", "-tls1_2 -WWW")
    end)
    teardown(function()
        server:stop()
    end)

    local function fetch(session, more)
        local options = { session = session, versions = "TLSv1.2" }
        for name, value in pairs(more or {}) do
            options[name] = value
        end
        local stream = assert(connect(server, options))
        stream:write("GET /root.pem HTTP/1.0\r\n\r\n")
        assert.matches("BEGIN CERTIFICATE", stream:read("*a"))
        local info, newest = stream:info(), stream:session()
        stream:close()
        return info, newest
    end

    it("is agreed, also without being asked for", function()
        for _, names in ipairs { "TLSv1.2", "TLSv1.2:TLSv1.3", { "1.3", "1.2" } } do
            local info = fetch(nil, { versions = names })
            assert.equal("TLSv1.2", info.version)
            assert.matches("^TLS_ECDHE_RSA_WITH_", info.cipher_suite)
        end
        local stream = assert(connect(server))
        assert.equal("TLSv1.2", stream:info().version)
        stream:close()
    end)

    it("resumes a session, also from bytes", function()
        local info, session = fetch()
        assert.is_false(info.session_reused)
        assert.equal(0x0303, session:version())
        local bytes = assert(session:serialize())
        info = fetch(session)
        assert.is_true(info.session_reused)
        assert.equal("TLSv1.2", info.version)
        assert.is_true(fetch(bytes).session_reused)
    end)

    it("has keys for export, other ones without a context than with an empty one",
        function()
            local stream = assert(connect(server))
            local bare = assert(stream:export_keying_material("EXPORTER-x", 32))
            local empty = assert(stream:export_keying_material("EXPORTER-x", 32, ""))
            assert.equal(32, #bare)
            assert.is_true(bare ~= empty)
            assert.equal(bare, stream:export_keying_material("EXPORTER-x", 32, nil))
            local ok, err = stream:key_update()
            assert.is_nil(ok)
            assert.equal("KEY_UPDATE_UNAVAILABLE", err.name)
            stream:close()
        end)
end)

describe("records", function()
    it("have limits that are checked", function()
        for _, options in ipairs { { record_size_limit = 63 },
            { record_size_limit = 16385 }, { record_padding = 16385 },
            { signature_memory = 65537 } } do
            local config, err = handfast.config(options)
            assert.is_nil(config)
            assert.equal("INVALID_ARGUMENT", err.name)
        end
        assert.equal("UNKNOWN_NAME", select(2, handfast.config { profile = "any" }).name)
        local config = assert(handfast.config {})
        assert.equal("INVALID_ARGUMENT", select(2, config:set_profile("web-pki\0")).name)
        assert.is_true(config:set_profile("compatible"))
        assert.is_false((pcall(config.set_record_padding, config, -1)))
        assert.is_false((pcall(config.set_record_size_limit, config, "64")))
        assert.is_true(config:set_record_size_limit(64))
        assert.is_true(config:set_record_size_limit(0))
        assert.is_true(config:set_record_padding(0))
    end)

    it("are padded", function()
        local server = peer.start("rsa", "-tls1_3 -rev")
        local function sent(padding)
            local stream = assert(connect(server, { record_padding = padding }))
            local before = stream:info().bytes_out
            assert.equal(4, stream:write("abc\n"))
            local count = stream:info().bytes_out - before
            assert.equal("cba", stream:read())
            stream:close()
            return count
        end
        local bare, padded = sent(0), sent(1024)
        server:stop()
        assert.is_true(bare < 64)
        assert.is_true(padded > 1024)
    end)
end)
