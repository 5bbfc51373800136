# The targets: tflm (the tree, as a static library), one object library per set of flags, and dtmm.node.
include(CheckCXXCompilerFlag)
find_package(Threads REQUIRED)
find_path(EIGEN3_INCLUDE_DIR Eigen/Core PATHS /usr/include/eigen3 /usr/local/include/eigen3 /usr/local/include REQUIRED)

# --- the TFLM tree -------------------------------------------------------------------------------------------------------
if(DTMM_TFLM_ARCHIVE)
  add_library(tflm STATIC IMPORTED)
  set_target_properties(tflm PROPERTIES IMPORTED_LOCATION ${DTMM_TFLM_ARCHIVE})
  target_include_directories(tflm INTERFACE ${DTMM_TFLM_INCLUDES})
  target_compile_definitions(tflm INTERFACE ${DTMM_TFLM_DEFINITIONS})
else()
  add_library(tflm STATIC ${DTMM_TFLM_SOURCES})
  set_target_properties(tflm PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  target_include_directories(tflm SYSTEM PUBLIC ${DTMM_TFLM_INCLUDES})
  # Exported trees reach for their board's SDK in a place or two.
  target_include_directories(tflm SYSTEM PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/board-sdk)
  # Public, because TF_LITE_STATIC_MEMORY changes the size of TfLiteTensor. TF_LITE_MCU_DEBUG_LOG must never be among
  # them: it turns aborts into endless loops.
  target_compile_definitions(tflm PUBLIC ${DTMM_TFLM_DEFINITIONS})
  target_compile_options(tflm PRIVATE -w -ffunction-sections -fdata-sections
                                      $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti -fno-exceptions>)
  target_link_libraries(tflm PRIVATE $<BUILD_INTERFACE:dtmm_sanitize_tree>)
  # Most of the time of a kernel goes into parsing the standard library: precompiled, it takes half as long. Headers of the
  # tree stay out of it, since its sources may define macros in front of them.
  set(standard_headers algorithm array cmath cstddef cstdint cstdio cstdlib cstring functional limits map memory set
                       string type_traits utility vector)
  list(TRANSFORM standard_headers REPLACE "(.+)" "$<$<COMPILE_LANGUAGE:CXX>:<\\1$<ANGLE-R>>")
  target_precompile_headers(tflm PRIVATE ${standard_headers})
endif()

# --- our sources ---------------------------------------------------------------------------------------------------------
# Whether a source of ours includes a TFLM header, by itself or through another file of ours.
function(dtmm_includes_tflm out file)
  set(queue ${file})
  set(seen "")
  set(result FALSE)
  while(queue)
    list(POP_FRONT queue current)
    list(APPEND seen ${current})
    get_filename_component(folder ${current} DIRECTORY)
    file(STRINGS ${current} lines REGEX "^ *# *include *\"")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" include "${line}")
      if(include MATCHES "^tensorflow/" OR include STREQUAL "dtmm_all_ops.inc")
        set(result TRUE)
      endif()
      foreach(base ${folder} ${DTMM_PACKAGE_ROOT} ${DTMM_PACKAGE_ROOT}/native ${DTMM_PACKAGE_ROOT}/tflm-kernels)
        get_filename_component(path ${base}/${include} ABSOLUTE)
        if(EXISTS ${path} AND NOT path IN_LIST seen)
          list(APPEND queue ${path})
        endif()
      endforeach()
    endforeach()
  endwhile()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# The kernel sources of every op in tflm-kernels/manifest.json.
function(dtmm_manifest_sources out)
  file(READ ${DTMM_PACKAGE_ROOT}/tflm-kernels/manifest.json manifest)
  string(JSON op_count LENGTH ${manifest} ops)
  set(sources "")
  math(EXPR last_op "${op_count} - 1")
  foreach(op RANGE ${last_op})
    string(JSON name MEMBER ${manifest} ops ${op})
    string(JSON source_count LENGTH ${manifest} ops ${name} sources)
    math(EXPR last_source "${source_count} - 1")
    foreach(index RANGE ${last_source})
      string(JSON source GET ${manifest} ops ${name} sources ${index})
      list(APPEND sources ${DTMM_PACKAGE_ROOT}/tflm-kernels/${source})
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES sources)
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

