# How targets are declared here:
#
#   mlp_add_library(NAME [SOURCES file...] [LINKS target...])      static, or INTERFACE without SOURCES
#   mlp_add_executable(NAME SOURCES file... [LINKS target...])     into <build>/bin
#   mlp_add_test(NAME SOURCES file... [LINKS target...] [DEFINES d...] [ARGS a...] [TIMEOUT s])
#   mlp_add_benchmark(NAME SOURCES file... [LINKS target...])      NAME begins with bench_
#   mlp_add_fuzzer(NAME SOURCES file... [LINKS target...] [CORPUS dir...] [DICTIONARY file])
#
# Includes are written from the root of the repository, public headers as "mlp/x.hpp". Warnings are on.
include_guard(GLOBAL)
include(GNUInstallDirs)

add_library(mlp_warnings INTERFACE)
target_compile_options(mlp_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                              $<$<BOOL:${MLP_WERROR}>:-Werror>)

# What everything is built with beside warnings: the sanitizers asked for.
add_library(mlp_sanitizers INTERFACE)
if(MLP_SANITIZE)
  target_compile_options(mlp_sanitizers INTERFACE -fsanitize=${MLP_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(mlp_sanitizers INTERFACE -fsanitize=${MLP_SANITIZE})
endif()
if(MLP_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "MLP_BUILD_FUZZERS needs clang")
  endif()
  # The dictionary tells the words that comparisons would: tracing those takes a third of the time.
  target_compile_options(mlp_sanitizers INTERFACE -fsanitize=fuzzer-no-link
                                                  -fno-sanitize-coverage=trace-cmp)
endif()

# Stops at a misspelt keyword or a missing one: mlp_check_arguments_(PREFIX CALL REQUIRED...).
function(mlp_check_arguments_ prefix call)
  if(DEFINED ${prefix}_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${call}: unknown argument ${${prefix}_UNPARSED_ARGUMENTS}")
  endif()
  foreach(keyword IN LISTS ARGN)
    if(NOT DEFINED ${prefix}_${keyword})
      message(FATAL_ERROR "${call}: ${keyword} is missing")
    endif()
  endforeach()
endfunction()

# Language level and include folders, for a target of the given scope (PUBLIC, INTERFACE).
function(mlp_set_up_target_ name scope)
  target_compile_features(${name} ${scope} cxx_std_20)
  target_include_directories(
    ${name} ${scope} "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/runtime/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  if(NOT scope STREQUAL "INTERFACE")
    target_link_libraries(${name} PRIVATE "$<BUILD_INTERFACE:mlp_warnings>"
                                          "$<BUILD_INTERFACE:mlp_sanitizers>")
  endif()
endfunction()

# Lets all_verify_interface_header_sets compile each header of `folder` alone, as a user of `library` would.
function(mlp_verify_headers_ library folder)
  file(GLOB headers CONFIGURE_DEPENDS "${folder}/*.hpp")
  if(headers)
    add_library(${library}_headers INTERFACE)
    target_sources(${library}_headers INTERFACE FILE_SET HEADERS BASE_DIRS "${folder}" FILES ${headers})
    target_link_libraries(${library}_headers INTERFACE ${library})
    set_target_properties(${library}_headers PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
endfunction()

function(mlp_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INTERFACE" "" "SOURCES;LINKS")
  mlp_check_arguments_(arg "mlp_add_library(${name})")
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    mlp_set_up_target_(${name} PUBLIC)
    target_link_libraries(${name} PUBLIC ${arg_LINKS})
  else()
    add_library(${name} INTERFACE)
    mlp_set_up_target_(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LINKS})
  endif()
  add_library(mlp::${name} ALIAS ${name})
  mlp_verify_headers_(${name} "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()

function(mlp_add_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  mlp_check_arguments_(arg "mlp_add_executable(${name})" SOURCES)
  add_executable(${name} ${arg_SOURCES})
  mlp_set_up_target_(${name} PUBLIC)
  target_link_libraries(${name} PRIVATE ${arg_LINKS})
  add_executable(mlp::${name} ALIAS ${name})
endfunction()

# A Boost.Test executable and its ctest of the same name. Sources hold suites and cases; the main is linked
# in. MLP_SOURCE_DIR and MLP_BINARY_DIR are defined as the roots of the source and the build tree.
function(mlp_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINKS;DEFINES;ARGS")
  mlp_check_arguments_(arg "mlp_add_test(${name})" SOURCES)
  add_executable(${name} ${arg_SOURCES})
  mlp_set_up_target_(${name} PUBLIC)
  target_compile_definitions(
    ${name} PRIVATE "MLP_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\""
                    "MLP_BINARY_DIR=\"${PROJECT_BINARY_DIR}\"" ${arg_DEFINES})
  target_link_libraries(${name} PRIVATE mlp_test_main Boost::unit_test_framework ${arg_LINKS})
  add_test(NAME ${name} COMMAND ${name} ${arg_ARGS})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(MLP_SANITIZE)  # which takes some ten times as long
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 6")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()

function(mlp_add_benchmark name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  mlp_check_arguments_(arg "mlp_add_benchmark(${name})" SOURCES)
  if(NOT name MATCHES "^bench_")
    message(FATAL_ERROR "mlp_add_benchmark(${name}): the name must begin with bench_")
  endif()
  if(MLP_BUILD_BENCHMARKS)
    mlp_add_executable(${name} SOURCES ${arg_SOURCES} LINKS benchmark::benchmark ${arg_LINKS})
    target_compile_definitions(${name} PRIVATE "MLP_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  endif()
endfunction()

# A source with LLVMFuzzerTestOneInput. Always a ctest NAME_replay that runs it over the files under the
# folders of CORPUS; with MLP_BUILD_FUZZERS also the libFuzzer executable NAME, whose name must begin with
# fuzz_, and the target `fuzzers` of all of them.
function(mlp_add_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DICTIONARY" "SOURCES;LINKS;CORPUS")
  mlp_check_arguments_(arg "mlp_add_fuzzer(${name})" SOURCES)
  if(NOT name MATCHES "^fuzz_")
    message(FATAL_ERROR "mlp_add_fuzzer(${name}): the name must begin with fuzz_")
  endif()
  set(corpus "")
  foreach(folder IN LISTS arg_CORPUS)
    get_filename_component(folder "${folder}" ABSOLUTE)
    list(APPEND corpus "${folder}")
  endforeach()
  if(corpus)
    mlp_add_executable(${name}_replay SOURCES "${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.cpp"
                                              ${arg_SOURCES} LINKS ${arg_LINKS})
    add_test(NAME ${name}_replay COMMAND ${name}_replay ${corpus})
    set_tests_properties(${name}_replay PROPERTIES TIMEOUT 300)
  endif()
  if(MLP_BUILD_FUZZERS)
    mlp_add_executable(${name} SOURCES ${arg_SOURCES} LINKS ${arg_LINKS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers ${name})
    # ./dev fuzz reads what to begin with: the dictionary, then the seeds, one a line.
    set(arguments ${corpus})
    if(arg_DICTIONARY)
      get_filename_component(dictionary "${arg_DICTIONARY}" ABSOLUTE)
      list(PREPEND arguments "-dict=${dictionary}")
    endif()
    list(JOIN arguments "\n" arguments)
    file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/bin/${name}.arguments" CONTENT "${arguments}\n")
  endif()
endfunction()

# Adds the folder if it has a CMakeLists.txt.
function(mlp_add_subdirectory folder)
  file(GLOB found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt")
  if(found)
    add_subdirectory("${PROJECT_SOURCE_DIR}/${folder}" "${PROJECT_BINARY_DIR}/${folder}")
  endif()
endfunction()

# Adds each folder under `parent` that has a CMakeLists.txt, those of ORDER first; a folder that appears later
# is picked up at the next build.
function(mlp_add_subdirectories parent)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ORDER")
  file(GLOB lists CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/${parent}"
       "${PROJECT_SOURCE_DIR}/${parent}/*/CMakeLists.txt")
  list(SORT lists)
  list(TRANSFORM lists REPLACE "/CMakeLists.txt$" "")
  set(ordered "")
  foreach(folder IN LISTS arg_ORDER)
    if(folder IN_LIST lists)
      list(APPEND ordered ${folder})
    endif()
  endforeach()
  list(APPEND ordered ${lists})
  list(REMOVE_DUPLICATES ordered)
  foreach(folder IN LISTS ordered)
    add_subdirectory("${PROJECT_SOURCE_DIR}/${parent}/${folder}"
                     "${PROJECT_BINARY_DIR}/${parent}/${folder}")
  endforeach()
endfunction()
