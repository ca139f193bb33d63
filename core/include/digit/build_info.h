/*
 * Version, revision and compiler of this build. Constants that are set when the build is configured; never
 * NULL. Threads: any.
 */
#ifndef DIGIT_BUILD_INFO_H
#define DIGIT_BUILD_INFO_H

const char *digit_build_version(void);  /* semantic version, "0.1.0" */
const char *digit_build_revision(void); /* short commit id, or "unknown" */
const char *digit_build_compiler(void); /* "gcc 12.2.0" */

#endif
