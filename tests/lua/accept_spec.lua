-- handfast.accept over LuaSocket, against `openssl s_client`.

local socket = require "socket"

local handfast = require "handfast"
local memory = require "support.memory"
local peer = require "support.peer"

local LIMIT = 20

local function listen()
    local listener = assert(socket.bind("127.0.0.1", 0))
    listener:settimeout(LIMIT)
    local _, port = listener:getsockname()
    return listener, tonumber(port)
end

-- s_client with these arguments, in the background: a handle whose output ends with it.
local function client(port, arguments, input)
    peer.make_file("input.bin", input or "")
    return assert(io.popen(("cd '%s' && timeout %d openssl s_client -connect"
        .. " 127.0.0.1:%d -CAfile root.pem -servername localhost -ign_eof %s"
        .. " <input.bin 2>&1"):format(peer.pki, LIMIT, port, arguments or "")))
end

-- One connection: s_client's arguments, accept's options.
local function serve(arguments, options, input)
    local listener, port = listen()
    local output = client(port, arguments, input)
    local sock = assert(listener:accept())
    listener:close()
    options = options or {}
    options.timeout = options.timeout or LIMIT
    local stream, err = handfast.accept(sock, options)
    return stream, err, output
end

local function output_of(handle)
    local text = handle:read("*a")
    handle:close()
    return text
end

describe("handfast.accept", function()
    it("checks what it is given", function()
        assert.is_false((pcall(handfast.accept, {})))
        assert.is_false((pcall(handfast.accept)))
        local listener, port = listen()
        local one = peer.dial(port)
        for _, wrong in ipairs { { servername = "x" }, { config = {} },
            { early_data = "x" }, { timeout = "1" } } do
            assert.is_false((pcall(handfast.accept, one, wrong)))
        end
        local stream, err = handfast.accept(one, { certfile = "/nonexistent.pem" })
        assert.is_nil(stream)
        assert.equal("FILE_UNREADABLE", err.name)
        stream, err = handfast.accept(peer.dial(port), {})
        assert.is_nil(stream)
        assert.equal("SERVER_CERTIFICATE_NOT_SET", err.name)
        listener:close()
    end)

    for _, version in ipairs { "1_2", "1_3" } do
        it("serves TLS " .. version:gsub("_", "."), function()
            local config = memory.server_config { alpn = { "h2", "http/1.1" } }
            local stream, err, output = serve("-alpn http/1.1 -tls" .. version,
                { config = config }, "ping\n")
            assert(stream, tostring(err))
            assert.equal("ping", stream:read())
            assert.equal(5, stream:write("pong\n"))
            local info = stream:info()
            assert.equal("http/1.1", info.alpn)
            assert.equal("localhost", stream:requested_name())
            assert.equal("", stream:early_data())
            assert.is_true(stream:close())
            assert.equal("CLOSED", select(2, stream:early_data()).name)
            assert.equal("CLOSED", select(2, stream:abort(40)).name)
            assert.equal("CLOSED", select(2, stream:requested_name()).name)
            local text = output_of(output)
            assert.matches("Verify return code: 0", text)
            assert.matches("pong", text)
        end)
    end

    it("asks for certificates", function()
        local options = memory.server_options { cafile = peer.root,
            client_auth = "required" }
        local stream, err, output = serve(
            "-cert client-rsa.pem -key client-rsa.key -cert_chain intermediate.pem",
            options, "ping\n")
        assert(stream, tostring(err))
        assert.matches("client", stream:certificates()[1].subject)
        stream:close()
        output_of(output)
        stream, err, output = serve("", options)
        assert.is_nil(stream)
        assert.equal("CLIENT_CERTIFICATE_MISSING", err.name)
        assert.matches("certificate required", output_of(output))
    end)

    it("ends with an alert of its own", function()
        local stream, err, output = serve("", memory.server_options())
        assert(stream, tostring(err))
        assert.is_true(stream:abort(49))
        assert.matches("access denied", output_of(output))
    end)

    it("has no time for functions that cannot answer yet", function()
        for _, options in ipairs { { client_hello = function() return false end },
            { find_psk = function() return false end } } do
            local stream, err, output = serve(
                "-tls1_3 -psk 00112233445566778899aabbccddeeff -psk_identity alice",
                memory.server_options(options))
            assert.is_nil(stream)
            assert.equal("CALLBACK_FAILED", err.name)
            assert.matches("ClientHello", err.detail)
            output_of(output)
        end
    end)

    it("ends in time with a client that says nothing", function()
        local listener, port = listen()
        local silent = peer.dial(port)
        local started = socket.gettime()
        local options = memory.server_options { timeout = 0.2 }
        local stream, err = handfast.accept(assert(listener:accept()), options)
        assert.is_nil(stream)
        assert.equal("DEADLINE_EXCEEDED", err.name)
        assert.is_true(socket.gettime() - started < LIMIT / 2)
        silent:close()
        silent = peer.dial(port)
        options.early_data, options.max_early_data = true, 100
        stream, err = handfast.accept(assert(listener:accept()), options)
        assert.is_nil(stream)
        assert.equal("DEADLINE_EXCEEDED", err.name)
        silent:close()
        silent = peer.dial(port)
        local sock = assert(listener:accept())
        silent:send("GET / HTTP/1.0\r\n\r\n")
        stream, err = handfast.accept(sock, options)
        assert.is_nil(stream)
        assert.equal("HTTP_REQUEST", err.name)
        silent:close()
        listener:close()
    end)

    it("takes early data, apart from what comes later", function()
        local config = memory.server_config { max_early_data = 1000 }
        local options = { config = config, early_data = true }
        local stream, err, output = serve("-tls1_3 -sess_out session.pem", options, "a\n")
        assert(stream, tostring(err))
        assert.equal("a", stream:read())
        assert.equal("", stream:early_data())
        assert.equal(2, stream:write("b\n"))
        stream:close()
        output_of(output)

        local replayable = ("early"):rep(100)
        peer.make_file("early.bin", replayable)
        stream, err, output = serve(
            "-tls1_3 -sess_in session.pem -early_data early.bin", options, "late\n")
        assert(stream, tostring(err))
        assert.is_true(stream:info().session_reused)
        assert.equal(replayable, stream:early_data())
        assert.equal(handfast.EARLY_DATA.ACCEPTED, stream:early_data_status())
        assert.equal("late", stream:read())
        stream:close()
        output_of(output)
    end)
end)
