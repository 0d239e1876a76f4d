-- Functions of the application that fail: the handshake ends as in C, and the cause is
-- told.

local handfast = require "handfast"
local memory = require "support.memory"
local peer = require "support.peer"

local ERROR, CODE = handfast.ERROR, handfast.CODE
local KEY = ("0123456789abcdef"):rep(2)

-- How each one fails: by raising a text or an object, with nothing, or by giving why.
local object = setmetatable({}, { __tostring = function() return "an object" end })
local ways = {
    ["a text"] = { function() error("the card is gone", 0) end, "the card is gone" },
    ["an object"] = { function() error(object) end, object },
    ["nothing"] = { function() error(nil) end, "raised nil" },
    ["nil and why"] = { function() return nil, "locked" end, "locked" },
}

local function is_cause(expected, err)
    if type(expected) == "string" and type(err.cause) == "string" then
        assert.matches(expected, err.cause, 1, true)
    else
        assert.equal(expected, err.cause)
    end
    assert.matches(tostring(expected), tostring(err), 1, true)
end

-- Lets them meet; the one that failed, and its record, which is that of a failure.
local function fails(side, other, other_call)
    local want
    if other_call == "server" then
        want = memory.meet(side, other)
    else
        want = select(2, memory.meet(other, side))
    end
    assert.equal(ERROR.SSL, want)
    local err = assert(side:error())
    assert.equal(err.cause, side:callback_error())
    local again = side:do_handshake()
    assert.is_true(again < 0)
    assert.equal(err.code, side:error().code)
    return err
end

local function client_and_server(client_options, server_options)
    local settings = memory.server_config(server_options)
    return memory.connection(memory.client_config(client_options), "localhost"),
        memory.connection(settings), settings
end

for how, way in pairs(ways) do
    local failing, cause = way[1], way[2]

    describe("a function that fails with " .. how, function()
        for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
            it("chooses no certificate in " .. version, function()
                local client, server = client_and_server(
                    { choose = failing, versions = version },
                    { client_auth = "required", cafile = peer.root })
                local err = fails(client, server, "server")
                assert.equal("CALLBACK_FAILED", err.name)
                assert.equal("internal_error", err.alert_name)
                assert.equal("sent", err.alert_direction)
                is_cause(cause, err)
            end)

            it("signs nothing in " .. version, function()
                local client, server = client_and_server({ sign = failing,
                    certdata = peer.file "client-p256.pem", versions = version },
                    { client_auth = "required", cafile = peer.root })
                local err = fails(client, server, "server")
                assert.equal("CALLBACK_FAILED", err.name)
                is_cause(cause, err)
            end)

            it("refuses the peer in " .. version, function()
                local client, server = client_and_server { verify = failing,
                    versions = version }
                local err = fails(client, server, "server")
                assert.equal("CERT_REFUSED", err.name)
                is_cause(cause, err)
            end)

            it("refuses the ClientHello in " .. version, function()
                local client, server = client_and_server({ versions = version },
                    { client_hello = failing })
                local err = fails(server, client)
                assert.equal("CALLBACK_FAILED", err.name)
                is_cause(cause, err)
            end)

            it("chooses no protocol in " .. version, function()
                local client, server = client_and_server(
                    { alpn = { "h2" }, versions = version }, { choose_alpn = failing })
                local err = fails(server, client)
                assert.equal("CALLBACK_FAILED", err.name)
                is_cause(cause, err)
            end)
        end

        it("finds no key", function()
            local client, server = client_and_server(nil, { find_psk = failing })
            assert(client:set_psk("alice", KEY))
            local err = fails(server, client)
            assert.equal("CALLBACK_FAILED", err.name)
            is_cause(cause, err)
        end)

        it("is forgotten by clear, and by the next connection", function()
            local broken = true
            local client, server, settings = client_and_server(nil, {
                client_hello = function(...)
                    if broken then
                        return failing(...)
                    end
                end })
            fails(server, client)
            broken = false
            for _, conn in ipairs { client, server } do
                assert(conn:clear())
                assert.is_nil(conn:callback_error())
                assert.is_nil(conn:error())
            end
            local second = memory.connection(settings)
            assert.is_nil(second:callback_error())
            memory.handshake(memory.connection(memory.client_config(), "localhost"),
                second)
        end)

        it("may fail again and again without growing", function()
            local client_settings = memory.client_config { choose = failing }
            local settings = memory.server_config { client_auth = "required",
                cafile = peer.root }
            local function once()
                local client = memory.connection(client_settings, "localhost")
                local server = memory.connection(settings)
                fails(client, server, "server")
                client:close()
                server:close()
            end
            once()
            collectgarbage()
            collectgarbage()
            local before = collectgarbage("count")
            for _ = 1, 20 do
                once()
            end
            collectgarbage()
            collectgarbage()
            assert.is_true(collectgarbage("count") < before + 64)
        end)
    end)
