# Picks the sources of a TFLM tree by what the tree holds. Layouts seen: the full TFLite tree of 2020, the tflite-micro
# repository since 2021, and exported trees (.cpp names, reference kernels left out where CMSIS-NN replaces them).
#
# Sets DTMM_TFLM_SOURCES, DTMM_TFLM_INCLUDES and DTMM_TFLM_DEFINITIONS; for people to read, DTMM_TFLM_LAYOUT,
# DTMM_TFLM_OPTIMISED_KERNELS (the folders of kernels for one kind of processor) and DTMM_TFLM_CMSIS_NN (what it is needed for).

if(NOT EXISTS ${DTMM_TFLM_ROOT}/tensorflow/lite/micro/micro_interpreter.h)
  message(FATAL_ERROR "DTMM_TFLM_ROOT=${DTMM_TFLM_ROOT} has no tensorflow/lite/micro/micro_interpreter.h")
endif()

set(tflite ${DTMM_TFLM_ROOT}/tensorflow/lite)
set(mlir_lite ${DTMM_TFLM_ROOT}/tensorflow/compiler/mlir/lite)

# The sources of one folder, without its subfolders, tests, test doubles and the platform files that native/host replaces.
function(dtmm_folder_sources out folder)
  file(GLOB found LIST_DIRECTORIES false ${folder}/*.cc ${folder}/*.cpp ${folder}/*.c)
  list(FILTER found EXCLUDE REGEX "_test[^/]*$|/(mock_|fake_|test_helper|kernel_runner)[^/]*$")
  list(FILTER found EXCLUDE REGEX "/(debug_log|micro_time|system_setup)\\.[a-z]+$")
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Those of the given stems that exist, under whichever extension this tree uses.
function(dtmm_existing_sources out)
  set(found "")
  foreach(stem IN LISTS ARGN)
    foreach(extension cc cpp c)
      if(EXISTS ${stem}.${extension})
        list(APPEND found ${stem}.${extension})
      endif()
    endforeach()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# The kernels that only kernels/cmsis_nn has, as an exported tree does; a reference kernel is always preferred.
function(dtmm_cmsis_only_kernels out reference)
  set(stems "")
  foreach(file IN LISTS reference)
    get_filename_component(stem ${file} NAME_WE)
    list(APPEND stems ${stem})
  endforeach()
  set(only "")
  foreach(folder cmsis_nn cmsis-nn)
    dtmm_folder_sources(kernels ${tflite}/micro/kernels/${folder})
    foreach(file IN LISTS kernels)
      get_filename_component(stem ${file} NAME_WE)
      if(NOT stem IN_LIST stems)
        list(APPEND only ${file})
      endif()
    endforeach()
  endforeach()
  set(${out} ${only} PARENT_SCOPE)
endfunction()

if(EXISTS ${tflite}/interpreter.cc)
  set(DTMM_TFLM_LAYOUT "full TFLite tree")
elseif(EXISTS ${tflite}/micro/tools/make/Makefile)
  set(DTMM_TFLM_LAYOUT "tflite-micro repository")
elseif(EXISTS ${tflite}/micro/micro_allocator.cpp)
  set(DTMM_TFLM_LAYOUT "exported tree (.cpp)")
else()
  set(DTMM_TFLM_LAYOUT "exported tree")
endif()

file(GLOB kernel_folders LIST_DIRECTORIES true RELATIVE ${tflite}/micro/kernels ${tflite}/micro/kernels/*)
set(DTMM_TFLM_OPTIMISED_KERNELS "")
foreach(folder IN LISTS kernel_folders)
  if(NOT folder MATCHES "^test")
    dtmm_folder_sources(sources ${tflite}/micro/kernels/${folder})
    if(sources)
      list(APPEND DTMM_TFLM_OPTIMISED_KERNELS ${folder})
    endif()
  endif()
endforeach()

set(DTMM_TFLM_SOURCES "")
foreach(folder micro micro/memory_planner micro/arena_allocator micro/tflite_bridge core/api)
  dtmm_folder_sources(sources ${tflite}/${folder})
  list(APPEND DTMM_TFLM_SOURCES ${sources})
endforeach()
dtmm_folder_sources(reference_kernels ${tflite}/micro/kernels)
list(APPEND DTMM_TFLM_SOURCES ${reference_kernels})

set(internal ${tflite}/kernels/internal)
set(shared
    ${tflite}/c/common
    ${tflite}/core/c/common
    ${tflite}/kernels/kernel_util
    ${tflite}/schema/schema_utils
    ${mlir_lite}/schema/schema_utils
    ${mlir_lite}/core/api/error_reporter
    ${internal}/quantization_util
    ${internal}/runtime_shape
    ${internal}/tensor_ctypes)
# A full TFLite tree has these files too, but there they belong to the big interpreter and drag it in.
if(NOT DTMM_TFLM_LAYOUT STREQUAL "full TFLite tree")
  list(APPEND shared
       ${internal}/common
       ${internal}/tensor_utils
       ${internal}/portable_tensor_utils
       ${internal}/reference/comparisons
       ${internal}/reference/portable_tensor_utils)
endif()
dtmm_existing_sources(shared_sources ${shared})
list(APPEND DTMM_TFLM_SOURCES ${shared_sources})

set(DTMM_TFLM_INCLUDES ${DTMM_TFLM_ROOT} ${DTMM_TFLM_INCLUDE_DIRS})
set(DTMM_TFLM_DEFINITIONS TF_LITE_STATIC_MEMORY GEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK)

dtmm_cmsis_only_kernels(cmsis_kernels "${reference_kernels}")
set(DTMM_TFLM_CMSIS_NN "not needed")
if(cmsis_kernels)
  list(LENGTH cmsis_kernels cmsis_count)
  # CMSIS-NN's plain C compiles on any host and gives the same bytes as the reference kernels.
  find_path(DTMM_CMSIS_NN_ROOT Include/arm_nnfunctions.h NO_DEFAULT_PATH
            PATHS ${DTMM_TFLM_ROOT}/third_party/cmsis_nn ${tflite}/micro/tools/make/downloads/cmsis_nn)
  find_path(DTMM_CMSIS_CORE_DIR cmsis_compiler.h NO_DEFAULT_PATH
            PATHS ${DTMM_TFLM_ROOT}/third_party/cmsis/CMSIS/Core/Include
                  ${tflite}/micro/tools/make/downloads/cmsis/CMSIS/Core/Include)
  if(DTMM_CMSIS_NN_ROOT)
    set(DTMM_TFLM_CMSIS_NN "${cmsis_count} kernels without a reference; ${DTMM_CMSIS_NN_ROOT}")
    file(GLOB cmsis_nn_sources ${DTMM_CMSIS_NN_ROOT}/Source/*/*.c)
    list(APPEND DTMM_TFLM_SOURCES ${cmsis_kernels} ${cmsis_nn_sources})
    list(APPEND DTMM_TFLM_INCLUDES ${DTMM_CMSIS_NN_ROOT} ${DTMM_CMSIS_NN_ROOT}/Include)
    list(APPEND DTMM_TFLM_DEFINITIONS CMSIS_NN)
    # Exporters write ARDUINO where the repository has CMSIS_NN; without it, headers define what these kernels define.
    file(STRINGS ${tflite}/micro/kernels/conv.h renamed REGEX "defined\\(ARDUINO\\)")
    if(renamed)
      list(APPEND DTMM_TFLM_DEFINITIONS ARDUINO)
    endif()
    if(DTMM_CMSIS_CORE_DIR)
      list(APPEND DTMM_TFLM_INCLUDES ${DTMM_CMSIS_CORE_DIR})
    endif()
  else()
    set(DTMM_TFLM_CMSIS_NN "MISSING: ${cmsis_count} kernels without a reference are left out")
  endif()
endif()

list(LENGTH DTMM_TFLM_SOURCES source_count)
message(STATUS "TFLM tree ${DTMM_TFLM_ROOT}: ${source_count} sources")
