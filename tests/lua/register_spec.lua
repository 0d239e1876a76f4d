-- The register of early data: config:set_early_data_register.

local handfast = require "handfast"
local memory = require "support.memory"

local STATUS = handfast.EARLY_DATA

describe("the register of early data", function()
    local keys = ("k"):rep(48)
    local client_config

    setup(function()
        client_config = memory.client_config()
    end)

    -- Servers that share their ticket keys, each with a register.
    local function server_config(register, more)
        local options = { max_early_data = 100, ticket_keys = keys,
            early_data_register = register }
        for name, value in pairs(more or {}) do
            options[name] = value
        end
        return memory.server_config(options)
    end

    local function session_of(settings)
        local server = memory.connection(settings)
        local client = memory.connection(client_config, "localhost")
        memory.handshake(client, server)
        memory.send(server, client, "x")
        return assert(client:session())
    end

    -- A client with early data, and its first flight.
    local function early(session)
        local client = memory.connection(client_config, "localhost")
        assert(client:set_session(session))
        assert(client:allow_early_data())
        assert(client:set_connect_state())
        assert.equal(1, (client:write_early_data "GET /"))
        return client, assert(client:drain())
    end

    -- A server that has read this flight, and what it took.
    local function read(settings, flight)
        local server = memory.connection(settings)
        assert(server:allow_early_data())
        assert(server:set_accept_state())
        assert(server:feed(flight))
        local ret, bytes = server:read_early_data()
        return server, ret == 1 and bytes or ""
    end

    local function judged(register, more)
        local settings = server_config(register, more)
        local client, flight = early(session_of(settings))
        local server, bytes = read(settings, flight)
        return server, bytes, client
    end

    local function goes_on(client, server)
        memory.handshake(client, server)
        assert.equal("late", memory.send(client, server, "late"))
    end

    it("is asked once, with a key and how long to keep it", function()
        local asked = {}
        local server, bytes, client = judged(function(...)
            asked[#asked + 1] = { select("#", ...), ... }
            return true
        end)
        assert.equal("GET /", bytes)
        assert.equal(1, #asked)
        assert.equal(2, asked[1][1])
        assert.equal(32, #asked[1][2])
        assert.is_true(asked[1][3] > 20)
        if math.type then
            assert.equal("integer", math.type(asked[1][3]))
        end
        assert.is_nil(server:callback_error())
        memory.meet(client, server, nil, function()
            return (server:read_early_data())
        end)
        goes_on(client, server)
        assert.equal(STATUS.ACCEPTED, server:early_data_status())
        assert.equal(STATUS.ACCEPTED, client:early_data_status())
    end)

    it("tells one server what another has taken", function()
        local seen = {}
        local function register(hello)
            local first = not seen[hello]
            seen[hello] = true
            return first
        end
        local one, other = server_config(register), server_config(register)
        local session = session_of(one)
        local client, flight = early(session)
        assert.equal("GET /", select(2, read(one, flight)))
        local server, bytes = read(other, flight)
        assert.equal("", bytes)
        goes_on(client, server)
        assert.equal(STATUS.REJECTED, client:early_data_status())
        assert.equal("", select(2, read(one, flight)))
        -- Another hello of the same session is another one.
        local _, another = early(session)
        assert.equal("GET /", select(2, read(other, another)))
    end)

    it("takes nothing that it does not answer with true", function()
        for name, case in pairs {
            ["false"] = { function() return false, "exists", false end },
            ["nil"] = { function() end },
            ["why"] = { function() return nil, "no memory" end, "no memory" },
            ["raises"] = { function() error("lost", 0) end, "lost" },
            ["raises nil"] = { function() error() end, "a function raised nil" },
            ["a table"] = { function() error(STATUS) end, STATUS },
            ["1"] = { function() return 1 end,
                "the register of early data gave a number"
                    .. " (true, false or nil expected)" },
        } do
            local server, bytes, client = judged(case[1])
            assert.equal("", bytes, name)
            assert.equal(case[2], server:callback_error(), name)
            goes_on(client, server)
            assert.equal(STATUS.REJECTED, server:early_data_status(), name)
            assert.equal(STATUS.REJECTED, client:early_data_status(), name)
        end
    end)

    it("cannot wait", function()
        local thread = coroutine.create(function()
            local server, bytes, client = judged(function()
                coroutine.yield("out of C")
                return true
            end)
            assert.equal("", bytes)
            assert.matches("^the register of early data cannot wait: .*attempt to yield",
                server:callback_error())
            goes_on(client, server)
            return "done"
        end)
        local ok, result = coroutine.resume(thread)
        assert(ok, result)
        assert.equal("done", result)
    end)

    it("is asked in a coroutine that the functions of the handshake yield in", function()
        local thread = coroutine.wrap(function()
            local _, bytes = judged(function()
                return true
            end, { client_hello = function()
                coroutine.yield "waiting"
            end })
            return bytes
        end)
        local told
        repeat
            told = thread()
        until told ~= "waiting"
        assert.equal("GET /", told)
    end)

    it("may do what it likes to its connection", function()
        for name, act in pairs {
            close = function(server)
                server:close()
                server:close()
                collectgarbage()
            end,
            clear = function(server) server:clear() end,
            accept = function(server) assert.equal(-1, server:accept()) end,
            read = function(server) assert.equal(-1, (server:read())) end,
            write = function(server) assert.equal(-1, (server:write "x")) end,
            read_early_data = function(server)
                assert.equal(-1, (server:read_early_data()))
            end,
            garbage = function() collectgarbage() end,
        } do
            local server
            local settings = server_config(function()
                act(server)
                return true
            end)
            local _, flight = early(session_of(settings))
            server = memory.connection(settings)
            assert(server:allow_early_data())
            assert(server:set_accept_state())
            assert(server:feed(flight))
            local ret, bytes = server:read_early_data()
            if name == "close" then
                assert.is_nil(ret)
                assert.equal("CLOSED", bytes.name)
                assert.equal("CLOSED", select(2, server:read()).name)
            else
                assert.equal(1, ret, name .. tostring(server:callback_error()))
                assert.equal("GET /", bytes, name)
                server:close()
            end
        end
        collectgarbage()
    end)

    it("may use connections of its own", function()
        local inner = server_config(function()
            return true
        end)
        local _, inner_flight = early(session_of(inner))
        local taken
        local server, bytes = judged(function()
            taken = select(2, read(inner, inner_flight))
            return true
        end)
        assert.equal("GET /", taken)
        assert.equal("GET /", bytes)
        server:close()
    end)

    it("is that of the configuration which the ClientHello chose", function()
        local first, second = 0, 0
        local other = server_config(function()
            second = second + 1
            return true
        end)
        local server, bytes = judged(function()
            first = first + 1
            return true
        end, { client_hello = function(conn)
            assert(conn:set_config(other))
        end })
        assert.equal("GET /", bytes)
        assert.equal(0, first)
        assert.equal(1, second)
        server:close()
    end)

    it("gives way to the memory of the process", function()
        local config = memory.server_config { max_early_data = 100 }
        assert.is_true(config:set_early_data_register(function()
            error "not asked"
        end))
        assert.is_true(config:set_early_data_register(nil))
        local _, flight = early(session_of(config))
        assert.equal("GET /", select(2, read(config, flight)))
        assert.equal("", select(2, read(config, flight)))
    end)

    it("is a function, and set before there are connections", function()
        local config = memory.server_config()
        for _, wrong in ipairs { 1, "x", {}, true } do
            assert.is_false((pcall(config.set_early_data_register, config, wrong)))
        end
        assert.is_false((pcall(handfast.config, { early_data_register = 1 })))
        local conn = memory.connection(config)
        local ok, err = config:set_early_data_register(function() end)
        assert.is_nil(ok)
        assert.equal("CONFIG_FROZEN", err.name)
        conn:close()
        config:close()
        assert.equal("CLOSED", select(2, config:set_early_data_register(nil)).name)
    end)

    it("is asked by nobody but the calls of a connection", function()
        local core = require "handfast.core"
        local config = server_config(function() return true end)
        local conn = memory.connection(config)
        assert.is_false((pcall(core.hf_ask_during, conn.handle, 1, print)))
        assert.is_false((pcall(core.hf_ask_during, conn.handle, print, nil)))
        assert.is_false((pcall(core.hf_ask_during, nil, print, print)))
        local ok, why = pcall(core.hf_ask_during, conn.handle, print, function()
            core.close(conn.handle)
            error("whole", 0)
        end)
        assert.is_false(ok)
        assert.equal("whole", why)
        assert.is_false(core.is_open(conn.handle))
        -- Without hf_ask_during nothing is known.
        local _, flight = early(session_of(config))
        local server = memory.connection(config)
        assert(server:allow_early_data())
        assert(server:set_accept_state())
        assert(server:feed(flight))
        assert.equal(-1, (core.hf_accept(server.handle)))
        assert.equal(STATUS.REJECTED, server:early_data_status())
    end)
end)
