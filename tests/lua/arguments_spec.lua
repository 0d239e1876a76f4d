-- Wrong argument types raise; nothing else does.

local handfast = require "handfast"
local peer = require "support.peer"

local function refuses(pattern, call, ...)
    local ok, why = pcall(call, ...)
    assert.is_false(ok)
    assert.matches(pattern, why)
end

describe("argument types", function()
    local conn

    before_each(function()
        conn = assert(assert(handfast.config {}):connection())
    end)

    it("are checked where settings are made", function()
        refuses("bad argument #1 to 'config' %(table expected", handfast.config, "x")
        refuses("unknown option 'disable_hostname_chekc'", handfast.config,
            { disable_hostname_chekc = true })
        refuses("option 'cafile': string expected, got number", handfast.config,
            { cafile = 1 })
        refuses("connection", handfast.connection, {})
        refuses("connection", handfast.connection)
    end)

    it("are checked by connections", function()
        refuses("bad argument #1 to 'write' %(string expected, got nil", conn.write, conn)
        refuses("string expected, got table", conn.feed, conn, {})
        refuses("whole number expected", conn.read, conn, "10")
        refuses("whole number expected", conn.read, conn, -1)
        refuses("whole number expected", conn.drain, conn, 1.5)
        refuses("number expected", conn.get_error, conn, "x")
        refuses("string expected", conn.set_hostname, conn, 1)
        refuses("whole number expected", conn.set_fd, conn, "1")
        refuses("session", conn.set_session, conn, {})
        refuses("string expected", conn.add_alpn, conn)
        refuses("string expected", conn.export_keying_material, conn, 1, 2)
    end)

    it("are checked by connect", function()
        refuses("bad argument #1 to 'connect'", handfast.connect)
        refuses("bad argument #2 to 'connect'", handfast.connect, "localhost", "443")
        refuses("unknown option 'tiemout'", handfast.connect, "localhost", 1,
            { tiemout = 1 })
        refuses("is no configuration", handfast.connect, "localhost", 1, { config = {} })
        refuses("bad argument #1 to 'wrap'", handfast.wrap, 1, "x")
    end)

    it("blame the caller's line", function()
        local _, why = pcall(function()
            conn:write(nil)
        end)
        assert.matches("arguments_spec%.lua:%d+: bad argument", why)
    end)
end)

describe("values", function()
    it("that are wrong are nil and a record", function()
        local config, err = handfast.config { cafile = "/nonexistent/ca.pem" }
        assert.is_nil(config)
        assert.equal("FILE_UNREADABLE", err.name)
        assert.equal(handfast.CODE.FILE_UNREADABLE, err.code)
        assert.equal("a file could not be read: /nonexistent/ca.pem: No such file or "
            .. "directory (FILE_UNREADABLE); hint: " .. err.hint, tostring(err))
        peer.make_file("half.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n")
        local half = peer.pki .. "/half.pem"
        config, err = handfast.config { cafile = half }
        assert.is_nil(config)
        assert.equal(half .. ": the PEM text is malformed (PEM_MALFORMED); hint: "
            .. err.hint, tostring(err))

        config, err = handfast.config { crlfile = "/nonexistent/list.pem" }
        assert.is_nil(config)
        assert.equal("FILE_UNREADABLE", err.name)
        config, err = handfast.config { crldata = "no list" }
        assert.is_nil(config)
        assert.equal("NO_CRL_IN_INPUT", err.name)
        config, err = handfast.config { crl_rules = 4 }
        assert.is_nil(config)
        assert.equal("INVALID_ARGUMENT", err.name)
        config = assert(handfast.config {
            crl_rules = handfast.CRL.REQUIRED + handfast.CRL.WHOLE_CHAIN })
        assert.equal(0, config:crl_count())

        config, err = handfast.config { groups = "x25519:nosuch" }
        assert.is_nil(config)
        assert.equal("UNKNOWN_NAME", err.name)
        assert.matches("secp256r1", tostring(err):lower())

        local settings = assert(handfast.config {})
        local conn = assert(settings:connection())
        local ok
        ok, err = settings:set_groups("x25519")
        assert.is_nil(ok)
        assert.equal("CONFIG_FROZEN", err.name)
        ok, err = conn:set_hostname("good.example\0.evil.example")
        assert.is_nil(ok)
        assert.equal("INVALID_HOSTNAME", err.name)
        ok, err = conn:set_hostname("-")
        assert.is_nil(ok)
        assert.equal("INVALID_HOSTNAME", err.name)
        ok, err = conn:set_fd(-1)
        assert.is_nil(ok)
        assert.equal("INVALID_ARGUMENT", err.name)
        ok, err = settings:load_session("nonsense")
        assert.is_nil(ok)
        assert.equal("SESSION_UNUSABLE", err.name)
        ok, err = conn:feed("x")
        assert.is_nil(ok)
        assert.equal("NOT_A_MEMORY_TRANSPORT", err.name)
        ok, err = conn:export_keying_material("EXPORTER-x", 32)
        assert.is_nil(ok)
        assert.equal("NOT_CONNECTED", err.name)
    end)
end)

describe("a closed object", function()
    it("answers nil and a record, and closes again", function()
        local settings = assert(handfast.config {})
        local conn = assert(settings:connection())
        assert.is_true(conn:close())
        assert.is_true(conn:close())
        for _, call in ipairs { "connect", "read", "shutdown", "info", "drain", "session",
            "state", "pending", "timeline", "is_init_finished" } do
            local value, err = conn[call](conn)
            assert.is_nil(value, call)
            assert.equal("CLOSED", err.name)
            assert.matches("closed", tostring(err))
        end
        assert.equal("CLOSED", select(2, conn:write("x")).name)
        assert.equal("CLOSED", select(2, conn:feed("x")).name)
        assert.equal("CLOSED", conn:error().name)
        assert.is_true(settings:close())
        assert.is_true(settings:close())
        assert.equal("CLOSED", select(2, settings:connection()).name)
        assert.equal("CLOSED", select(2, settings:set_groups("x25519")).name)
    end)

    it("may be left to the collector", function()
        for _ = 1, 50 do
            local conn = assert(assert(handfast.config {}):connection())
            conn:use_memory()
            conn:set_hostname("host.example")
            conn:connect()
        end
        collectgarbage()
        collectgarbage()
    end)
end)
