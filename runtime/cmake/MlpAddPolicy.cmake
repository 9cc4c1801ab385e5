# mlp_add_policy: a policy as a library. The same in the project's own tree and from the installed package.
#
#   mlp_add_policy(TARGET
#                  POLICY file...        policy files, each with its `policy NAME {`
#                  [IMPORT_ROOT dir]     where imports are looked for beside the importing file's folder
#                  [OUTPUT_DIR dir])     where NAME.mlp.h and NAME.mlp.cpp go; in the build tree
#
# Makes the static library TARGET with the tables of the policies; what links it can include "NAME.mlp.h" and
# has mlp::runtime. A policy is compiled again when it or anything it imports changes. For example:
#
#   find_package(mlp CONFIG REQUIRED)
#   mlp_add_policy(support_policy POLICY policies/support.mlp)
#   target_link_libraries(app PRIVATE support_policy)
include_guard(GLOBAL)
cmake_policy(VERSION 3.20...3.25)  # the paths in a depfile are those that mlpc was given

# The NAME of the file's `policy NAME {`, into `result`; an error when there is none or more than one.
function(mlp_policy_name_ file result)
  file(STRINGS "${file}" lines REGEX "^[ \t]*policy[ \t]+[a-z][a-z0-9-]*[ \t]*([{]|//|$)")
  list(LENGTH lines count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "mlp_add_policy: ${file} has ${count} declarations `policy NAME {`, not one")
  endif()
  string(REGEX REPLACE "^[ \t]*policy[ \t]+([a-z][a-z0-9-]*).*$" "\\1" name "${lines}")
  set(${result} "${name}" PARENT_SCOPE)
endfunction()

function(mlp_add_policy target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "IMPORT_ROOT;OUTPUT_DIR" "POLICY")
  if(DEFINED arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mlp_add_policy(${target}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(DEFINED arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "mlp_add_policy(${target}): no value after ${arg_KEYWORDS_MISSING_VALUES}")
  endif()
  if(NOT DEFINED arg_POLICY)
    message(FATAL_ERROR "mlp_add_policy(${target}): POLICY is missing")
  endif()

  if(NOT DEFINED arg_OUTPUT_DIR)
    set(arg_OUTPUT_DIR "${target}")
  endif()
  get_filename_component(output "${arg_OUTPUT_DIR}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  cmake_path(IS_PREFIX CMAKE_BINARY_DIR "${output}" NORMALIZE in_build_tree)
  if(NOT in_build_tree)
    message(FATAL_ERROR "mlp_add_policy(${target}): OUTPUT_DIR ${output} is outside the build tree")
  endif()
  file(MAKE_DIRECTORY "${output}")

  set(options "")
  if(DEFINED arg_IMPORT_ROOT)
    get_filename_component(import_root "${arg_IMPORT_ROOT}" ABSOLUTE)
    set(options --import-root "${import_root}")
  endif()

  set(generated "")
  foreach(policy IN LISTS arg_POLICY)
    get_filename_component(file "${policy}" ABSOLUTE)
    if(NOT EXISTS "${file}")
      message(FATAL_ERROR "mlp_add_policy(${target}): there is no file ${file}")
    endif()
    # The name decides what is written, so a new one has to be read again.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    mlp_policy_name_("${file}" name)
    # The header first, as in the depfile that mlpc writes: ninja asks for one order.
    add_custom_command(
      OUTPUT "${output}/${name}.mlp.h" "${output}/${name}.mlp.cpp"
      COMMAND "$<TARGET_FILE:mlp::mlpc>" compile "${file}" -o "${output}" --depfile
              "${output}/${name}.mlp.d" ${options}
      DEPENDS "${file}" "$<TARGET_FILE:mlp::mlpc>"
      DEPFILE "${output}/${name}.mlp.d"
      COMMENT "Compiling the policy ${name}"
      VERBATIM)
    list(APPEND generated "${output}/${name}.mlp.cpp" "${output}/${name}.mlp.h")
  endforeach()

  add_library(${target} STATIC ${generated})
  target_include_directories(${target} PUBLIC "${output}")
  target_link_libraries(${target} PUBLIC mlp::runtime)
endfunction()
