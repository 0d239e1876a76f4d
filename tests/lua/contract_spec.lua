-- The contract over feed and drain: C's integers, no socket but the spec's own.

local handfast = require "handfast"
local peer = require "support.peer"

local ERROR = handfast.ERROR

local function memory_connection(options)
    local settings = assert(handfast.config(options or { cafile = peer.root }))
    local conn = assert(settings:connection())
    assert(conn:use_memory())
    assert(conn:set_hostname("localhost"))
    return conn
end

describe("without a peer", function()
    it("the first call asks for bytes and has some to send", function()
        local conn = memory_connection()
        assert.is_true(conn:in_before())
        local ret = conn:connect()
        assert.equal(-1, ret)
        assert.equal(ERROR.WANT_READ, conn:get_error(ret))
        assert.equal(handfast.WANT.READ, conn:want())
        assert.is_true(conn:in_init())
        assert.is_false(conn:is_init_finished())
        local waiting = conn:drain_pending()
        assert.is_true(waiting > 100)
        local hello = conn:drain()
        assert.equal(waiting, #hello)
        assert.equal("\22\3", hello:sub(1, 2)) -- a handshake record
        assert.equal("", conn:drain())
        assert.equal(0, conn:drain_pending())
    end)

    it("a call that comes too early changes nothing", function()
        local conn = memory_connection()
        conn:connect()
        conn:drain()
        for _ = 1, 3 do
            local ret = conn:connect()
            assert.equal(-1, ret)
            assert.equal(ERROR.WANT_READ, conn:get_error(ret))
            assert.equal("", conn:drain())
        end
    end)

    it("drain gives no more than was asked for", function()
        local conn = memory_connection()
        conn:connect()
        local whole = conn:drain_pending()
        assert.equal("", conn:drain(0))
        local first = conn:drain(7)
        assert.equal(7, #first)
        assert.equal(whole - 7, #conn:drain())
    end)

    it("a role must be set before read, write, shutdown and do_handshake", function()
        for _, call in ipairs { "do_handshake", "read", "shutdown", "write" } do
            local conn = memory_connection()
            local ret = conn[call](conn, call == "write" and "x" or nil)
            assert.is_true(ret < 0, call)
            assert.equal(ERROR.SSL, conn:get_error(ret))
            assert.equal("ROLE_NOT_SET", conn:error().name)
            ret = conn:connect()
            assert.equal(ERROR.WANT_READ, conn:get_error(ret))
        end
    end)

    it("with a role set, do_handshake and read begin the handshake", function()
        for _, call in ipairs { "do_handshake", "read", "peek" } do
            local conn = memory_connection()
            assert.is_true(conn:set_connect_state())
            local ret = conn[call](conn)
            assert.equal(ERROR.WANT_READ, conn:get_error(ret))
            assert.is_true(conn:drain_pending() > 0)
        end
    end)

    it("without a transport it fails and says so", function()
        local conn = assert(assert(handfast.config {}):connection())
        conn:set_hostname("localhost")
        local ret = conn:connect()
        assert.is_true(ret < 0)
        assert.equal(ERROR.SSL, conn:get_error(ret))
        assert.equal("TRANSPORT_NOT_SET", conn:error().name)
    end)

    it("what began as a client cannot accept", function()
        local conn = memory_connection()
        conn:connect()
        local ret = conn:accept()
        assert.is_true(ret < 0)
        assert.equal("ROLE_UNAVAILABLE", conn:error().name)
        assert.equal(ERROR.WANT_READ, conn:get_error(conn:connect()))
    end)

    it("an answer in plain HTTP is recognised, and final until clear", function()
        local conn = memory_connection()
        conn:connect()
        conn:drain()
        local answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
        conn:feed(answer)
        local ret = conn:connect()
        assert.is_true(ret < 0)
        assert.equal(ERROR.SSL, conn:get_error(ret))
        local err = conn:error()
        assert.equal("PEER_SPEAKS_HTTP", err.name)
        assert.equal("HTTP/1.1", err.first_bytes:sub(1, 8))
        assert.equal(handfast.CODE.PEER_SPEAKS_HTTP, err.code)
        assert.matches("HTTP", tostring(err))
        assert.matches("hint", tostring(err))
        assert.matches('"PEER_SPEAKS_HTTP"', err:to_json())

        ret = conn:connect()
        assert.is_true(ret < 0)
        assert.equal("PEER_SPEAKS_HTTP", conn:error().name)
        assert.is_true(conn:clear())
        assert.is_nil(conn:error())
        ret = conn:connect()
        assert.equal(ERROR.WANT_READ, conn:get_error(ret))
    end)

    it("the record tells what was offered, the timeline what was decided", function()
        local conn = memory_connection()
        conn:connect()
        conn:feed("\21\3\3\0\2\2\40")
        conn:connect()
        local err = conn:error()
        assert.equal("client", err.role)
        assert.equal("TLSv1.3", err.negotiation.offered.versions[1].name)
        assert.is_true(#err.negotiation.offered.cipher_suites > 3)
        assert.equal(0, #err.negotiation.peer.versions)
        assert.is_nil(err.end_of_input)
        assert.is_nil(err.certificate)
        for _, event in ipairs(err.timeline) do
            assert.is_true(event.kind == "decision" or event.value == nil)
        end
    end)

    it("an end of file before the answer is its own error", function()
        local conn = memory_connection()
        conn:connect()
        conn:drain()
        assert.is_true(conn:feed_eof())
        local ret = conn:connect()
        assert.is_true(ret < 0)
        assert.equal(ERROR.SSL, conn:get_error(ret))
        assert.equal("EOF_BEFORE_HELLO", conn:error().name)
        assert.equal("before", conn:error().end_of_input)
    end)

    it("an alert of the peer is told as received", function()
        local conn = memory_connection()
        conn:connect()
        conn:drain()
        conn:feed("\21\3\3\0\2\2\40")
        local ret = conn:connect()
        assert.equal(ERROR.SSL, conn:get_error(ret))
        local err = conn:error()
        assert.equal("ALERT_RECEIVED", err.name)
        assert.equal(40, err.alert)
        assert.equal("handshake_failure", err.alert_name)
        assert.equal("received", err.alert_direction)
        assert.equal(2, err.alert_level)
    end)
end)

describe("with a server", function()
    local server, sock, conn

    setup(function()
        peer.make_file("bytes.bin", ("\0\1\2\255\r\n"):rep(10000))
        server = peer.start("p256", "-WWW -alpn http/1.1")
    end)
    teardown(function()
        server:stop()
    end)
    before_each(function()
        conn = memory_connection { cafile = peer.root, alpn = { "h2", "http/1.1" } }
        sock = peer.dial(server.port)
    end)
    after_each(function()
        conn:close()
        sock:close()
    end)

    local function handshake(piece)
        return peer.drive(conn, sock, function()
            return conn:connect()
        end, piece)
    end

    local function write(bytes)
        local done = 0
        while done < #bytes do
            local ret, count = peer.drive(conn, sock, function()
                return conn:write(bytes:sub(done + 1))
            end)
            assert.equal(1, ret)
            done = done + count
        end
    end

    local function read_all()
        local parts = {}
        while true do
            local ret, bytes = peer.drive(conn, sock, function()
                return conn:read()
            end)
            if ret ~= 1 then
                return table.concat(parts), ret
            end
            assert.is_true(#bytes >= 1 and #bytes <= 16384)
            parts[#parts + 1] = bytes
        end
    end

    for _, piece in ipairs { 1, 7, 65536 } do
        it("the handshake gets through in pieces of " .. piece, function()
            assert.equal(1, handshake(piece))
            assert.is_true(conn:is_init_finished())
            assert.equal(1, conn:connect())
            assert.equal(1, conn:do_handshake())
            local info = conn:info()
            assert.equal("TLSv1.3", info.version)
            assert.equal("http/1.1", info.alpn)
            assert.is_false(info.session_reused)
            assert.equal(0, info.verify_result)
            assert.matches("^TLS_", info.cipher_suite)
            assert.is_string(info.group)
            assert.equal(2, #info.certificates)
        end)
    end

    it("binary data arrives whole, and the close is orderly", function()
        assert.equal(1, handshake())
        write("GET /bytes.bin HTTP/1.0\r\n\r\n")
        local answer, ret = read_all()
        assert.equal(0, ret)
        assert.equal(ERROR.ZERO_RETURN, conn:get_error(ret))
        assert.equal(("\0\1\2\255\r\n"):rep(10000), answer:match("\r\n\r\n(.*)$"))
        assert.equal(0, (conn:read())) -- each time
        assert.equal(handfast.SHUTDOWN.RECEIVED, conn:get_shutdown())
        assert.equal(1, conn:shutdown())
        assert.is_true(conn:drain_pending() > 0)
    end)

    it("peek leaves what read takes", function()
        assert.equal(1, handshake())
        write("GET /root.pem HTTP/1.0\r\n\r\n")
        local ret, bytes = peer.drive(conn, sock, function()
            return conn:peek(4)
        end)
        assert.equal(1, ret)
        assert.equal("HTTP", bytes)
        assert.is_true(conn:pending() > 4)
        assert.is_true(conn:has_pending())
        ret, bytes = conn:read(4)
        assert.equal(1, ret)
        assert.equal("HTTP", bytes)
    end)

    it("lengths and counts are integers", function()
        assert.equal(1, handshake())
        local _, written = conn:write("GET /root.pem HTTP/1.0\r\n\r\n")
        local counts = { written, conn:pending(), conn:drain_pending(), conn:bytes_in(),
            conn:bytes_out(), conn:get_error(1), conn:timeline()[1].size,
            conn:timeline()[1].microseconds, conn:certificates()[1].not_after }
        assert.equal(9, #counts)
        for _, count in ipairs(counts) do
            assert.matches("^%d+$", tostring(count))
            if math.type then
                assert.equal("integer", math.type(count))
            end
        end
    end)

    it("both sides export the same keys only when asked the same", function()
        assert.equal(1, handshake())
        local one = assert(conn:export_keying_material("EXPORTER-test", 32))
        assert.equal(32, #one)
        assert.equal(one, conn:export_keying_material("EXPORTER-test", 32))
        assert.not_equal(one, conn:export_keying_material("EXPORTER-test", 32, "context"))
        assert.not_equal(one, conn:export_keying_material("EXPORTER-other", 32))
        assert.equal("INVALID_ARGUMENT",
            select(2, conn:export_keying_material("EXPORTER-test", 100000)).name)
    end)

    it("keys can be renewed in between", function()
        assert.equal(1, handshake())
        assert.is_true(conn:key_update(true))
        write("GET /root.pem HTTP/1.0\r\n\r\n")
        local answer = read_all()
        assert.equal(peer.file("root.pem"), answer:match("\r\n\r\n(.*)$"))
    end)

    it("the timeline tells the messages in order", function()
        assert.equal(1, handshake())
        local names, last = {}, 0
        for _, event in ipairs(conn:timeline()) do
            if event.kind == "message" then
                names[#names + 1] = event.name .. " " .. event.direction
            end
            assert.is_true(event.microseconds >= last)
            last = event.microseconds
        end
        assert.equal("ClientHello sent", names[1])
        assert.equal("ServerHello received", names[2])
        assert.equal("Finished sent", names[#names])
    end)

    it("certificates are tables", function()
        assert.equal(1, handshake())
        local list = conn:certificates()
        assert.equal(2, #list)
        assert.matches("p256", list[1].subject)
        assert.matches("intermediate", list[1].issuer)
        assert.matches("localhost", list[1].names)
        assert.equal("EC P-256", list[1].key)
        assert.is_false(list[1].is_ca)
        assert.is_true(list[2].is_ca)
        assert.equal(64, #list[1].fingerprint)
        assert.is_true(list[1].not_before < list[1].not_after)
        assert.equal("\48\130", list[1].der:sub(1, 2))
    end)
end)
