-- The clock and the randomness of a configuration, from functions of the application.

local handfast = require "handfast"
local memory = require "support.memory"
local peer = require "support.peer"

local ERROR = handfast.ERROR
local FUTURE, PAST = 4102444800, 1577836800 -- 2100-01-01, 2020-01-01

local function client_of(prepare)
    local config = memory.client_config()
    prepare(config)
    return memory.connection(config, "localhost"), config
end

local function meet(client)
    local server = memory.connection(memory.server_config())
    return (memory.meet(client, server)), server
end

describe("set_clock", function()
    it("checks what it is given", function()
        local config = assert(handfast.config {})
        for _, wrong in ipairs { "x", {}, true } do
            assert.is_false((pcall(config.set_clock, config, wrong)))
            assert.is_false((pcall(config.set_clock, config, 1, wrong)))
        end
        assert.is_false((pcall(config.set_clock, config)))
        assert.is_true(config:set_clock(1))
        assert.is_true(config:set_clock(1, 2))
        config:close()
        local ok, err = config:set_clock(1)
        assert.is_nil(ok)
        assert.equal("CLOSED", err.name)
    end)

    it("dates certificates, by a number or a function", function()
        for _, case in ipairs { { FUTURE, "CERT_EXPIRED" },
            { PAST, "CERT_NOT_YET_VALID" },
            { function() return FUTURE + 0.75 end, "CERT_EXPIRED" },
            { function() return PAST end, "CERT_NOT_YET_VALID" } } do
            local client = client_of(function(config)
                assert(config:set_clock(case[1]))
            end)
            assert.equal(ERROR.SSL, (meet(client)))
            local err = client:error()
            assert.equal(case[2], err.name)
            assert.matches(case[2] == "CERT_EXPIRED" and "^2100%-01%-01T00:00:00Z"
                or "^2020%-01%-01T00:00:00Z", err.certificate.clock)
        end
    end)

    it("goes on with the one that was set last", function()
        local client = client_of(function(config)
            assert(config:set_clock(FUTURE))
            assert(config:set_clock(os.time))
        end)
        collectgarbage()
        assert.equal(ERROR.NONE, (meet(client)))
    end)

    it("times the handshake", function()
        local now = 100
        local client = client_of(function(config)
            assert(config:set_clock(os.time, function() return now end))
            assert(config:set_handshake_timeout(1500))
        end)
        assert.equal(ERROR.WANT_READ, client:get_error(client:connect()))
        now = 101
        assert.equal(ERROR.WANT_READ, client:get_error(client:connect()))
        now = 101.5
        local ret = client:connect()
        assert.is_true(ret < 0)
        assert.equal("DEADLINE_EXCEEDED", client:error().name)
        assert.equal(0, client:timeline()[1].microseconds)
    end)

    it("fails the call, which may be repeated", function()
        local broken, asked = true, 0
        local client, config = client_of(function(config)
            assert(config:set_clock(function()
                asked = asked + 1
                if broken and asked > 1 then
                    error("no battery")
                end
                return os.time()
            end))
        end)
        for _, call in ipairs { "connect", "read", "shutdown" } do
            local ret, err = client[call](client)
            assert.is_nil(ret)
            assert.equal("CALLBACK_FAILED", err.name)
            assert.matches("no battery", err.cause)
            assert.matches("no battery", tostring(err))
        end
        local ret, err = client:write_early_data("x")
        assert.is_nil(ret)
        assert.equal("CALLBACK_FAILED", err.name)
        ret, err = config:connection()
        assert.is_nil(ret)
        assert.equal("CALLBACK_FAILED", err.name)
        ret, err = handfast.verify(peer.file "p256.pem", { config = config })
        assert.is_nil(ret)
        assert.equal("CALLBACK_FAILED", err.name)
        assert.is_nil(client:error())
        broken = false
        assert.equal(ERROR.NONE, (meet(client)))
    end)

    it("refuses what is no time", function()
        local said
        for _, half in ipairs { 1, 2 } do
            for _, wrong in ipairs { "x", 0 / 0, 1 / 0, -1 / 0, 2 ^ 60, {}, "1" } do
                local client = client_of(function(config)
                    local source = function() return said end
                    assert(config:set_clock(half == 1 and source or os.time,
                        half == 2 and source or nil))
                    said = 5
                end)
                said = wrong
                local ret, err = client:connect()
                assert.is_nil(ret)
                assert.equal("CALLBACK_FAILED", err.name)
                assert.matches("seconds expected", err.cause)
            end
        end
        local config = memory.client_config()
        assert(config:set_clock(function() return nil, "later" end))
        local conn, err = config:connection()
        assert.is_nil(conn)
        assert.equal("later", err.cause)
    end)

    it("may yield, and close the connection", function()
        local client
        client = client_of(function(config)
            assert(config:set_clock(function()
                if client then
                    coroutine.yield "what time is it?"
                    client:close()
                end
                return 0
            end))
        end)
        local thread = coroutine.create(function()
            return client:connect()
        end)
        local ok, said = coroutine.resume(thread)
        assert.is_true(ok)
        assert.equal("what time is it?", said)
        local ret, err
        ok, ret, err = coroutine.resume(thread)
        assert.is_true(ok)
        assert.is_nil(ret)
        assert.equal("CLOSED", err.name)
    end)

    it("dates certificates without a connection, and outlives its settings", function()
        local config = memory.client_config()
        assert(config:set_clock(FUTURE))
        local path, err = handfast.verify({ peer.file "p256.pem",
            peer.file "intermediate.pem" }, { config = config })
        assert.is_nil(path)
        assert.equal("CERT_EXPIRED", err.name)
        local client = memory.connection(config, "localhost")
        config:close()
        config = nil -- luacheck: ignore
        collectgarbage()
        collectgarbage()
        assert.equal(ERROR.SSL, (meet(client)))
        assert.equal("CERT_EXPIRED", client:error().name)
    end)
end)

