// The small text helpers of base take bytes from anywhere: they must not overrun, and what they
// promise to be plain text must be so.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/python_text.h"
#include "base/signal_table.h"
#include "base/strings.h"

namespace {
void require(bool promise) {
    if (!promise) std::abort();
}

bool is_printable_ascii(std::string_view text) {
    for (const char c : text)
        if (c < 0x20 || c == 0x7F) return false;
    return true;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string shown = svd::py_repr(text);
    require(svd::is_utf8(shown));
    require(shown.size() >= text.size() + 2 && shown.front() == shown.back());
    require(is_printable_ascii(svd::py_bytes_repr(text)));

    const std::string_view trimmed = svd::trim(text);
    require(trimmed.empty() || (!svd::is_blank(trimmed.front()) && !svd::is_blank(trimmed.back())));
    for (const auto part : svd::split_blanks(text)) require(!part.empty());
    require(svd::split(text, ',').size() >= 1);
    if (const auto signal = svd::find_signal(text))
        require(*signal == 0 || svd::is_known_signal(*signal));
    for (const int base : {8, 10}) static_cast<void>(svd::parse_python_int(text, base));
    static_cast<void>(svd::nearest_name(text, {"autostart", "autorestart", "command"}));
    return 0;
}
