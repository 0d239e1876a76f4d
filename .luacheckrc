-- Lua's checks: what is common to 5.1, LuaJIT, 5.3 and 5.4.
std = "min"
max_line_length = 90
files["bindings/lua/resty"].std = "+ngx_lua"
files["bindings/lua/example"].std = "+ngx_lua"
files["tests/nginx"].std = "+ngx_lua"
files["tests/lua"].std = "max+busted" -- they look at what a Lua has
files["bindings/lua/*.rockspec"].std = "+rockspec"
