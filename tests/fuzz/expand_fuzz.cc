// Any text as an expression: never a crash, and a text without '%' stays as it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/expand.h"
#include "config/python_space.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace svd::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // Values reach expansion only out of a file that is UTF-8.
    if (utf8_decode_error(text)) return 0;
    Names names;
    names.set("s", std::string("text"));
    names.set("u", std::string("\xC3\xA9"));
    names.set("n", 5LL);
    names.set("m", -42LL);
    const auto expanded = expand(text, names, "program:x.command");
    if (text.find('%') == std::string_view::npos && (!expanded || *expanded != text)) std::abort();
    if (!expanded && expanded.error().text.empty()) std::abort();
    return 0;
}
