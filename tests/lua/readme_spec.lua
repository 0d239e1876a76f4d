-- The Lua script of README.md works as printed.

local peer = require "support.peer"

describe("README.md's Lua script", function()
    local server

    setup(function()
        server = peer.start("p256", "-www")
    end)
    teardown(function()
        server:stop()
    end)

    it("runs", function()
        local readme = io.open(assert(os.getenv("HF_TEST_ROOT")) .. "/README.md")
        local script = readme and readme:read("*a"):match("\n```lua\n(.-)\n```")
        if readme then
            readme:close()
        end
        if not script then
            pending("README.md has no Lua script yet")
            return
        end
        local path = os.tmpname()
        local file = assert(io.open(path, "w"))
        file:write(script)
        file:close()
        local command = "SSL_CERT_FILE='%s' SSL_CERT_DIR=/nonexistent %s '%s' localhost"
            .. " %d 2>&1; echo exit $?"
        local run = assert(io.popen(command:format(peer.root, os.getenv("HF_TEST_LUA"),
            path, server.port)))
        local output = run:read("*a")
        run:close()
        os.remove(path)
        assert.matches("exit 0\n$", output)
        assert.matches("^TLSv1%.3", output)
    end)
end)