file(GLOB own_sources ${DTMM_PACKAGE_ROOT}/native/*.cc ${DTMM_PACKAGE_ROOT}/native/host/*.cc
                      ${DTMM_PACKAGE_ROOT}/native/host_kernels/*.cc ${DTMM_PACKAGE_ROOT}/native/network/*.cc)
dtmm_manifest_sources(kernel_sources)
set(tflm_side "")
set(numeric_side "")
foreach(source IN LISTS own_sources kernel_sources)
  dtmm_includes_tflm(includes_tflm ${source})
  if(includes_tflm)
    list(APPEND tflm_side ${source})
  else()
    list(APPEND numeric_side ${source})
  endif()
endforeach()

# cmake-js names the folders of node_api.h and napi.h.
add_library(dtmm_own INTERFACE)
target_include_directories(dtmm_own INTERFACE ${DTMM_PACKAGE_ROOT} ${DTMM_PACKAGE_ROOT}/native
                                              ${DTMM_PACKAGE_ROOT}/tflm-kernels)
target_include_directories(dtmm_own SYSTEM INTERFACE ${CMAKE_JS_INC} ${EIGEN3_INCLUDE_DIR})
target_compile_definitions(dtmm_own INTERFACE NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS NODE_GYP_MODULE_NAME=dtmm)
target_compile_options(dtmm_own INTERFACE -Wall -Wextra -ffunction-sections -fdata-sections)
# An installed package must build with compilers that nobody has tried yet; it comes without the tests.
if(EXISTS ${DTMM_PACKAGE_ROOT}/test)
  target_compile_options(dtmm_own INTERFACE -Werror)
endif()
target_link_libraries(dtmm_own INTERFACE Threads::Threads dtmm_sanitize_own)

# Files that see TFLM: no run-time type information, as in the tree whose classes they derive from, and the plain
# architecture, so that inline functions of TFLM round alike in every file.
add_library(dtmm_tflm_side OBJECT ${tflm_side})
target_include_directories(dtmm_tflm_side PRIVATE ${DTMM_GENERATED_DIR})
target_compile_options(dtmm_tflm_side PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
target_compile_definitions(dtmm_tflm_side PRIVATE $<$<BOOL:${DTMM_DEBUG_LOG_VA_LIST}>:DTMM_DEBUG_LOG_VA_LIST>
                                                  $<$<BOOL:${DTMM_DEBUG_VSNPRINTF}>:DTMM_DEBUG_VSNPRINTF>)
target_link_libraries(dtmm_tflm_side PRIVATE dtmm_own tflm)

# Everything else is loops over numbers.
add_library(dtmm_numeric_side OBJECT ${numeric_side})
target_link_libraries(dtmm_numeric_side PRIVATE dtmm_own)
# GCC 12 warns about its own AVX-512 headers where Eigen calls them (GCC bug 105593).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(dtmm_numeric_side PRIVATE -Wno-maybe-uninitialized)
endif()
if(DTMM_NATIVE_ARCH)
  check_cxx_compiler_flag(-march=native DTMM_HAS_MARCH_NATIVE)
  if(DTMM_HAS_MARCH_NATIVE)
    target_compile_options(dtmm_numeric_side PRIVATE -march=native)
  endif()
endif()

# --- dtmm.node -----------------------------------------------------------------------------------------------------------
add_library(dtmm_addon MODULE $<TARGET_OBJECTS:dtmm_tflm_side> $<TARGET_OBJECTS:dtmm_numeric_side>)
set_target_properties(dtmm_addon PROPERTIES OUTPUT_NAME dtmm PREFIX "" SUFFIX ".node")
target_link_libraries(dtmm_addon PRIVATE dtmm_own tflm)
if(APPLE)
  target_link_options(dtmm_addon PRIVATE -undefined dynamic_lookup -Wl,-dead_strip)
else()
  # -z now: a symbol that the tree lacks shows when the addon is first loaded, by name, not in the middle of a run.
  target_link_options(dtmm_addon PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,-z,now)
endif()
