-- The Lua part of the demonstration: demo.lua HOST PORT (SSL_CERT_FILE names the root).
-- Connects twice, the second time with a ticket of the first; a refused certificate is
-- explained instead.

local handfast = require "handfast"

local host, port = arg[1], tonumber(arg[2])
local session

for _, turn in ipairs { "first", "again" } do
    local stream, err = handfast.connect(host, port, { timeout = 10, session = session })
    if not stream then
        print("  " .. tostring(err))
        os.exit(3)
    end
    assert(stream:write("GET / HTTP/1.0\r\n\r\n"))
    local answer = assert(stream:read("*a"))
    local info = stream:info()
    print(("  %s: %s, %s, %s, %s, %d bytes read"):format(turn, info.version, info.group,
        info.cipher_suite, info.session_reused and "resumed" or "full handshake",
        #answer))
    if session and not info.session_reused then
        os.exit(6)
    end
    session = stream:session()
    stream:close()
end
