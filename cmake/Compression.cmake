# The libraries that compress certificates (RFC 8879), each of which a build may lack:
# HF_WITH_BROTLI, HF_WITH_ZSTD, HF_WITH_ZLIB are AUTO (taken if it is there), ON (an error
# if it is not) or OFF.
#   HF_COMPRESSION_SOURCES  their files of compress/
#   hf_compression          what those that compile and link them need
#   HF_PC_COMPRESSION       for Requires.private of handfast.pc
#   HF_PC_COMPRESSION_LIBS  for Libs.private: brotli's own .pc files leave out libm, which
#                           must come behind it in a static link
set(HF_COMPRESSION_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/compress/compression.c)
set(HF_PC_COMPRESSION)
set(HF_PC_COMPRESSION_LIBS)
add_library(hf_compression INTERFACE)

# hf_find_compression(METHOD LIBRARIES MODULE...)
function(hf_find_compression method libraries)
  string(TOUPPER ${method} upper)
  set(HF_WITH_${upper} AUTO CACHE STRING "Compress certificates with ${method}: AUTO, ON or OFF")
  set_property(CACHE HF_WITH_${upper} PROPERTY STRINGS AUTO ON OFF)
  if(HF_WITH_${upper} STREQUAL "AUTO")
    pkg_check_modules(HF_${upper} QUIET IMPORTED_TARGET ${ARGN})
  elseif(HF_WITH_${upper})
    pkg_check_modules(HF_${upper} REQUIRED IMPORTED_TARGET ${ARGN})
  else()
    message(STATUS "Certificate compression: ${method} is switched off")
    return()
  endif()
  if(NOT HF_${upper}_FOUND)
    message(STATUS "Certificate compression: ${method} is not there")
    return()
  endif()
  message(STATUS "Certificate compression: ${method} ${HF_${upper}_VERSION}")
  set(HF_COMPRESSION_SOURCES ${HF_COMPRESSION_SOURCES} 
      ${CMAKE_CURRENT_SOURCE_DIR}/compress/${method}.c PARENT_SCOPE)
  if(method STREQUAL "brotli")
    set(HF_PC_COMPRESSION_LIBS "-lbrotlienc -lbrotlidec -lbrotlicommon -lm " PARENT_SCOPE)
  else()
    list(JOIN ARGN ", " modules)
    set(HF_PC_COMPRESSION "${HF_PC_COMPRESSION}, ${modules}" PARENT_SCOPE)
  endif()
  set(HF_HAVE_${upper} TRUE PARENT_SCOPE)
  set(HF_${upper}_NAMES ${libraries} PARENT_SCOPE)
  target_compile_definitions(hf_compression INTERFACE HF_HAVE_${upper})
  target_link_libraries(hf_compression INTERFACE PkgConfig::HF_${upper})
endfunction()

hf_find_compression(brotli "brotlienc;brotlidec;brotlicommon;m" libbrotlienc libbrotlidec)
hf_find_compression(zstd zstd libzstd)
hf_find_compression(zlib z zlib)

# hf_link_compression(): to be called when the libraries' targets are there.
function(hf_link_compression)
  target_link_libraries(hf_core PUBLIC hf_compression)
  target_link_libraries(handfast PRIVATE $<BUILD_INTERFACE:hf_compression>)
  target_link_libraries(handfast_static INTERFACE $<BUILD_INTERFACE:hf_compression>)
  foreach(method BROTLI ZSTD ZLIB)
    if(HF_HAVE_${method})
      foreach(name ${HF_${method}_NAMES})
        target_link_libraries(handfast_static INTERFACE $<INSTALL_INTERFACE:${name}>)
      endforeach()
    endif()
  endforeach()
endfunction()
