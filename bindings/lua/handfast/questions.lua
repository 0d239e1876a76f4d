-- handfast/questions.lua: what a handshake asks of the functions of its configuration.
--
-- C never calls Lua: a call that has a question ends, the function is called here, from
-- Lua, where it may yield, its answer goes to C, and the call is repeated.  A function
-- that has no answer yet leaves the call ended, with its WANT value, for the caller to
-- repeat when there is one.  A function that raises, or gives nil and why, fails the
-- handshake; what it said stays with the connection, as the cause.

local core = require "handfast.core"
local protected = require "handfast.protected"
local session = require "handfast.session"

local questions = {}

-- Each is given the connection, and answers: true, or false if it is not known yet.
local answers = {}

-- The function may have closed the connection.
local function give(self, answer, ...)
    return self.handle ~= nil and answer(self.handle, ...) == 1
end

-- What a function gives that failed.
local FAILED = {}

-- The first cause is the one that counts.
local function failed(self, cause)
    if self.cause == nil then
        self.cause = cause == nil and "a function raised nil" or cause
    end
    return FAILED
end

-- What the function gives, or FAILED.
local function call(self, ask, ...)
    local ok, first, second = protected(ask, ...)
    if not ok then
        return failed(self, first)
    elseif first == nil and second ~= nil then
        return failed(self, second)
    end
    return first, second
end

answers[core.HF_ASK_CERTIFICATE] = function(self)
    local choose = self.config.choose
    local found = false
    if choose then
        found = call(self, choose, self)
    end
    if found == false then
        return false
    end
    return give(self, core.hf_answer, core.HF_ASK_CERTIFICATE, found == FAILED and 0 or 1)
end

--- verify(connection, result): true trusts the peer, false or a code refuses it, nil is
--- not decided yet.
answers[core.HF_ASK_VERDICT] = function(self)
    local verify = self.config.verify_peer
    local verdict
    if verify then
        verdict = call(self, verify, self, core.hf_question_result(self.handle))
    end
    if verdict == nil then
        return false
    end
    local number = verdict == true and 1 or 0
    if type(verdict) == "number" and math.abs(verdict) > 1 then
        number = -math.min(math.abs(verdict), 2 ^ 31 - 1)
        number = number == math.floor(number) and number or 0
    end
    return give(self, core.hf_answer, core.HF_ASK_VERDICT, number)
end

