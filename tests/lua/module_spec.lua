-- The C module itself: what it exports, what it leaves alone.

describe("handfast.core", function()
    it("leaves nothing in _G", function()
        local before = {}
        for name in pairs(_G) do
            before[name] = true
        end
        for name in pairs(package.loaded) do
            if name:match("^handfast") then
                package.loaded[name] = nil
            end
        end
        require "handfast"
        local leaked = {}
        for name in pairs(_G) do
            if not before[name] then
                leaked[#leaked + 1] = name
            end
        end
        assert.same({}, leaked)
        assert.is_nil(rawget(_G, "swig_type"))
        assert.is_nil(rawget(_G, "swig_equals"))
    end)

    it("puts back what another SWIG module had left in _G", function()
        local loader = assert(package.searchpath and package.searchpath("handfast.core",
            package.cpath) or package.cpath:match("[^;]*%.so"):gsub("?", "handfast/core"))
        local mine = function() end
        rawset(_G, "swig_type", mine)
        local open = assert(package.loadlib(loader, "luaopen_handfast_core"))
        open()
        local left = rawget(_G, "swig_type")
        rawset(_G, "swig_type", nil)
        assert.equal(mine, left)
    end)

    it("has every public function that has a meaning in Lua", function()
        local core = require "handfast.core"
        local left_out = {}
        for _, why in ipairs {
            -- close() and the collector
            { "hf_config_free", "hf_conn_free", "hf_session_free", "hf_bio_free",
                "hf_certificate_free", "hf_verify_free", "hf_config_up_ref",
                "hf_session_up_ref" },
            -- a record is read through its connection or verification
            { "hf_conn_get0_error", "hf_verify_get0_error" },
            -- questions and answers: C calls no Lua
            { "hf_config_set_certificate_callback", "hf_config_set_sign_function",
                "hf_config_set_verify_callback", "hf_config_set_client_hello_callback",
                "hf_config_set_alpn_callback", "hf_config_set_psk_callback",
                "hf_config_set_session_store", "hf_config_set_key_log" },
            -- hf_register_enable, and hf_ask_during around a call
            { "hf_config_set_early_data_register" },
            -- connection:session() has the newest
            { "hf_config_set_session_callback" },
            -- feed and drain
            { "hf_conn_set_io", "hf_bio_new_custom" },
            -- set_clock and set_random: hf_sources_...
            { "hf_config_set_clock", "hf_config_set_random" },
            -- C pointers through and through
            { "hf_conn_set_user_data", "hf_conn_get_user_data" },
            -- set_hostname takes UTF-8; resolvers in Lua take what they are given
            { "hf_hostname_to_ascii" },
            -- record(path) writes a file; a replay is given in place of its connection
            { "hf_conn_record", "hf_replay_free", "hf_replay_get0_conn" },
        } do
            for _, name in ipairs(why) do
                left_out[name] = true
            end
        end
        local folder = assert(os.getenv("HF_TEST_HEADERS"))
        local missing, seen = {}, 0
        local headers = assert(io.popen("cat '" .. folder .. "'/handfast/*.h"))
        local text = headers:read("*a"):gsub("/%*.-%*/", "")
        headers:close()
        for name in text:gmatch("HF_API[^(]-(hf_[%w_]+)%(") do
            seen = seen + 1
            if left_out[name] ~= nil then
                assert.is_nil(core[name], name)
                left_out[name] = false
            elseif type(core[name]) ~= "function" then
                missing[#missing + 1] = name
            end
        end
        assert.same({}, missing)
        assert.is_true(seen > 100)
        for name, unseen in pairs(left_out) do
            assert.is_false(unseen, name .. " is in no header")
        end
    end)

    it("exports its entry and nothing else", function()
        local path = assert(os.getenv("HF_TEST_MODULE"))
        local nm = assert(io.popen("nm -D --defined-only '" .. path .. "'"))
        local symbols = {}
        for line in nm:lines() do
            symbols[#symbols + 1] = line:match("%S+$"):gsub("@.*", "")
        end
        nm:close()
        assert.same({ "luaopen_handfast_core" }, symbols)
    end)

    it("counts with the numbers of C, as integers", function()
        local handfast = require "handfast"
        assert.equal(0, handfast.ERROR.NONE)
        assert.equal(1, handfast.ERROR.SSL)
        assert.equal(2, handfast.ERROR.WANT_READ)
        assert.equal(3, handfast.ERROR.WANT_WRITE)
        assert.equal(5, handfast.ERROR.SYSCALL)
        assert.equal(6, handfast.ERROR.ZERO_RETURN)
        assert.equal(605, handfast.CODE.CERT_EXPIRED)
        if math.type then
            for name, value in pairs(handfast.CODE) do
                assert.equal("integer", math.type(value), name)
            end
        end
    end)

    it("releases a handle once, however often it is closed", function()
        local core = require "handfast.core"
        local config = core.hf_config_new()
        local collect = getmetatable(config).__gc
        core.close(config)
        core.close(config)
        collect(config)
        assert.is_false(core.is_open(config))
        local ok, why = pcall(core.hf_conn_new, config)
        assert.is_false(ok)
        assert.matches("closed", why)
    end)

    it("refuses foreign userdata and other types", function()
        local core = require "handfast.core"
        local config = core.hf_config_new()
        for _, wrong in ipairs { io.stdout, 1, "x", {}, true, print } do
            assert.is_false((pcall(core.hf_conn_new, wrong)))
            assert.is_false((pcall(core.close, wrong)))
        end
        assert.is_false((pcall(core.hf_connect, config)))
        assert.is_false((pcall(core.hf_connect, nil)))
        assert.is_false((pcall(core.hf_connect)))
    end)

    it("refuses text with a zero byte and numbers out of range", function()
        local core = require "handfast.core"
        local conn = core.hf_conn_new(core.hf_config_new())
        assert.is_false((pcall(core.hf_conn_set_hostname, conn, "good.example\0.evil")))
        for _, wrong in ipairs { -1, 0.5, 2 ^ 60, 0 / 0, 1 / 0, "16" } do
            assert.is_false((pcall(core.hf_conn_drain, conn, wrong)), tostring(wrong))
        end
    end)

    it("carries bytes between the ends of a pair", function()
        local core = require "handfast.core"
        local status, first, second = core.hf_bio_new_pair(0, 0)
        assert.equal(1, status)
        assert.equal(5, core.hf_bio_write(first, "a\0b\255c"))
        local count, bytes = core.hf_bio_read(second, 100)
        assert.equal(5, count)
        assert.equal("a\0b\255c", bytes)
        assert.equal(-1, (core.hf_bio_read(second, 100)))
    end)

    it("gives a transport away once it was taken", function()
        local core = require "handfast.core"
        local conn = core.hf_conn_new(core.hf_config_new())
        local _, first = core.hf_bio_new_pair(0, 0)
        assert.equal(1, core.hf_conn_set0_bio(conn, first))
        assert.is_false(core.is_open(first))
        core.close(first)
        core.close(conn)
    end)
end)
