// Bytes -> state -> bytes. Whatever is read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "state/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace svd::state;
    const auto read = decode({reinterpret_cast<const char*>(data), size});
    if (!read) return 0;
    const auto bytes = encode(*read);
    const auto again = decode(bytes);
    if (!again || encode(*again) != bytes) std::abort();
    return 0;
}
