# DTMM_SANITIZE=address,undefined. The address sanitizer covers everything; the undefined-behaviour sanitizer only our
# own files, since TFLM trees shift negative numbers and the like in code that is not ours to change.
add_library(dtmm_sanitize_own INTERFACE)
add_library(dtmm_sanitize_tree INTERFACE)

if(DTMM_SANITIZE)
  string(REPLACE "," ";" sanitizers "${DTMM_SANITIZE}")
  foreach(sanitizer IN LISTS sanitizers)
    target_compile_options(dtmm_sanitize_own INTERFACE -fsanitize=${sanitizer})
    target_link_options(dtmm_sanitize_own INTERFACE -fsanitize=${sanitizer})
    if(NOT sanitizer STREQUAL "undefined")
      target_compile_options(dtmm_sanitize_tree INTERFACE -fsanitize=${sanitizer})
    endif()
  endforeach()
  # vptr checks need the run-time type information that TFLM is built without.
  target_compile_options(dtmm_sanitize_own INTERFACE -g -fno-omit-frame-pointer -fno-sanitize=vptr -fno-sanitize-recover=all)
  target_compile_options(dtmm_sanitize_tree INTERFACE -g -fno-omit-frame-pointer)
endif()
