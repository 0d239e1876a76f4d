-- External pre-shared keys and early data, against `openssl s_server`.

local handfast = require "handfast"
local peer = require "support.peer"

local KEY = ("0123456789abcdef"):rep(2)
local STATUS = handfast.EARLY_DATA

local function connection(server)
    local settings = assert(handfast.config { cafile = peer.root })
    local conn = assert(settings:connection())
    assert(conn:use_memory())
    local sock = server and peer.dial(server.port)
    local function drive(call, ...)
        local arguments = { ... }
        return peer.drive(conn, sock, function()
            return conn[call](conn, arguments[1])
        end)
    end
    return conn, drive, sock
end

describe("a pre-shared key", function()
    it("is checked when it is given", function()
        local conn = connection()
        for _, wrong in ipairs { { "", KEY }, { "x", "short" } } do
            local _, err = conn:set_psk(wrong[1], wrong[2])
            assert.equal("INVALID_ARGUMENT", err.name)
        end
        assert.equal("UNKNOWN_NAME", select(2, conn:set_psk("x", KEY, "MD5")).name)
        assert.is_false((pcall(conn.set_psk, conn, "x")))
        assert.is_false((pcall(conn.set_psk, conn, 1, KEY)))
        assert.is_true(conn:set_psk("x", KEY, "SHA384"))
        assert.is_true(conn:set_psk(nil))
        conn:close()
        assert.equal("CLOSED", select(2, conn:set_psk("x", KEY)).name)
    end)

    it("needs neither a name nor a certificate", function()
        local hex = KEY:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
        local server = peer.start("rsa", "-tls1_3 -rev -psk_identity alice -psk " .. hex)
        local conn, drive, sock = connection(server)
        assert(conn:set_psk("alice", KEY))
        assert.equal(1, drive "connect")
        local info = conn:info()
        assert.is_true(info.psk_used)
        assert.same({}, info.certificates)
        conn:close()
        sock:close()

        conn, drive, sock = connection(server)
        assert(conn:set_psk("bob", KEY))
        local ret = drive "connect"
        assert.equal(handfast.ERROR.SSL, conn:get_error(ret))
        assert.equal("PSK_REFUSED", conn:error().name)
        conn:close()
        sock:close()
        server:stop()
    end)
end)

describe("early data", function()
    it("needs leave and a session", function()
        local conn = connection()
        assert(conn:set_hostname("localhost"))
        assert(conn:set_connect_state())
        local ret = conn:write_early_data("x")
        assert.equal(-1, ret)
        assert.equal("EARLY_DATA_UNAVAILABLE", conn:error().name)
        assert.is_true(conn:allow_early_data())
        assert.equal(-1, (conn:write_early_data("x")))
        assert.equal(STATUS.NOT_SENT, conn:early_data_status())
        assert.is_false((pcall(conn.write_early_data, conn)))
        conn:close()
    end)

    it("is not for servers that take none", function()
        local server = peer.start("rsa", "-tls1_3 -WWW")
        local conn, drive, sock = connection(server)
        assert(conn:set_hostname("localhost"))
        assert.equal(1, drive "connect")
        assert.equal(1, (drive("write", "GET /root.pem HTTP/1.0\r\n\r\n")))
        assert.equal(1, (drive "read"))
        local session = assert(conn:session())
        conn:close()
        sock:close()
        assert.equal(0, session:max_early_data())

        conn, drive, sock = connection(server)
        assert(conn:set_hostname("localhost"))
        assert(conn:set_session(session))
        assert(conn:set_connect_state())
        assert(conn:allow_early_data())
        assert.equal(-1, (conn:write_early_data("GET /")))
        assert.equal("EARLY_DATA_UNAVAILABLE", conn:error().name)
        assert.equal(1, drive "connect", "the connection is as it was")
        assert.is_true(conn:info().session_reused)
        assert.equal(STATUS.NOT_SENT, conn:early_data_status())
        conn:close()
        sock:close()
        server:stop()
    end)
end)

describe("handfast.connect", function()
    it("takes a key of both sides", function()
        local hex = KEY:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
        local server = peer.start("rsa", "-tls1_3 -rev -psk_identity alice -psk " .. hex)
        for _, psk in ipairs { { "alice", KEY }, { "alice", KEY, "SHA256" } } do
            local stream = assert(handfast.connect("localhost", server.port,
                { cafile = peer.root, timeout = 10, psk = psk }))
            assert.is_true(stream:info().psk_used)
            assert(stream:write("abc\n"))
            assert.equal("cba", stream:read("*l"))
            stream:close()
        end
        local none, err = handfast.connect("localhost", server.port,
            { cafile = peer.root, timeout = 10, psk = { "alice", "short" } })
        assert.is_nil(none)
        assert.equal("INVALID_ARGUMENT", err.name)
        assert.is_false((pcall(handfast.connect, "localhost", server.port,
            { psk = "alice" })))
        assert.is_false((pcall(handfast.connect, "localhost", server.port,
            { psk = { "alice" } })))
        server:stop()
    end)

    it("sends early data afterwards where it could not go early", function()
        local server = peer.start("rsa", "-tls1_3 -rev")
        local options = { cafile = peer.root, timeout = 10, early_data = "abc\n" }
        local stream = assert(handfast.connect("localhost", server.port, options))
        assert.equal(STATUS.NOT_SENT, stream:early_data_status())
        assert.equal("cba", stream:read("*l"))
        options.session = assert(stream:session())
        stream:close()
        assert.is_nil(stream:early_data_status())

        stream = assert(handfast.connect("localhost", server.port, options))
        assert.is_true(stream:info().session_reused)
        assert.equal(STATUS.NOT_SENT, stream:early_data_status())
        assert.equal("cba", stream:read("*l"))
        stream:close()
        server:stop()
    end)

    it("sends early data with the first flight", function()
        local server = peer.start("rsa", "-tls1_3 -early_data")
        local options = { cafile = peer.root, timeout = 1 }
        local stream = assert(handfast.connect("localhost", server.port, options))
        stream:read_some() -- nothing comes but tickets
        options.session = assert(stream:session())
        stream:close()
        assert.is_true(options.session:max_early_data() > 0)
        options.early_data = ("x"):rep(1000)
        stream = assert(handfast.connect("localhost", server.port, options))
        assert.equal(STATUS.ACCEPTED, stream:early_data_status())
        stream:close()
        server:stop()
        options.session = options.session:serialize()
        server = peer.start("rsa", "-tls1_3 -rev")
        stream = assert(handfast.connect("localhost", server.port, options))
        assert.equal(STATUS.REJECTED, stream:early_data_status())
        stream:close()
        server:stop()
    end)
end)
