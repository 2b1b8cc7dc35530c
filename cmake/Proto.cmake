# cdiscount_add_proto(<target> GRPC <files> MESSAGES <files>)
# Generates C++ (and, for the tests and examples, Python) from proto/ into <build>/gen; messages and services are apart,
# so that what only reads an event does not compile gRPC.
function(cdiscount_add_proto target)
  cmake_parse_arguments(ARG "" "" "FILES;SERVICES" ${ARGN})
  set(gen ${PROJECT_BINARY_DIR}/gen)
  set(python ${PROJECT_BINARY_DIR}/python)
  file(MAKE_DIRECTORY ${gen} ${python})
  set(sources "")
  set(grpc_sources "")
  foreach(file ${ARG_FILES} ${ARG_SERVICES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    add_custom_command(
      OUTPUT ${gen}/${stem}.pb.cc ${gen}/${stem}.pb.h ${python}/${stem}_pb2.py
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/proto --cpp_out=${gen} --python_out=${python} ${file}
      DEPENDS ${PROJECT_SOURCE_DIR}/proto/${file} VERBATIM)
    list(APPEND sources ${gen}/${stem}.pb.cc)
  endforeach()
  foreach(file ${ARG_SERVICES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    add_custom_command(
      OUTPUT ${gen}/${stem}.grpc.pb.cc ${gen}/${stem}.grpc.pb.h
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/proto --grpc_out=${gen}
              --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> ${file}
      DEPENDS ${PROJECT_SOURCE_DIR}/proto/${file} VERBATIM)
    list(APPEND grpc_sources ${gen}/${stem}.grpc.pb.cc)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} SYSTEM PUBLIC ${gen})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  add_library(${target}_grpc STATIC ${grpc_sources})
  target_link_libraries(${target}_grpc PUBLIC ${target} gRPC::grpc++)
endfunction()
