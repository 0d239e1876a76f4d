-- Builds the module for the Lua that luarocks runs with, from the repository's root:
--   luarocks make bindings/lua/handfast-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "handfast"
version = "0.1.0-1"
source = {
    url = "git+file://.",
}
description = {
    summary = "TLS 1.3 that explains itself",
    detailed = "Handshakes over LuaSocket, nginx cosockets or any transport of your own; "
        .. "every failure is a record of what went wrong, where, and what to do.",
    license = "Apache-2.0",
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
external_dependencies = {
    NETTLE = { header = "nettle/nettle-meta.h" },
}
build = {
    type = "command",
    build_command = "cmake -S . -B build-luarocks -DHF_BUILD_LUA=ON -DHF_BUILD_TESTS=OFF"
        .. " -DHF_BUILD_TOOLS=OFF -DHF_LUA_INCDIR=$(LUA_INCDIR)"
        .. " -DHF_LUA_CMOD_DIR=$(LIBDIR) -DHF_LUA_LMOD_DIR=$(LUADIR)"
        .. " && cmake --build build-luarocks",
    install_command = "cmake --install build-luarocks --component lua",
}
