# How a library, a level of a service, a program and their tests are declared.
include(GoogleTest)
# A unit test runs in one build of ./dev test, under the sanitizers; the release build holds what is shipped and what runs it.
option(CDISCOUNT_UNIT_TESTS "Build the unit tests" ON)
add_custom_target(cdiscount_unit_tests)      # everything labelled unit, for the sanitizer build
add_custom_target(cdiscount_threaded_tests)  # the unit tests of what has threads, for the thread sanitizer
add_custom_target(cdiscount_programs)        # what ./dev demo and ./dev bench run
set(cdiscount_threaded http kafka outbox rpc service store)

# cdiscount_add_unit_tests(<target> PREFIX <p> SOURCES ... DEPS ...)
# One executable of unit tests; each test is a CTest of its own, labelled unit.
function(cdiscount_add_unit_tests target)
  cmake_parse_arguments(ARG "" "PREFIX" "SOURCES;DEPS" ${ARGN})
  if(NOT BUILD_TESTING OR NOT CDISCOUNT_UNIT_TESTS OR NOT ARG_SOURCES)
    return()
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE cdiscount_options ${ARG_DEPS} GTest::gmock_main)
  set(label unit)
  if(CDISCOUNT_SANITIZE STREQUAL thread AND ARG_PREFIX IN_LIST cdiscount_threaded)
    set(label threaded)
    target_link_libraries(${target} PRIVATE cdiscount_tsan_c11_threads)
    add_dependencies(cdiscount_threaded_tests ${target})
  endif()
  # In the thread sanitizer's build most tests are not built, so they must not be asked for their names.
  if(NOT CDISCOUNT_SANITIZE STREQUAL thread OR label STREQUAL threaded)
    gtest_discover_tests(${target} TEST_PREFIX "${ARG_PREFIX}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${label} TIMEOUT 60)
  endif()
  add_dependencies(cdiscount_unit_tests ${target})
endfunction()

# cdiscount_add_library(<name> SOURCES ... TESTS ... DEPS ... PRIVATE_DEPS ... TEST_DEPS ...)
# libs/<name> as the target cdiscount_<name>; headers are included as "<name>/x.hpp".
function(cdiscount_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  set(target cdiscount_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/libs)
    target_link_libraries(${target} PUBLIC cdiscount_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/libs)
    target_link_libraries(${target} INTERFACE cdiscount_options ${ARG_DEPS})
  endif()
  cdiscount_add_unit_tests(${target}_test PREFIX ${name} SOURCES ${ARG_TESTS} DEPS ${target} ${ARG_PRIVATE_DEPS} ${ARG_TEST_DEPS})
endfunction()

# cdiscount_add_level(<service> <level> SOURCES ... TESTS ... DEPS ... TEST_DEPS ...)
# One level of one service as a library, and its unit tests as one executable that links this level and what it may
# use, and nothing further out.
function(cdiscount_add_level service level)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPS;TEST_DEPS" ${ARGN})
  set(target cdiscount_${service}_${level})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC cdiscount_options ${ARG_DEPS})
  cdiscount_add_unit_tests(${target}_test PREFIX ${service} SOURCES ${ARG_TESTS} DEPS ${target} ${ARG_TEST_DEPS})
endfunction()

# The levels of a service from the inside out, what each may use besides those before it, and what its tests may.
set(cdiscount_levels DOMAIN ROWS METRICS APP API SERVICE)
set(cdiscount_libs_of_DOMAIN cdiscount_core cdiscount_proto)
set(cdiscount_libs_of_ROWS cdiscount_crypto cdiscount_outbox cdiscount_store cdiscount_work)
set(cdiscount_libs_of_METRICS cdiscount_telemetry)
set(cdiscount_libs_of_APP cdiscount_inbox cdiscount_kafka cdiscount_marketplace cdiscount_telemetry)
set(cdiscount_libs_of_API cdiscount_proto_grpc cdiscount_rpc)
set(cdiscount_libs_of_SERVICE cdiscount_accounts cdiscount_inbox_api cdiscount_service)
set(cdiscount_test_libs_of_APP cdiscount_simulator)
set(cdiscount_test_libs_of_API cdiscount_simulator)

# cdiscount_add_service(<name> DOMAIN <files> ROWS <files> METRICS <files> APP <files> API <files> SERVICE <files>
#                       MIGRATIONS 0001_name.sql ... ON_POSTGRES <level> <suites> ...)
# services/<name> as the program cdiscount-<name>. Files are listed without .cpp, the tests among them; those of METRICS and
# SERVICE lie beside main.cpp, those of a level in its folder, the migrations in rows/migrations. The suites of ON_POSTGRES
# (app and its suites, then api and its suites) run on PostgreSQL as well. A level that a service does not have is left out.
function(cdiscount_add_service service)
  cmake_parse_arguments(ARG "" "" "${cdiscount_levels};MIGRATIONS;ON_POSTGRES" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${service}: \"${ARG_UNPARSED_ARGUMENTS}\" stands behind no level; the levels: ${cdiscount_levels}")
  endif()
  set(inner "")
  foreach(level ${cdiscount_levels})
    if(NOT ARG_${level})
      continue()
    endif()
    string(TOLOWER ${level} name)
    set(sources ${ARG_${level}})
    list(TRANSFORM sources APPEND .cpp)
    if(NOT level MATCHES "METRICS|SERVICE")
      list(TRANSFORM sources PREPEND ${name}/)
    endif()
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    cdiscount_add_level(${service} ${name} SOURCES ${sources} TESTS ${tests}
      DEPS ${inner} ${cdiscount_libs_of_${level}} TEST_DEPS ${cdiscount_test_libs_of_${level}})
    set(inner cdiscount_${service}_${name})
  endforeach()
  if(ARG_MIGRATIONS)
    string(REPLACE - _ component ${service})
    cdiscount_embed_migrations(cdiscount_${service}_rows ${component} DIR rows/migrations FILES ${ARG_MIGRATIONS})
  endif()
  cmake_parse_arguments(SUITES_OF "" "" "app;api" ${ARG_ON_POSTGRES})
  foreach(level app api)
    if(SUITES_OF_${level})
      list(TRANSFORM SUITES_OF_${level} APPEND .*)
      list(JOIN SUITES_OF_${level} : filter)
      cdiscount_also_on_postgres(cdiscount_${service}_${level}_test ${filter})
    endif()
  endforeach()
  cdiscount_add_program(cdiscount-${service} SOURCES main.cpp DEPS ${inner})
endfunction()

# cdiscount_add_program(<name> SOURCES ... DEPS ...)
# A binary: its main.cpp, which no test links, and the libraries that hold all the rest.
function(cdiscount_add_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cdiscount_options ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  add_dependencies(cdiscount_programs ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# cdiscount_add_integration_test(<name> SOURCES ... DEPS ... NEEDS kafka|postgres|simulator ...)
# One executable run once, with what it needs started for it by tests/support/stack.py and named in the environment.
function(cdiscount_add_integration_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;NEEDS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cdiscount_options ${ARG_DEPS} GTest::gmock_main)
  list(TRANSFORM ARG_NEEDS PREPEND "--")
  add_test(NAME integration.${name}
    COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/support/stack.py run ${ARG_NEEDS} -- $<TARGET_FILE:${name}>)
  set_tests_properties(integration.${name} PROPERTIES LABELS integration TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "CDISCOUNT_BUILD_DIR=${PROJECT_BINARY_DIR}" PROCESSORS 2)
endfunction()

# cdiscount_add_python_test(<name> <label> <file> [TIMEOUT s] [PROCESSORS n] [ENGINES sqlite postgresql])
# A pytest file as one CTest, or one per engine (<name>, <name>_postgresql), which it finds in CDISCOUNT_ENGINE.
function(cdiscount_add_python_test name label file)
  cmake_parse_arguments(ARG "" "TIMEOUT;PROCESSORS;ENGINE" "ENGINES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_PROCESSORS)
    set(ARG_PROCESSORS 1)
  endif()
  if(ARG_ENGINES)
    foreach(engine ${ARG_ENGINES})
      string(REGEX REPLACE "_sqlite$" "" full_name ${name}_${engine})
      cdiscount_add_python_test(${full_name} ${label} ${file}
        TIMEOUT ${ARG_TIMEOUT} PROCESSORS ${ARG_PROCESSORS} ENGINE ${engine})
    endforeach()
    return()
  endif()
  add_test(NAME ${label}.${name}
    COMMAND /usr/bin/python3 -B -m pytest -p no:cacheprovider -q -x -s ${file}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(environment CDISCOUNT_BUILD_DIR=${PROJECT_BINARY_DIR})
  if(ARG_ENGINE)
    list(APPEND environment CDISCOUNT_ENGINE=${ARG_ENGINE})
  endif()
  set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT ${ARG_TIMEOUT} PROCESSORS ${ARG_PROCESSORS}
    COST ${ARG_TIMEOUT}  # the longest first, or the last one would run alone
    ENVIRONMENT "${environment}")
endfunction()

# cdiscount_also_on_postgres(<unit test target> <gtest filter>)
# The suites of a unit test executable that open whatever store::EngineUnderTest says, once more on a real PostgreSQL.
function(cdiscount_also_on_postgres target filter)
  if(NOT TARGET ${target} OR CDISCOUNT_SANITIZE STREQUAL thread)
    return()
  endif()
  add_test(NAME integration.${target}_on_postgres
    COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/support/stack.py run --postgres --
            $<TARGET_FILE:${target}> --gtest_filter=${filter})
  set_tests_properties(integration.${target}_on_postgres PROPERTIES LABELS integration TIMEOUT 180
    ENVIRONMENT "CDISCOUNT_BUILD_DIR=${PROJECT_BINARY_DIR}")
endfunction()
