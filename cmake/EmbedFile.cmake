# embed_file(FILE NAME): generates NAME.c in the current binary directory, which defines FILE's bytes as
# `const unsigned char NAME[]`, their number as `const size_t NAME_bytes` and an entity tag (RFC 9110)
# as `const char NAME_etag[]`. This file is also the script that generates NAME.c.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} bytes HEX)
  file(SHA256 ${INPUT} sha256)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  file(WRITE ${OUTPUT}
"#include <stddef.h>

extern const unsigned char ${NAME}[];
extern const size_t ${NAME}_bytes;
extern const char ${NAME}_etag[];

const unsigned char ${NAME}[] = {
${bytes}};
const size_t ${NAME}_bytes = sizeof ${NAME};
const char ${NAME}_etag[] = \"\\\"${sha256}\\\"\";
")
  return()
endif()

set(EMBED_FILE_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_file file name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${file} -D OUTPUT=${output} -D NAME=${name}
            -P ${EMBED_FILE_SCRIPT}
    DEPENDS ${file} ${EMBED_FILE_SCRIPT} VERBATIM)
endfunction()
