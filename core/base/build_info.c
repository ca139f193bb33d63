#include <digit/build_info.h>

const char *digit_build_version(void)
{
    return DIGITD_VERSION;
}

const char *digit_build_revision(void)
{
    return DIGITD_REVISION;
}

const char *digit_build_compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}
