#include "linux/idle_code.h"

#include <gtest/gtest.h>

namespace svd::os::test {
namespace {

using Ranges = std::vector<MappedRange>;

std::string mapping(const std::string& head, int anonymous) {
    return head + "\nSize:                 64 kB\nRss:                  60 kB\nAnonymous:      " +
           std::to_string(anonymous) + " kB\nTHPeligible:           0\nVmFlags: rd ex mr mw me\n";
}

TEST(IdleCode, UnchangedPagesOfFiles_AreFound) {
    EXPECT_EQ(unchanged_mappings(
                  mapping("5000-6000 r--p 00000000 08:01 17      /usr/bin/svd", 0) +
                  mapping("6000-7ffff7fc8000 r-xp 00001000 08:01 17  /usr/bin/svd (deleted)", 0)),
              (Ranges{{0x5000, 0x6000}, {0x6000, 0x7ffff7fc8000}}));
}

TEST(IdleCode, WhatMayHoldMoreThanTheFile_IsLeftAlone) {
    EXPECT_EQ(unchanged_mappings(
                  mapping("1000-2000 r-xp 00000000 08:01 17      /usr/bin/svd", 4) +  // breakpoint
                  mapping("2000-3000 rw-p 00000000 08:01 17      /usr/bin/svd", 0) +
                  mapping("3000-4000 r--s 00000000 00:01 18      /dev/zero (deleted)", 0) +
                  mapping("4000-5000 rw-p 00000000 00:00 0       [heap]", 0) +
                  mapping("5000-6000 r-xp 00000000 00:00 0       [vdso]", 0) +
                  mapping("6000-7000 r--p 00000000 00:00 0", 0) +
                  mapping("7000-8000 ---p 00000000 08:01 17      /usr/lib/libc.so.6", 0)),
              Ranges{});
}

TEST(IdleCode, StrangeText_HoldsNothing) {
    EXPECT_EQ(unchanged_mappings(""), Ranges{});
    EXPECT_EQ(unchanged_mappings("Anonymous:   0 kB\n"), Ranges{});
    EXPECT_EQ(unchanged_mappings("x-y r-xp 0 0 0 /a\nAnonymous:  0 kB\n"), Ranges{});
    EXPECT_EQ(unchanged_mappings("1000-2000 r-xp 0 0 0 /a\nAnonymous:\n"), Ranges{});
}

}  // namespace
}  // namespace svd::os::test
