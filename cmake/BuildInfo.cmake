# Sets DIGITD_REVISION, the revision in digit/build_info.h, from git unless it was given.
find_package(Git QUIET)
set(DIGITD_REVISION "unknown" CACHE STRING "Source revision that the binaries report")
if(DIGITD_REVISION STREQUAL "unknown" AND Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} rev-parse --short=12 HEAD
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE
                  RESULT_VARIABLE result ERROR_QUIET)
  if(result EQUAL 0)
    set(DIGITD_REVISION ${revision})
  endif()
endif()
