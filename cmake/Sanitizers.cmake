# CDISCOUNT_SANITIZE=address,undefined applies to every target, so that no object is left unchecked.
set(CDISCOUNT_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as for -fsanitize=")
if(CDISCOUNT_SANITIZE)
  add_compile_options(-fsanitize=${CDISCOUNT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CDISCOUNT_SANITIZE})
endif()