-- The names in the extension application_layer_protocol_negotiation (16), RFC 7301 3.1;
-- nil if there is none, or it is malformed, which the handshake will tell.
local function offered_protocols(self)
    local list = self:client_hello_extension(16)
    if not list or #list < 4 or #list - 2 ~= list:byte(1) * 256 + list:byte(2) then
        return nil
    end
    local names, at = {}, 3
    while at <= #list do
        local len = list:byte(at)
        if len == 0 or at + len > #list then
            return nil
        end
        names[#names + 1] = list:sub(at + 1, at + len)
        at = at + 1 + len
    end
    return names
end

-- choose(connection, names): one of them, nil for none, false to refuse the client.
local function answer_protocol(self)
    local choose = self.config.choose_protocol
    local names = choose and offered_protocols(self)
    if not names then
        return true
    end
    local name = call(self, choose, self, names)
    if type(name) == "string" and #name <= 255 then
        return give(self, core.hf_answer_protocol, 1, name) -- C refuses what is not there
    end
    local answer = name == FAILED and 1 or name == nil and 0 or -1 -- 1: C refuses ""
    return give(self, core.hf_answer_protocol, answer, "")
end

--- look(connection): false is not decided yet, handfast.UNKNOWN_NAME refuses the name,
--- anything else goes on, perhaps with another configuration.  The protocol is chosen
--- along with it, by the configuration that it goes on with.
answers[core.HF_ASK_HELLO] = function(self)
    local look = self.config.look_at_hello
    local found
    if look then
        found = call(self, look, self)
    end
    if found == FAILED then
        return give(self, core.hf_answer, core.HF_ASK_HELLO, 0)
    end
    if look and found == false or not self.handle then
        return false
    end
    if found == core.HF_CLIENT_HELLO_UNKNOWN_NAME then
        return give(self, core.hf_answer, core.HF_ASK_HELLO, found)
    end
    return answer_protocol(self) and give(self, core.hf_answer, core.HF_ASK_HELLO, 1)
end

-- A value, nil if it is unknown, false if that is not known yet, or FAILED.
local function checked(self, name, value)
    if value ~= nil and value ~= false and value ~= FAILED
        and type(value) ~= "string" then
        return failed(self, ("%s gave a %s (string, nil or false expected)")
            :format(name, type(value)))
    end
    return value
end

--- find(connection, identity): the key and the name of its hash.
answers[core.HF_ASK_KEY] = function(self)
    local find = self.config.find_key
    if not find then
        return false
    end
    local key, hash = call(self, find, self, core.hf_question_bytes(self.handle))
    key = checked(self, "find_psk", key)
    if key == false then
        return false
    end
    if key and key ~= FAILED and hash ~= nil
        and hash ~= "SHA256" and hash ~= "SHA384" then
        key = failed(self, "the hash of a pre-shared key is SHA256 or SHA384")
    end
    if key == FAILED then
        return give(self, core.hf_answer_key, -1, "", nil)
    end
    return give(self, core.hf_answer_key, key and 1 or 0, key or "", key and hash)
        or give(self, core.hf_answer_key, -1, "", nil) -- it is too long
end

-- nil is a session that is not there, whatever follows it.
answers[core.HF_ASK_SESSION] = function(self)
    local store = self.config.session_store
    if not store then
        return false
    end
    local id = core.hf_question_bytes(self.handle)
    local value = call(self, function()
        return (store:find(id))
    end)
    value = checked(self, "find", value)
    if value == false then
        return false
    end
    local known = value == FAILED and -1 or value and 1 or 0
    return give(self, core.hf_answer_session, known, known == 1 and value or "")
end

local function sign(self)
    local function_of_config = self.config.sign
    if not function_of_config then
        return false
    end
    local signature = call(self, function_of_config, self, self:sign_request())
    if signature == nil then
        return false
    end
    if type(signature) ~= "string" and signature ~= FAILED then
        signature = failed(self, ("sign gave a %s (string or nil expected)")
            :format(type(signature)))
    end
    if signature ~= FAILED and give(self, core.hf_conn_provide_signature, signature) then
        return true
    end
    -- It failed, or what it gave cannot be a signature.
    return give(self, core.hf_answer, core.HF_ASK_SIGNATURE, 0)
end

local asking = {
    [core.HF_ERROR_WANT_X509_LOOKUP] = true,
    [core.HF_ERROR_WANT_CLIENT_HELLO_CB] = true,
    [core.HF_ERROR_WANT_RETRY_VERIFY] = true,
}

--- Whether the functions of the configuration have answered what the call waits for.
function questions.answered(self, want)
    if want == core.HF_ERROR_WANT_ASYNC then
        return sign(self)
    end
    local answer = asking[want] and answers[core.hf_question_kind(self.handle)]
    return answer and answer(self) or false
end

--- A function failed that nothing hangs on: the connection goes on, and tells when it is
--- asked.
function questions.complain(self, cause)
    if self.complaint == nil then
        self.complaint = cause == nil and "a function raised nil" or cause
    end
end

-- The sessions that tickets made.
local function tell_sessions(self)
    local on_session = self.config.on_session
    while on_session and self.handle do
        local handle = core.hf_new_session_take(self.handle)
        if not handle then
            return
        end
        local ok, cause = protected(on_session, self, session(handle))
        if not ok then
            questions.complain(self, cause)
        end
    end
end

--- After each call: keys that were found are wiped once the handshake is over; sessions
--- that it made or used up are handed to the store.
function questions.settle(self)
    local store = self.config.session_store
    if (store or self.config.find_key) and self.handle
        and core.hf_is_init_finished(self.handle) == 1 then
        core.hf_answers_settle(self.handle)
    end
    tell_sessions(self)
    while store and self.handle do
        local id, value, lifetime = core.hf_kept_take(self.handle)
        if not id then
            return
        end
        local ok, cause = true, nil
        if value then
            ok, cause = protected(store.put, store, id, value, lifetime)
        elseif store.remove then
            ok, cause = protected(store.remove, store, id)
        end
        if not ok then
            questions.complain(self, cause)
        end
    end
end

return questions
