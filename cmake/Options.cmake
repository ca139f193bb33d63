# digitd_options: the compiler and linker options of every target.
add_library(digitd_options INTERFACE)
target_compile_features(digitd_options INTERFACE c_std_11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

target_include_directories(digitd_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(digitd_options INTERFACE _GNU_SOURCE)
# Contraction (FMA) is off, so that sums are the same at every optimisation level.
target_compile_options(digitd_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual
  -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
  -ffp-contract=off -ffunction-sections -fdata-sections -fstack-protector-strong
  $<$<BOOL:${DIGITD_WERROR}>:-Werror>)
target_link_options(digitd_options INTERFACE -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -pie)

if(DIGITD_FUZZ)
  target_compile_options(digitd_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(DIGITD_SANITIZE)
  target_compile_options(digitd_options INTERFACE
    -fsanitize=${DIGITD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(digitd_options INTERFACE -fsanitize=${DIGITD_SANITIZE})
else()
  target_compile_definitions(digitd_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
