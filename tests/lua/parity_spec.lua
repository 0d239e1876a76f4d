-- What Python's module has, Lua's has too, under the same name or for a reason.

local root = assert(os.getenv("HF_TEST_ROOT"))

local function python_methods(files)
    local names = {}
    for file in files:gmatch("%S+") do
        local source = assert(io.open(root .. "/bindings/python/handfast/" .. file))
        for line in source:lines() do
            local name = line:match("^    def (%l[%w_]*)%(")
            if name then
                names[name] = true
            end
        end
        source:close()
    end
    return names
end

-- Where a name is missing: what stands for it, a method or a field of info(), or why not.
local pairs_of = {
    { "handfast.config", "_config.py _server_config.py", { options = "get_options" } },
    { "handfast.connection", "_connection.py _agreed.py", {
        options = "get_options", early_data = "early_data_status", fileno = "get_fd",
        peer_chain = "certificates", exception = "error", error_code = "error",
        check = "error", set_socket = "set_fd",
        alpn = "info", cipher_suite = "info", group = "info", version = "info",
        signature_algorithm = "info", session_reused = "info", psk_used = "info",
        hello_retried = "info", certificate_requested = "info",
        certificate_sent = "info", certificate_index = "info",
        version_number = "info", closed = "close",
        set_io = "feed", read_into = "read", -- Lua has no buffers to read into
    } },
    { "handfast.replay", "_replay.py", { trace = "trace_json" } },
}

describe("the interface", function()
    for _, case in ipairs(pairs_of) do
        it("of " .. case[1] .. " has what Python's has", function()
            local class = require(case[1])
            local missing, seen = {}, 0
            local python = python_methods(case[2])
            for name in pairs(python) do
                seen = seen + 1
                if type(class[case[3][name] or name]) ~= "function" then
                    missing[#missing + 1] = name
                end
            end
            assert.same({}, missing)
            assert.is_true(seen > 5)
            for name in pairs(case[3]) do
                assert.is_true(python[name], name .. " is not in Python")
                assert.is_true(type(class[name]) ~= "function", name .. " is in Lua, too")
            end
        end)
    end
end)
