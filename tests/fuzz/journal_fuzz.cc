// Bytes -> what a crashed daemon kept. Compacting changes nothing in it, and nothing is compacted
// further a second time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "state/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace svd::state;
    const std::string_view journal(reinterpret_cast<const char*>(data), size);
    const auto small = compact(journal);
    if (compact(small) != small) std::abort();
    const auto read = replay(journal);
    const auto again = replay(small);
    if (read.has_value() != again.has_value()) std::abort();
    if (read && read->processes.size() != again->processes.size()) std::abort();
    return 0;
}
