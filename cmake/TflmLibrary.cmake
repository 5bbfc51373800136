# The library tflm: a tree as TflmTree.cmake picked it, with what TflmProbes.cmake learned, for the host or for a board.

# Sources whose first include is to be the tree's kernel_util.h, precompiled. Two thirds of the time of a kernel go into
# parsing that header and the standard library. Only sources that include it anyway, and define no macro in front of an
# include, are taken: for these nothing changes but the order of includes.
function(dtmm_precompilable_sources out header)
  set(found "")
  foreach(source IN LISTS ARGN)
    if(source MATCHES "\\.(cc|cpp)$")
      file(STRINGS ${source} lines REGEX "^ *# *(include|define|undef)")
      list(FILTER lines EXCLUDE REGEX "^ *# *include *<")
      string(REGEX MATCH "# *(define|undef).*# *include" macro_before_include "${lines}")
      if(lines MATCHES "include *\"${header}\"" AND NOT macro_before_include)
        list(APPEND found ${source})
      endif()
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

function(dtmm_configure_tflm target)
  target_include_directories(${target} SYSTEM PUBLIC ${DTMM_TFLM_INCLUDES})
  # Exported trees reach for their board's SDK in a place or two.
  target_include_directories(${target} SYSTEM PRIVATE ${DTMM_PACKAGE_ROOT}/cmake/board-sdk)
  # Public, because TF_LITE_STATIC_MEMORY changes the size of TfLiteTensor. TF_LITE_MCU_DEBUG_LOG must never be among
  # them: it turns aborts into endless loops.
  target_compile_definitions(${target} PUBLIC ${DTMM_TFLM_DEFINITIONS})
  target_compile_options(${target} PRIVATE -w -ffunction-sections -fdata-sections
                                           $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti -fno-exceptions>)
endfunction()

# Adds tflm, a static library, and tflm_kernels, the objects of it that share a precompiled header.
function(dtmm_add_tflm_library)
  set(kernel_util tensorflow/lite/micro/kernels/kernel_util.h)
  if(NOT EXISTS ${DTMM_TFLM_ROOT}/${kernel_util})
    set(kernel_util tensorflow/lite/kernels/kernel_util.h)
  endif()
  dtmm_precompilable_sources(kernels ${kernel_util} ${DTMM_TFLM_SOURCES})
  set(others ${DTMM_TFLM_SOURCES})
  if(kernels)
    list(REMOVE_ITEM others ${kernels})
    add_library(tflm_kernels OBJECT ${kernels})
    dtmm_configure_tflm(tflm_kernels)
    list(APPEND others $<TARGET_OBJECTS:tflm_kernels>)
  endif()
  add_library(tflm STATIC ${others})
  dtmm_configure_tflm(tflm)

  set(standard_headers algorithm array cmath cstddef cstdint cstdio cstdlib cstring functional limits map memory set
                       string type_traits utility vector)
  list(TRANSFORM standard_headers REPLACE "(.+)" "$<$<COMPILE_LANGUAGE:CXX>:<\\1$<ANGLE-R>>")
  target_precompile_headers(tflm PRIVATE ${standard_headers})
  if(kernels)
    target_precompile_headers(tflm_kernels PRIVATE ${standard_headers}
                              "$<$<COMPILE_LANGUAGE:CXX>:${DTMM_TFLM_ROOT}/${kernel_util}>")
  endif()
endfunction()
