/* replay.i: recordings and their replay; <handfast/replay.h>. */

/* A function that takes the bytes; hf_conn_record_file writes them. */
%ignore hf_conn_record;
/* Wherever C looks at a connection, Lua may give the replay: handfast.i. */
%ignore hf_replay_get0_conn;

/* A handle, or nil, and the status. */
%typemap(in, numinputs=0) hf_status *status (hf_status value = 0) "$1 = &value;"
%typemap(argout) hf_status *status "lua_pushinteger(L, (lua_Integer)*$1); SWIG_arg++;"

%include <handfast/replay.h>

%inline %{
/* Whether there is a connection to look at: after hf_replay_run, unless that could not
 * begin. */
static int hf_replay_has_conn(hf_replay *replay)
{
    return hf_replay_get0_conn(replay) != NULL;
}
%}
