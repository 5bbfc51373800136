# What can only be learned by compiling a header of the tree: TFLM has no version number and exporters rename macros.
#
# Appends to DTMM_TFLM_DEFINITIONS; sets DTMM_DEBUG_LOG_VA_LIST and DTMM_DEBUG_VSNPRINTF for native/host, and
# DTMM_DEBUG_LOG_FORM for people to read.
include(CheckCXXSourceCompiles)

set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

function(dtmm_probe variable source)
  set(CMAKE_REQUIRED_QUIET ON)
  set(CMAKE_REQUIRED_INCLUDES ${DTMM_TFLM_INCLUDES})
  set(CMAKE_REQUIRED_FLAGS "-w")
  set(CMAKE_REQUIRED_DEFINITIONS ${ARGN})
  foreach(definition IN LISTS DTMM_TFLM_DEFINITIONS)
    list(APPEND CMAKE_REQUIRED_DEFINITIONS -D${definition})
  endforeach()
  check_cxx_source_compiles("${source}" ${variable})
  set(${variable} ${${variable}} PARENT_SCOPE)
endfunction()

# Exported trees replace TF_LITE_STATIC_MEMORY by ARDUINO in some files: kernel_util.h then needs the allocator functions
# that static memory takes away from common.h.
set(kernel_util "#include \"tensorflow/lite/kernels/kernel_util.h\"\n")
dtmm_probe(DTMM_TREE_COMPILES "${kernel_util}")
if(NOT DTMM_TREE_COMPILES)
  dtmm_probe(DTMM_TREE_COMPILES_AS_ARDUINO "${kernel_util}" -DARDUINO)
  if(DTMM_TREE_COMPILES_AS_ARDUINO)
    list(APPEND DTMM_TFLM_DEFINITIONS ARDUINO)
  else()
    message(WARNING "tensorflow/lite/kernels/kernel_util.h of this tree does not compile by itself; see CMakeError.log")
  endif()
endif()

set(debug_log "#include <cstdarg>\n#include \"tensorflow/lite/micro/debug_log.h\"\n")
dtmm_probe(DTMM_DEBUG_LOG_VA_LIST "${debug_log} void (*probe)(const char*, va_list) = &DebugLog;")
dtmm_probe(DTMM_DEBUG_VSNPRINTF "${debug_log} int (*probe)(char*, size_t, const char*, va_list) = &DebugVsnprintf;")

set(DTMM_DEBUG_LOG_FORM "DebugLog(text)")
if(DTMM_DEBUG_LOG_VA_LIST)
  set(DTMM_DEBUG_LOG_FORM "DebugLog(format, va_list)")
endif()
if(DTMM_DEBUG_VSNPRINTF)
  string(APPEND DTMM_DEBUG_LOG_FORM " and DebugVsnprintf")
endif()
