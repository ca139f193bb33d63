# digitd_kernel(TARGET SOURCE CPU_FLAG OPTION...): adds a file of kernels, for processors whose "flags" in
# /proc/cpuinfo have CPU_FLAG; any processor if it is empty.
function(digitd_kernel target source cpu_flag)
  set(options ${ARGN})
  if(DIGITD_SANITIZE AND NOT " ${digitd_cpu_flags} " MATCHES " ${cpu_flag}")
    # No test on this machine runs them, and instrumented kernels take long to compile.
    list(APPEND options -O1 -fno-sanitize=all)
  endif()
  target_sources(${target} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${options}")
endfunction()

# digitd_kernels(TARGET FOLDER): adds FOLDER's files for single instruction sets and the portable one. Which of them
# runs is chosen at run time. Products are fused with the sums that they go into, which is what the kernels are for;
# nobody reads errno or traps of float arithmetic.
function(digitd_kernels target folder)
  set(options -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math)
  set(digitd_cpu_flags "")
  if(DIGITD_SANITIZE AND NOT CMAKE_CROSSCOMPILING AND EXISTS /proc/cpuinfo)
    file(STRINGS /proc/cpuinfo digitd_cpu_flags REGEX "^flags" LIMIT_COUNT 1)
  endif()
  # gcc 13 and newer would split the multiply-adds of some sums and not of others: slower, and the bits of a row would
  # depend on the height of its tile.
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND options --param=avoid-fma-max-bits=0)
    # Where a sum of integers is two instructions, gcc would put the additions off until the products no longer fit
    # the registers.
    set(pair_options -fno-tree-ter)
  endif()
  if(DIGITD_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES "Clang")
    # Optimised and unrolled, the checks of every access take clang minutes to compile. They also stand between some
    # products and their sums, which are then not fused where others are: no product is, so that all kernels still give
    # the same bits.
    list(APPEND options -O1 -DKERNELS_UNROLL_NONE -ffp-contract=off)
  endif()
  if(DIGITD_FUZZ)
    # The fuzzers reach no kernel: instrumented ones would only take longer to compile.
    list(APPEND options -fno-sanitize=all)
  endif()
  set(avx512 -mavx512f -mavx512vl -mavx512dq -mavx512bw)
  set(wide -mfma -mprefer-vector-width=512)

  digitd_kernel(${target} ${folder}/portable.c "" ${options})
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    digitd_kernel(${target} ${folder}/avx2.c avx2 ${options} ${pair_options} -mavx2 -mfma)
    digitd_kernel(${target} ${folder}/avx512.c avx512bw ${options} ${pair_options} ${avx512} ${wide})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/avx512vnni.c)
      digitd_kernel(${target} ${folder}/avxvnni.c avx_vnni ${options} -mavx2 -mavxvnni -mfma)
      digitd_kernel(${target} ${folder}/avx512vnni.c avx512_vnni ${options} ${avx512} -mavx512vnni ${wide})
      digitd_kernel(${target} ${folder}/amx.c amx_int8 ${options} ${avx512} -mavx512vnni -mamx-tile -mamx-int8
                    ${wide})
    endif()
  endif()
endfunction()
