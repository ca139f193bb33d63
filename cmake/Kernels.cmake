# digitd_kernels(TARGET FOLDER): adds FOLDER's files for single instruction sets, and how its portable
# one is compiled. Which of them runs is chosen at run time. Fusing a product and the sum it goes into is
# what the kernels are for; nobody reads errno or traps of float arithmetic.
function(digitd_kernels target folder)
  set(options -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math)
  # From version 13 on, gcc splits some sums' multiply-adds and not others: slower, and a row would get
  # other bits in a tile of another height.
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND options --param=avoid-fma-max-bits=0)
    # Where a sum of whole numbers is two instructions, gcc would put the additions off until the products
    # no longer fit the registers.
    set(pair_options -fno-tree-ter)
  endif()
  set_source_files_properties(${folder}/portable.c PROPERTIES COMPILE_OPTIONS "${options}")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_sources(${target} PRIVATE ${folder}/avx2.c ${folder}/avx512.c)
    set_source_files_properties(${folder}/avx2.c PROPERTIES COMPILE_OPTIONS "${options};${pair_options};-mavx2;-mfma")
    set_source_files_properties(${folder}/avx512.c PROPERTIES COMPILE_OPTIONS
      "${options};${pair_options};-mavx512f;-mavx512vl;-mavx512dq;-mavx512bw;-mfma;-mprefer-vector-width=512")
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/avx512vnni.c)
      target_sources(${target} PRIVATE ${folder}/avx512vnni.c)
      set_source_files_properties(${folder}/avx512vnni.c PROPERTIES COMPILE_OPTIONS
        "${options};-mavx512f;-mavx512vl;-mavx512dq;-mavx512bw;-mavx512vnni;-mfma;-mprefer-vector-width=512")
      target_sources(${target} PRIVATE ${folder}/avxvnni.c)
      set_source_files_properties(${folder}/avxvnni.c PROPERTIES COMPILE_OPTIONS
        "${options};-mavx2;-mavxvnni;-mfma")
      target_sources(${target} PRIVATE ${folder}/amx.c)
      set_source_files_properties(${folder}/amx.c PROPERTIES COMPILE_OPTIONS
        "${options};-mavx512f;-mavx512vl;-mavx512dq;-mavx512bw;-mavx512vnni;-mamx-tile;-mamx-int8;-mfma;-mprefer-vector-width=512")
    endif()
  endif()
endfunction()
