// Code and constants of the program and its libraries, while nobody needs them.
//
// Each page that was ever touched stays mapped, with its neighbours, and counts as the process's
// memory; most of it was needed by the start alone. It is in the page cache all the same, and a
// page comes back by itself when it is touched, in about a microsecond and without reading the disk
// as long as the kernel keeps it there.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace svd::os {

struct MappedRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    bool operator==(const MappedRange&) const = default;
};
// Those ranges of /proc/PID/smaps that hold nothing but what is in a file: mapped privately, not to
// be written, and no page with a copy of its own (as of relocations, or a debugger's breakpoints).
// Pure.
[[nodiscard]] std::vector<MappedRange> unchanged_mappings(std::string_view smaps);

// Lets go of them. Less than a millisecond.
void release_idle_code();

}  // namespace svd::os
