# cdiscount_embed_migrations(<target> <component> DIR <folder> FILES 0001_name.sql ...)
# Puts <folder>/*.sql, as listed, into the target: one text for both engines, with the tokens of libs/store/dialect.hpp.
# Gives `#include "migrations/<component>.hpp"` with `const store::MigrationSet& cdiscount::migrations::<Component>()`.
function(cdiscount_embed_migrations target component)
  cmake_parse_arguments(ARG "" "DIR" "FILES" ${ARGN})
  get_filename_component(dir ${ARG_DIR} ABSOLUTE)
  string(REPLACE "_" ";" words ${component})
  set(function "")
  foreach(word ${words})
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND function ${first}${rest})
  endforeach()

  set(table "")
  foreach(file ${ARG_FILES})
    if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
      message(FATAL_ERROR "${file}: a migration is named like 0001_what_it_does.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0*([1-9])" "\\1" number ${CMAKE_MATCH_1})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${dir}/${file})
    file(READ ${dir}/${file} sql)
    string(APPEND table "    {${number}, \"${name}\", R\"~~sql(${sql})~~sql\"},\n")
  endforeach()

  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  file(CONFIGURE OUTPUT ${out}/migrations/${component}.hpp @ONLY CONTENT [[
#pragma once

#include "store/migrations.hpp"

namespace cdiscount::migrations {

/// The schema of "@component@", from its numbered SQL files.
const store::MigrationSet& @function@();

}  // namespace cdiscount::migrations
]])
  file(CONFIGURE OUTPUT ${out}/migrations/${component}.cpp @ONLY CONTENT [[
#include "migrations/@component@.hpp"

namespace cdiscount::migrations {
namespace {

constexpr store::Migration kFiles[] = {
@table@};
constexpr store::MigrationSet kSet{"@component@", kFiles};

}  // namespace

const store::MigrationSet& @function@() { return kSet; }

}  // namespace cdiscount::migrations
]])
  target_sources(${target} PRIVATE ${out}/migrations/${component}.cpp)
  target_include_directories(${target} PUBLIC ${out})
endfunction()
