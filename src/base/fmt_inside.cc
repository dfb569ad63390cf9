// All of fmt for SVD_MINIMAL where the distribution has it as a shared library only. Compiled with
// every inline function kept and none inlined, the header-only form of fmt has the symbols that
// files compiled against its library look for. They are compiled the same way in every build.
#undef FMT_SHARED
#define FMT_HEADER_ONLY 1
#include <fmt/format.h>
