-- handfast/handle.lua: what objects do alike that hold a handle of the C module: they
-- tell what C tells of it, and let go of it.

local core = require "handfast.core"
local err = require "handfast.err"

local handle = {}

--- Methods that only look: the functions of C by the methods' names.  On a closed object,
--- which is of that kind, they give nil and an error record.
function handle.looks(class, kind, names)
    for method, name in pairs(names) do
        local call = core[name]
        class[method] = function(self)
            if not self.handle then
                return nil, err.closed(kind)
            end
            return call(self.handle)
        end
    end
end

--- close(), which may be called again, and stands for __close, too.
function handle.closes(class)
    function class:close()
        if self.handle then
            core.close(self.handle)
            self.handle = nil
        end
        return true
    end
    class.__close = class.close
end

return handle
