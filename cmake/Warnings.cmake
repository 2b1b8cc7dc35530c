# One place for the language standard and the warnings of our own code. Libraries come in as SYSTEM.
add_library(cdiscount_options INTERFACE)
target_compile_features(cdiscount_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
target_compile_options(cdiscount_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wswitch -Werror
  -Wno-missing-designated-field-initializers)  # a field left out of {.a = 1} takes its default: that is the point
target_link_options(cdiscount_options INTERFACE -fuse-ld=lld-19)
