# Trees since May 2023 have no AllOpsResolver. This writes dtmm_all_ops.inc, one DTMM_ADD_OP(AddConv2D) per op, out of the
# Add functions in micro_mutable_op_resolver.h:
#  - AddCustom and AddBuiltin need arguments and are no ops;
#  - an op whose Register_ function no compiled source mentions is left out, as the signal library's audio ops are (signal/
#    is not compiled), or kernels that an export dropped: registering one would leave an undefined symbol.
#
# Sets DTMM_GENERATED_DIR, and DTMM_TFLM_LEFT_OUT_OPS for people to read.

# Every Register_ name that the sources mention, wherever the line breaks.
function(dtmm_registered_names out)
  set(names "")
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} lines REGEX "Register_[A-Za-z0-9_]+\\(")
    string(REGEX MATCHALL "Register_[A-Za-z0-9_]+" found "${lines}")
    list(APPEND names ${found})
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${out} ${names} PARENT_SCOPE)
endfunction()

function(dtmm_write_all_ops file)
  file(READ ${DTMM_TFLM_ROOT}/tensorflow/lite/micro/micro_mutable_op_resolver.h header)
  # Semicolons and brackets would split or join CMake's list of matches.
  string(REGEX REPLACE "//[^\n]*" "" header "${header}")
  string(REGEX REPLACE "[][;]" " " header "${header}")
  string(REGEX MATCHALL "TfLiteStatus Add[A-Za-z0-9]+\\([^{]*\\)[^{]*{[^}]*}" functions "${header}")
  dtmm_registered_names(registered ${DTMM_TFLM_SOURCES})

  set(content "")
  set(left_out "")
  foreach(function IN LISTS functions)
    string(REGEX MATCH "Add[A-Za-z0-9]+" name "${function}")
    string(REGEX MATCH "^[^{]*" signature "${function}")
    string(REGEX MATCH "Register_[A-Za-z0-9_]+" registration "${function}")
    if(registration AND (signature MATCHES "\\( *\\)" OR signature MATCHES "="))
      if(registration IN_LIST registered)
        string(APPEND content "DTMM_ADD_OP(${name})\n")
      else()
        list(APPEND left_out ${name})
      endif()
    endif()
  endforeach()
  file(GENERATE OUTPUT ${file} CONTENT "${content}")
  set(DTMM_TFLM_LEFT_OUT_OPS ${left_out} PARENT_SCOPE)
endfunction()

set(DTMM_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
dtmm_write_all_ops(${DTMM_GENERATED_DIR}/dtmm_all_ops.inc)
