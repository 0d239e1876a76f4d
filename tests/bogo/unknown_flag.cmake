# An unknown flag ends the shim with 89, which the runner counts as "unimplemented".
execute_process(COMMAND ${SHIM} -port 1 -no-such-flag RESULT_VARIABLE result ERROR_QUIET)
if(NOT result EQUAL 89)
  message(FATAL_ERROR "the shim ended with ${result}, not with 89")
endif()
