# cdiscount_embed_migrations(<target> <component> DIR <folder> FILES 0001_name.sql ...)
# Puts the files, as listed, into the target. One text serves both engines, with the tokens of libs/store/dialect.hpp; a
# folder with the subfolders sqlite/ and postgres/ holds two texts of each file.
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

  set(tables "")
  foreach(engine Sqlite Postgres)
    set(folder ${dir})
    if(EXISTS ${dir}/sqlite)
      string(TOLOWER ${engine} subfolder)
      set(folder ${dir}/${subfolder})
    endif()
    string(APPEND tables "constexpr store::Migration k${engine}[] = {\n")
    foreach(file ${ARG_FILES})
      if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
        message(FATAL_ERROR "${file}: a migration is named like 0001_what_it_does.sql")
      endif()
      set(name ${CMAKE_MATCH_2})
      string(REGEX REPLACE "^0*([1-9])" "\\1" number ${CMAKE_MATCH_1})
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${file})
      file(READ ${folder}/${file} sql)
      string(APPEND tables "    {${number}, \"${name}\", R\"~~sql(${sql})~~sql\"},\n")
    endforeach()
    string(APPEND tables "};\n")
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

@tables@
constexpr store::MigrationSet kSet{"@component@", kSqlite, kPostgres};

}  // namespace

const store::MigrationSet& @function@() { return kSet; }

}  // namespace cdiscount::migrations
]])
  target_sources(${target} PRIVATE ${out}/migrations/${component}.cpp)
  target_include_directories(${target} PUBLIC ${out})
endfunction()
