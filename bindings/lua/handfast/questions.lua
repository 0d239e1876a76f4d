-- handfast/questions.lua: what a handshake asks of the functions of its configuration.
--
-- C never calls Lua: a call that has a question ends, the function is called here, from
-- Lua, where it may yield, its answer goes to C, and the call is repeated.  A function
-- that has no answer yet leaves the call ended, with its WANT value, for the caller to
-- repeat when there is one.

local core = require "handfast.core"

local questions = {}

-- Each is given the connection, and answers: true, or false if it is not known yet.
local answers = {}

-- The function may have closed the connection.
local function give(self, answer, ...)
    return self.handle ~= nil and answer(self.handle, ...) == 1
end

answers[core.HF_ASK_CERTIFICATE] = function(self)
    local choose = self.config.choose
    if not choose or choose(self) == false then
        return false
    end
    return give(self, core.hf_answer, core.HF_ASK_CERTIFICATE, 1)
end

--- verify(connection, result): true trusts the peer, false or a code refuses it, nil is
--- not decided yet.
answers[core.HF_ASK_VERDICT] = function(self)
    local verify = self.config.verify_peer
    local verdict
    if verify then
        verdict = verify(self, core.hf_question_result(self.handle))
    end
    if verdict == nil then
        return false
    end
    local number = verdict == true and 1 or 0
    if type(verdict) == "number" and math.abs(verdict) > 1 then
        number = -math.abs(verdict)
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
    local name = choose(self, names)
    if type(name) == "string" and #name <= 255 then
        return give(self, core.hf_answer_protocol, 1, name) -- C refuses what is not there
    end
    return give(self, core.hf_answer_protocol, name == nil and 0 or -1, "")
end

--- look(connection): false is not decided yet, handfast.UNKNOWN_NAME refuses the name,
--- anything else goes on, perhaps with another configuration.  The protocol is chosen
--- along with it, by the configuration that it goes on with.
answers[core.HF_ASK_HELLO] = function(self)
    local look = self.config.look_at_hello
    local found = look and look(self)
    if look and found == false or not self.handle then
        return false
    end
    if found == core.HF_CLIENT_HELLO_UNKNOWN_NAME then
        return give(self, core.hf_answer, core.HF_ASK_HELLO, found)
    end
    return answer_protocol(self) and give(self, core.hf_answer, core.HF_ASK_HELLO, 1)
end

-- A value, nil if it is unknown, false if that is not known yet.
local function checked(value, name)
    if value ~= nil and value ~= false and type(value) ~= "string" then
        error(("%s gave a %s (string, nil or false expected)")
            :format(name, type(value)), 0)
    end
    return value
end

--- find(connection, identity): the key and the name of its hash.
answers[core.HF_ASK_KEY] = function(self)
    local find = self.config.find_key
    if not find then
        return false
    end
    local key, hash = find(self, core.hf_question_bytes(self.handle))
    key = checked(key, "find_psk")
    if key == false then
        return false
    end
    -- An empty one fails the handshake, as do those that are too long, and hashes that
    -- do not exist.
    return give(self, core.hf_answer_key, key and 1 or 0, key or "", key and hash)
        or give(self, core.hf_answer_key, 1, "", nil)
end

answers[core.HF_ASK_SESSION] = function(self)
    local store = self.config.session_store
    if not store then
        return false
    end
    local value = checked(store:find(core.hf_question_bytes(self.handle)), "find")
    if value == false then
        return false
    end
    return give(self, core.hf_answer_session, value and 1 or 0, value or "")
end

local function sign(self)
    local function_of_config = self.config.sign
    if not function_of_config then
        return false
    end
    local signature = function_of_config(self, self:sign_request())
    return signature ~= nil and give(self, core.hf_conn_provide_signature, signature)
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

--- After each call: keys that were found are wiped once the handshake is over; sessions
--- that it made or used up are handed to the store.
function questions.settle(self)
    local store = self.config.session_store
    if (store or self.config.find_key) and self.handle
        and core.hf_is_init_finished(self.handle) == 1 then
        core.hf_answers_settle(self.handle)
    end
    while store and self.handle do
        local id, value, lifetime = core.hf_kept_take(self.handle)
        if not id then
            return
        end
        if value then
            store:put(id, value, lifetime)
        elseif store.remove then
            store:remove(id)
        end
    end
end

return questions