describe("set_random", function()
    -- Deterministic, and no good for anything else.
    local function counter()
        local n = 0
        return function(count)
            local bytes = {}
            for i = 1, count do
                n = (n * 75 + 74) % 65537
                bytes[i] = string.char(n % 256)
            end
            return table.concat(bytes)
        end
    end

    it("makes the same bytes again", function()
        local hellos = {}
        for turn = 1, 2 do
            local client = client_of(function(config)
                assert(config:set_random(counter()))
            end)
            client:connect()
            hellos[turn] = client:drain()
        end
        assert.is_true(#hellos[1] > 100)
        assert.equal(hellos[1], hellos[2])
    end)

    it("lasts for handshakes of both sides, with tickets", function()
        local client_config, asked = memory.client_config(), 0
        local server_config = memory.server_config({ ticket_count = 16 }, "rsa3072")
        for _, config in ipairs { client_config, server_config } do
            local random = counter()
            assert(config:set_random(function(count)
                asked = asked + 1
                return random(count)
            end))
        end
        for _ = 1, 8 do
            local client = memory.connection(client_config, "localhost")
            local server = memory.connection(server_config)
            memory.handshake(client, server)
            assert.equal("ping", memory.send(client, server, "ping"))
        end
        assert.is_true(asked > 2)
    end)

    it("that fails, fails the handshake", function()
        for _, case in ipairs { { function() error("no entropy") end, "no entropy" },
            { function() return nil, "closed" end, "closed" },
            { function() return "short" end, "5 bytes" },
            { function(count) return ("x"):rep(count + 1) end, "bytes expected" },
            { function() return 5 end, "gave number" },
            { function() end, "gave nil" } } do
            local client = client_of(function(config)
                assert(config:set_random(case[1]))
            end)
            local ret = client:connect()
            assert.equal(ERROR.SSL, client:get_error(ret))
            local err = client:error()
            assert.equal("RANDOM_FAILED", err.name)
            assert.matches(case[2], err.cause)
        end
    end)

    it("is not asked for what is no use of it", function()
        local broken = false
        local random = counter()
        local client = client_of(function(config)
            assert(config:set_random(function(count)
                if broken then
                    error("no entropy")
                end
                return random(count)
            end))
        end)
        client:connect()
        broken = true
        assert.equal(ERROR.NONE, (meet(client)))
    end)

    it("may yield", function()
        local config, random = memory.client_config(), counter()
        assert(config:set_random(function(count)
            coroutine.yield(count)
            return random(count)
        end))
        local client
        local thread = coroutine.create(function()
            client = memory.connection(config, "localhost")
            return client:connect()
        end)
        local ok, count = coroutine.resume(thread)
        assert.is_true(ok)
        assert.is_true(count > 0)
        assert.is_true(coroutine.resume(thread))
        assert.equal("dead", coroutine.status(thread))
        assert.is_true(#client:drain() > 100)
    end)
end)
