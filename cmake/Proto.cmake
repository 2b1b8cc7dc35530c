# cdiscount_add_proto(<target> [ROOT <folder>] FILES <files> SERVICES <files>)
# Generates C++ into <build>/gen from the folder, else from proto/ (then also Python, for the tests and examples);
# messages and services are apart, so that what only reads an event does not compile gRPC.
function(cdiscount_add_proto target)
  cmake_parse_arguments(ARG "" "ROOT" "FILES;SERVICES" ${ARGN})
  set(gen ${PROJECT_BINARY_DIR}/gen)
  set(python ${PROJECT_BINARY_DIR}/python)
  set(root ${PROJECT_SOURCE_DIR}/proto)
  set(python_out --python_out=${python})
  if(ARG_ROOT)
    set(root ${PROJECT_SOURCE_DIR}/${ARG_ROOT})
    set(python_out "")
  endif()
  file(MAKE_DIRECTORY ${gen} ${python})
  set(sources "")
  set(grpc_sources "")
  foreach(file ${ARG_FILES} ${ARG_SERVICES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(python_file "")
    if(python_out)
      set(python_file ${python}/${stem}_pb2.py)
    endif()
    add_custom_command(
      OUTPUT ${gen}/${stem}.pb.cc ${gen}/${stem}.pb.h ${python_file}
      COMMAND protobuf::protoc -I ${root} --cpp_out=${gen} ${python_out} ${file}
      DEPENDS ${root}/${file} VERBATIM)
    list(APPEND sources ${gen}/${stem}.pb.cc)
  endforeach()
  foreach(file ${ARG_SERVICES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    add_custom_command(
      OUTPUT ${gen}/${stem}.grpc.pb.cc ${gen}/${stem}.grpc.pb.h
      COMMAND protobuf::protoc -I ${root} --grpc_out=${gen}
              --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> ${file}
      DEPENDS ${root}/${file} VERBATIM)
    list(APPEND grpc_sources ${gen}/${stem}.grpc.pb.cc)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} SYSTEM PUBLIC ${gen})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  if(grpc_sources)
    add_library(${target}_grpc STATIC ${grpc_sources})
    target_link_libraries(${target}_grpc PUBLIC ${target} gRPC::grpc++)
  endif()
endfunction()
