# The package, used from outside: install, configure, build, run; a changed import is compiled again; wrong
# calls of mlp_add_policy are refused. Run by ctest with the variables that CMakeLists.txt passes.
cmake_minimum_required(VERSION 3.25)

# Runs a command and stops with its output when it fails; the output into `result`.
function(run result)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nfailed with ${status}:\n${output}")
  endif()
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

# Fails unless `text` contains `part`.
function(expect text part)
  string(FIND "${text}" "${part}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "expected `${part}` in:\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
file(COPY "${CONSUMER}/" DESTINATION "${SCRATCH}/source")
run(ignored "${CMAKE_COMMAND}" --install "${MLP_BINARY_DIR}" --prefix "${SCRATCH}/prefix")

# What scripts hold mlpc's JSON to comes with it.
foreach(schema IN ITEMS check explain diff)
  file(READ "${SCRATCH}/prefix/share/mlp/schema/${schema}.schema.json" text)
  string(JSON title GET "${text}" title)
  expect("${title}" "mlpc ${schema} --format json, version 1")
endforeach()

# The compiler links neither network nor database code.
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "${SCRATCH}/prefix/bin/mlpc"
     RESOLVED_DEPENDENCIES_VAR libraries UNRESOLVED_DEPENDENCIES_VAR unresolved)
if("${libraries};${unresolved}" MATCHES "libcurl|libssl|libsqlite")
  message(FATAL_ERROR "mlpc is linked to ${libraries};${unresolved}")
endif()

set(configure "${CMAKE_COMMAND}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
              "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix" -S "${SCRATCH}/source")
if(SANITIZE)
  list(APPEND configure "-DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE}")
endif()
run(ignored ${configure} -B "${SCRATCH}/build")
run(built "${CMAKE_COMMAND}" --build "${SCRATCH}/build")
expect("${built}" "Compiling the policy greeter")
run(said "${SCRATCH}/build/consumer")
expect("${said}" "route everyone, first tiny, then spare")
run(said "${SCRATCH}/build/loading_consumer" "${SCRATCH}/source/greeter.mlp")
expect("${said}" "loaded greeter with")

# Nothing to do when nothing changed, all to do when what the policy imports did.
run(again "${CMAKE_COMMAND}" --build "${SCRATCH}/build")
string(FIND "${again}" "Compiling the policy" position)
if(NOT position EQUAL -1)
  message(FATAL_ERROR "the policy was compiled without a change:\n${again}")
endif()
file(READ "${SCRATCH}/source/models.mlp" models)
string(REPLACE "model tiny" "model minute" models "${models}")
file(WRITE "${SCRATCH}/source/models.mlp" "${models}")
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}/build" RESULT_VARIABLE status
                OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0)
  message(FATAL_ERROR "the policy was not compiled again after its import changed:\n${output}")
endif()
expect("${output}" "MLP0201")

# Wrong calls stop the configuration and say why.
foreach(wrong IN ITEMS "no-policy:POLICY is missing" "no-file:there is no file"
                       "unknown-word:unknown argument" "no-name:0 declarations" "outside:outside the build tree")
  string(REGEX MATCH "^([^:]*):(.*)$" ignored "${wrong}")
  set(message "${CMAKE_MATCH_2}")
  execute_process(COMMAND ${configure} -B "${SCRATCH}/wrong" "-DWRONG=${CMAKE_MATCH_1}"
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(status EQUAL 0)
    message(FATAL_ERROR "WRONG=${CMAKE_MATCH_1} was accepted")
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${output}")  # CMake wraps its messages
  expect("${output}" "${message}")
endforeach()
message(STATUS "${said}")