end

describe("a function of the application", function()
    it("is told to be of the wrong kind", function()
        local config = assert(handfast.config {})
        for _, name in ipairs { "set_certificate_callback", "set_sign_function",
            "set_verify_callback", "set_client_hello_callback", "set_alpn_callback",
            "set_psk_callback", "set_random", "set_session_callback" } do
            for _, wrong in ipairs { 1, "x", {}, true } do
                assert.is_false((pcall(config[name], config, wrong)))
            end
            assert.is_false((pcall(config[name], config, nil)))
        end
        config:close()
        local ok, err = config:set_sign_function(print)
        assert.is_nil(ok)
        assert.equal("CLOSED", err.name)
    end)

    it("is fixed once it is used", function()
        local config = memory.client_config()
        local conn = config:connection()
        for _, name in ipairs { "set_certificate_callback", "set_sign_function",
            "set_random", "set_clock" } do
            local ok, err = config[name](config, print)
            assert.is_nil(ok)
            assert.equal("CONFIG_FROZEN", err.name)
        end
        conn:close()
    end)

    it("may give what is of no use", function()
        for name, give in pairs { number = 5, ["70 bytes"] = ("x"):rep(70),
            ["too much"] = ("x"):rep(70000), nothing = "" } do
            local client, server = client_and_server({
                certdata = peer.file "client-p256.pem",
                sign = function() return give end,
            }, { client_auth = "required", cafile = peer.root })
            local err = fails(client, server, "server")
            assert.equal("CALLBACK_FAILED", err.name, name)
        end
        for _, wrong in ipairs { { 0.5, "CERT_REFUSED" }, { 0 / 0, "CERT_REFUSED" },
            { 2.5, "CERT_REFUSED" }, { "yes", "CERT_REFUSED" }, { 1, "CERT_REFUSED" },
            { {}, "CERT_REFUSED" }, { 1e300, "CALLBACK_FAILED" },
            { -1e300, "CALLBACK_FAILED" }, { CODE.NO_MEMORY, "CALLBACK_FAILED" } } do
            local client, server = client_and_server { verify = function()
                return wrong[1]
            end }
            assert.equal(wrong[2], fails(client, server, "server").name)
        end
        local client, server = client_and_server { verify = function()
            return CODE.CERT_REVOKED
        end }
        assert.equal("CERT_REVOKED", fails(client, server, "server").name)
    end)

    it("may close its connection and fail", function()
        for _, name in ipairs { "choose", "verify" } do
            local client, server = client_and_server({ [name] = function(conn)
                conn:close()
                error("closed")
            end }, { client_auth = "required", cafile = peer.root })
            local ret, err
            for _ = 1, 5 do
                ret, err = client:connect()
                if ret == nil then
                    break
                end
                memory.carry(client, server)
                server:accept()
                memory.carry(server, client)
            end
            assert.is_nil(ret)
            assert.equal("CLOSED", err.name)
            local _, why = client:callback_error()
            assert.equal("CLOSED", why.name)
        end
    end)

    it("may yield, and fail afterwards", function()
        local client, server = client_and_server { verify = function()
            coroutine.yield "asked"
            error("answered")
        end }
        local thread = coroutine.create(function()
            return memory.meet(client, server)
        end)
        local ok, said = coroutine.resume(thread)
        assert.is_true(ok)
        assert.equal("asked", said)
        ok, said = coroutine.resume(thread)
        assert.is_true(ok, said)
        assert.equal("dead", coroutine.status(thread))
        assert.equal(ERROR.SSL, said)
        assert.matches("answered", client:error().cause)
    end)

    it("does no harm outside of the handshake", function()
        local store = {
            find = function() end,
            put = function() error("the store is full") end,
        }
        local lines = 0
        local client, server = client_and_server({ versions = "TLSv1.3",
            keylog = function()
                lines = lines + 1
                error("the disk is full")
            end }, { session_store = store, options = handfast.OPTION.NO_TICKET })
        memory.handshake(client, server)
        assert.is_true(lines > 1)
        assert.matches("the disk is full", client:callback_error())
        assert.matches("the store is full", server:callback_error())
        assert.is_nil(client:error())
        assert.equal("ping", memory.send(client, server, "ping"))
        assert.equal("pong", memory.send(server, client, "pong"))
    end)

    it("finds no session where it fails", function()
        local client_settings = memory.client_config { versions = "TLSv1.2" }
        local session
        for turn, find in ipairs {
            function() end,
            function() return nil, "stale" end, -- a miss, whatever follows it
            function() error("the store is gone") end,
            function() return 5 end,
        } do
            local client = memory.connection(client_settings, "localhost")
            local server = memory.connection(memory.server_config {
                options = handfast.OPTION.NO_TICKET,
                session_store = { find = find, put = function() end },
            })
            if session then
                assert(client:set_session(session))
            end
            if turn <= 2 then
                memory.handshake(client, server)
                session = assert(client:session())
            else
                assert.equal("CALLBACK_FAILED", fails(server, client).name)
            end
        end
    end)
end)

