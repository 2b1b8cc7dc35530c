# CDISCOUNT_SANITIZE=address,undefined applies to every target, so that no object is left unchecked.
set(CDISCOUNT_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as for -fsanitize=")
if(CDISCOUNT_SANITIZE)
  add_compile_options(-fsanitize=${CDISCOUNT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CDISCOUNT_SANITIZE})
  if(CDISCOUNT_SANITIZE STREQUAL thread)
    # librdkafka starts its threads by C11's thrd_create, which the thread sanitizer does not see.
    add_library(cdiscount_tsan_c11_threads OBJECT ${CMAKE_CURRENT_LIST_DIR}/tsan_c11_threads.c)
  endif()
endif()
