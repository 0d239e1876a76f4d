-- Recordings, and their replay in Lua.

local handfast = require "handfast"
local memory = require "support.memory"
local peer = require "support.peer"

local function temporary()
    local path = os.tmpname()
    os.remove(path) -- an existing file is never overwritten
    return path
end

-- A handshake that was recorded on the client's side, and its connection.
local function recorded(client_options, server_options, certificate)
    local path = temporary()
    local client = memory.connection(memory.client_config(client_options), "localhost")
    local server = memory.connection(memory.server_config(server_options, certificate))
    assert(client:record(path))
    local want = memory.meet(client, server)
    return path, client, want, server
end

local function bytes_of(path)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read("*a")
    file:close()
    os.remove(path)
    return bytes
end

describe("a replay", function()
    it("checks what it is given", function()
        for _, wrong in ipairs { 1, {}, true } do
            assert.is_false((pcall(handfast.replay, wrong)))
            assert.is_false((pcall(handfast.replay_memory, wrong)))
        end
        assert.is_false((pcall(handfast.replay)))
        assert.is_false((pcall(handfast.replay_memory)))
        for name, call in pairs {
            FILE_UNREADABLE = function() return handfast.replay "/nonexistent/x" end,
            INVALID_ARGUMENT = function() return handfast.replay "x\0y" end,
        } do
            local replay, err = call()
            assert.is_nil(replay)
            assert.equal(name, err.name)
        end
        for _, bytes in ipairs { "", "x", "\137HFREC\r\n", ("\0"):rep(100) } do
            local replay, err = handfast.replay_memory(bytes)
            assert.is_nil(replay)
            assert.equal("RECORDING_MALFORMED", err.name)
        end
        local replay, err = handfast.replay_memory("\137HFREC\r\n\255\255"
            .. ("\0"):rep(50))
        assert.is_nil(replay)
        assert.equal("RECORDING_UNSUPPORTED", err.name)
    end)

    it("comes to the same failure", function()
        local path, client = recorded(nil, nil, "expired")
        local was = assert(client:error())
        local json, timeline = client:json(), client:timeline()
        local count = #client:certificates()
        client:close()
        local replay = assert(handfast.replay(path))
        os.remove(path)
        assert.is_nil(replay:error())
        for _, name in ipairs { "timeline", "info", "certificates", "json", "trace_json",
            "state" } do
            assert.is_nil((replay[name](replay)))
        end
        assert.equal("reproduced", replay:run())
        assert.equal("", replay:message())
        assert.equal(handfast._VERSION, replay:library())
        assert.matches("keys", replay:warning())
        local err = assert(replay:error())
        assert.equal("CERT_EXPIRED", err.name)
        assert.equal(was:to_json(), err:to_json())
        assert.equal(was:to_json(), replay:recorded_json "error")
        assert.equal(tostring(was), tostring(err))
        assert.same(was.certificate, err.certificate)
        assert.same(timeline, replay:timeline())
        assert.same(timeline, err.timeline)
        assert.equal(json, replay:json())
        assert.equal(json, replay:recorded_json "connection")
        assert.equal(replay:trace_json(), replay:recorded_json "trace")
        assert.equal(count, #replay:certificates())
        assert.is_true(replay:close())
    end)

    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
        it("comes to the same connection in " .. version, function()
            local path, client, want, server = recorded { versions = version }
            assert.equal(handfast.ERROR.NONE, want)
            assert.equal("hello", memory.send(server, client, "hello"))
            assert(client:write "answer" == 1)
            local info = client:info()
            assert(client:record_end())
            client:close()
            local replay = assert(handfast.replay_memory(bytes_of(path)))
            assert.equal("reproduced", replay:run())
            assert.is_nil(replay:error())
            assert.same(info, replay:info())
            assert.equal(version, replay:info().version)
            local _, err = replay:run() -- once
            assert.is_not_nil(err)
            replay:close()
        end)
    end

    it("of a server tells what was asked for", function()
        local path = temporary()
        local client = memory.connection(memory.client_config(), "localhost")
        local server = memory.connection(memory.server_config {
            client_hello = function() end })
        assert(server:record(path))
        memory.handshake(client, server)
        server:close()
        local replay = assert(handfast.replay(path))
        os.remove(path)
        assert.equal("reproduced", replay:run())
        assert.equal("localhost", replay:requested_name())
    end)

    it("has what was fed before the first call", function()
        for _, first in ipairs { "record", "feed" } do
            local path = temporary()
            local client = memory.connection(memory.client_config(), "localhost")
            assert(first ~= "record" or client:record(path))
            assert(client:feed "HTTP/1.0 400 Bad Request\r\n\r\n")
            assert(client:feed_eof())
            assert(first ~= "feed" or client:record(path))
            assert.is_true(client:connect() < 0)
            assert.is_true(client:connect() < 0)
            assert.equal("PEER_SPEAKS_HTTP", client:error().name)
            client:close()
            local replay = assert(handfast.replay(path))
            os.remove(path)
            assert.equal("reproduced", replay:run(), first)
            assert.equal("PEER_SPEAKS_HTTP", replay:error().name)
        end
    end)

    it("of a failing function comes to the same failure", function()
        for option, name in pairs { choose = "CALLBACK_FAILED", verify = "CERT_REFUSED",
            sign = "CALLBACK_FAILED" } do
            local path, client = recorded({ [option] = function() error "no" end,
                certdata = option == "sign" and peer.file "client-p256.pem" or nil },
                { client_auth = "required", cafile = peer.root })
            assert.equal(name, client:error().name)
            client:close()
            local replay = assert(handfast.replay(path))
            os.remove(path)
            assert.equal("reproduced", replay:run(), option)
            assert.equal(name, replay:error().name)
            assert.is_nil(replay:error().cause) -- the function's own words are not in it
        end
    end)

    it("uses the clock and the randomness of the recording", function()
        local path = temporary()
        local config = memory.client_config()
        assert(config:set_clock(4102444800, 5))
        assert(config:set_random(function(count) return ("r"):rep(count) end))
        local client = memory.connection(config, "localhost")
        assert(client:record(path))
        memory.meet(client, memory.connection(memory.server_config()))
        assert.equal("CERT_EXPIRED", client:error().name)
        client:close()
        local replay = assert(handfast.replay(path))
        os.remove(path)
        assert.equal("reproduced", replay:run())
        assert.matches("^2100", replay:error().certificate.clock)
    end)

    it("tells of a recording without its end", function()
        local path, client = recorded(nil, nil, "expired")
        client:close()
        local whole = bytes_of(path)
        local told = {}
        for size = 0, #whole - 1, 97 do
            local replay, err = handfast.replay_memory(whole:sub(1, size))
            local result
            if replay then
                result, err = replay:run()
            end
            told[result or err.name] = true
            assert.is_true(result == "incomplete" or err ~= nil, tostring(result))
            if replay then
                assert.is_nil((replay:recorded_json "error"))
            end
        end
        assert.is_true(told.incomplete)
        local altered = whole:sub(1, 200) .. (whole:sub(201, 201) == "a" and "b" or "a")
            .. whole:sub(202)
        local replay, err = handfast.replay_memory(altered)
        local result = replay and replay:run()
        assert.is_true(result ~= "reproduced")
        assert.is_true(result ~= nil or err ~= nil or replay ~= nil)
    end)

    it("refuses everything once it is closed", function()
        local path, client = recorded()
        client:close()
        local replay = assert(handfast.replay(path))
        assert.equal("reproduced", replay:run())
        assert.is_false((pcall(replay.recorded_json, replay)))
        assert.is_false((pcall(replay.recorded_json, replay, "x")))
        assert.is_true(replay:close())
        assert.is_true(replay:close())
        for _, name in ipairs { "run", "warning", "library", "message", "timeline",
            "info", "certificates", "json", "trace_json", "state" } do
            local value, err = replay[name](replay)
            assert.is_nil(value, name)
            assert.equal("CLOSED", err.name, name)
        end
        assert.equal("CLOSED", select(2, replay:recorded_json "error").name)
        assert.equal("CLOSED", replay:error().name)
        os.remove(path)
    end)

    it("is collected", function()
        local path, client = recorded()
        client:close()
        local bytes = bytes_of(path)
        local last = setmetatable({}, { __mode = "k" })
        for _ = 1, 10 do
            local replay = assert(handfast.replay_memory(bytes))
            assert.equal("reproduced", replay:run())
            last[replay] = true
        end
        collectgarbage()
        collectgarbage()
        assert.is_nil(next(last))
    end)
end)

describe("handfast.core", function()
    it("takes a replay where C only looks at a connection", function()
        local core = require "handfast.core"
        local path, client = recorded()
        client:close()
        local replay = assert(core.hf_replay_new_file(path))
        os.remove(path)
        for _, name in ipairs { "hf_error_code", "hf_trace_count", "hf_conn_json" } do
            local ok, why = pcall(core[name], replay)
            assert.is_false(ok)
            assert.matches("no connection yet", why)
        end
        assert.equal(1, core.hf_replay_run(replay))
        assert.equal(0, core.hf_error_code(replay))
        assert.is_true(core.hf_trace_count(replay) > 5)
        for _, name in ipairs { "hf_connect", "hf_clear", "hf_question_kind",
            "hf_conn_feed_eof" } do
            local ok, why = pcall(core[name], replay)
            assert.is_false(ok)
            assert.matches("connection expected", why)
        end
        assert.is_false((pcall(core.hf_read, replay, 5)))
        core.close(replay)
        assert.is_false((pcall(core.hf_error_code, replay)))
    end)
end)