describe("on_session", function()
    it("is given each session, and may fail", function()
        for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
            local sessions, broken = {}, false
            local settings = memory.server_config { ticket_count = 3 }
            local client_settings = memory.client_config { versions = version,
                on_session = function(conn, session)
                    assert(conn:info().version == version)
                    sessions[#sessions + 1] = session
                    if broken then
                        error("no room")
                    end
                end }
            local function visit(session)
                local client = memory.connection(client_settings, "localhost")
                local server = memory.connection(settings)
                assert(client:set_session(session))
                memory.handshake(client, server)
                assert.equal("hello", memory.send(server, client, "hello"))
                return client
            end
            visit(nil)
            assert.equal(version == "TLSv1.3" and 3 or 1, #sessions)
            broken = true
            for _, session in ipairs { sessions[1], sessions[2] } do
                local client = visit(session)
                assert.is_true(client:info().session_reused)
                if version == "TLSv1.3" then
                    assert.matches("no room", client:callback_error())
                end
                assert.is_nil(client:error())
            end
        end
    end)

    it("may close the connection", function()
        local client = memory.connection(memory.client_config {
            on_session = function(conn) conn:close() end }, "localhost")
        local server = memory.connection(memory.server_config())
        memory.handshake(client, server)
        local ret, err = client:read()
        assert.is_nil(ret)
        assert.equal("CLOSED", err.name)
    end)
end)

describe("a stream", function()
    it("gives the cause", function()
        local server = peer.start("rsa", "-rev")
        local stream, err = handfast.connect("localhost", server.port, {
            cafile = peer.root, timeout = 20, verify = function() error("no list") end })
        server:stop()
        assert.is_nil(stream)
        assert.equal("CERT_REFUSED", err.name)
        assert.matches("no list", err.cause)
        assert.matches("no list", tostring(err))
        assert.matches('"code":', err:to_json())
    end)
end)

describe("memory_limit", function()
    it("is checked", function()
        for _, wrong in ipairs { "1", {}, -1, 0.5, 2 ^ 60, 0 / 0 } do
            assert.is_false((pcall(handfast.config, { memory_limit = wrong })))
        end
        for _, small in ipairs { 0, 1, 100 } do
            local config, err = handfast.config { memory_limit = small }
            assert.is_nil(config)
            assert.equal("NO_MEMORY", err.name)
        end
        local config = assert(handfast.config {})
        assert.is_nil(config:memory_limit())
        assert.equal(0, config:memory_used())
        assert.equal(0, config:memory_peak())
        config:close()
        assert.equal("CLOSED", select(2, config:memory_limit()).name)
        assert.equal("CLOSED", select(2, config:memory_used()).name)
    end)

    it("ends what exceeds it, and nothing else", function()
        local config = memory.client_config { memory_limit = 2 ^ 24 }
        assert.equal(2 ^ 24, config:memory_limit())
        local client = memory.connection(config, "localhost")
        local before = config:memory_used()
        memory.handshake(client, memory.connection(memory.server_config()))
        assert.is_true(config:memory_used() > before)
        assert.is_true(config:memory_peak() >= config:memory_used())
        local small = memory.client_config { memory_limit = before + 4096 }
        client = memory.connection(small, "localhost")
        assert.is_true(client:connect() < 0)
        assert.equal("NO_MEMORY", client:error().name)
        client:close()
        assert.is_true(small:memory_used() < before)
    end)
end)
