# Warnings and sanitizers, the same for every target of ours.
function(hf_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
    -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wimplicit-fallthrough)
  if(HF_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(HF_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${HF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${HF_SANITIZE})
  endif()
endfunction()
