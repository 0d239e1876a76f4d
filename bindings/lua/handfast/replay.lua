-- handfast/replay.lua: recordings of connections, played again without a network;
-- docs/replay.md.

local core = require "handfast.core"
local check = require "handfast.check"
local connection = require "handfast.connection"
local err = require "handfast.err"
local handle = require "handfast.handle"

local replay = {}
replay.__index = replay
replay.__name = "handfast.replay"

local function closed()
    return nil, err.closed("replay")
end

local function open(call, argument)
    local held, status = call(argument)
    if not held then
        return nil, err.of_code(status)
    end
    return setmetatable({ handle = held }, replay)
end

--- handfast.replay(path): the recording in a file; nil and an error record where it is
--- none that can be read.
function replay.from_file(path)
    check.type(1, "replay", "string", path)
    local why = err.zero_byte(path)
    if why then
        return nil, why
    end
    return open(core.hf_replay_new_file, path)
end

--- handfast.replay_memory(bytes): the same from bytes.
function replay.from_memory(bytes)
    check.type(1, "replay_memory", "string", bytes)
    return open(core.hf_replay_new, bytes)
end

local results = {
    [1] = "reproduced",
    [-core.HF_E_REPLAY_DIFFERS] = "differs",
    [-core.HF_E_RECORDING_INCOMPLETE] = "incomplete",
}

--- Plays it, once: "reproduced"; "differs"; or "incomplete", where nothing differs as far
--- as the recording goes.
function replay:run()
    if not self.handle then
        return closed()
    end
    local status = core.hf_replay_run(self.handle)
    if results[status] then
        return results[status]
    end
    return nil, err.of_code(status, core.hf_replay_message(self.handle))
end

-- What it holds that its readers should know of, a line for each; the version of the
-- library that recorded it; where the replay differs, "" if it does not.
handle.looks(replay, "replay", {
    warning = "hf_replay_warning", library = "hf_replay_library",
    message = "hf_replay_message",
})

local function played(self)
    return self.handle and core.hf_replay_has_conn(self.handle) == 1
end

--- The error record that the replay came to; nil if nothing failed, and before run.
function replay:error()
    if not self.handle then
        return err.closed("replay")
    end
    return played(self) and err.of_connection(self.handle) or nil
end

-- The connection as the replay left it, by the names of a connection; nil before run.
for _, name in ipairs { "timeline", "info", "certificates", "json", "trace_json", "state",
    "requested_name", "ocsp_response", "sct_list", "verify_result",
    "early_data_status" } do
    local look = connection[name]
    replay[name] = function(self)
        if not self.handle then
            return closed()
        end
        if played(self) then
            return look(self)
        end
        return nil
    end
end

local parts = {
    error = core.HF_REPLAY_ERROR, trace = core.HF_REPLAY_TRACE,
    connection = core.HF_REPLAY_CONNECTION,
}

--- What the recording has as its result, "error", "trace" or "connection", in JSON; nil
--- if it is not whole.
function replay:recorded_json(which)
    check.type(1, "recorded_json", "string", which)
    if not parts[which] then
        error(("bad argument #1 to 'recorded_json' (error, trace or connection expected, "
            .. "got '%s')"):format(which), 2)
    end
    if not self.handle then
        return closed()
    end
    return core.hf_replay_recorded_json(self.handle, parts[which])
end

-- close() wipes it.
handle.closes(replay)

return replay
