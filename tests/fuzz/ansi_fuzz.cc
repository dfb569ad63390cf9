// A child's output is hostile: whatever it writes and however it is cut into reads, stripping
// escape sequences, finding capture tokens and splitting lines must give what one read gives.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "log/ansi_filter.h"
#include "log/capture_scanner.h"
#include "log/line_splitter.h"
#include "log/valid_text.h"

namespace {

constexpr std::size_t kLimit = 16;

void require(bool promise) {
    if (!promise) std::abort();
}

struct Outcome {
    std::string text;    // after stripping
    std::string passed;  // of that, outside captures
    std::vector<std::string> captured;
    std::vector<std::string> lines;
    bool operator==(const Outcome&) const = default;
};

using Feed = std::function<void(std::string_view)>;

Outcome run(const std::function<void(const Feed&)>& source) {
    Outcome outcome;
    svd::log::AnsiFilter filter;
    svd::log::LineSplitter lines(kLimit,
                                 [&](std::string_view line) { outcome.lines.emplace_back(line); });
    svd::log::CaptureScanner scanner(
        kLimit,
        [&](std::string_view bytes) {
            outcome.passed += bytes;
            lines.feed(bytes);
        },
        [&](std::string_view message) { outcome.captured.emplace_back(message); });
    source([&](std::string_view chunk) {
        const std::string_view text = filter.strip(chunk);
        outcome.text += text;
        scanner.feed(text);
    });
    scanner.finish();
    lines.finish();
    return outcome;
}

}  // namespace

// The first byte says how the rest is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t step = 1 + data[0] % 32;

    const Outcome whole = run([&](const Feed& feed) { feed(text); });
    const Outcome cut = run([&](const Feed& feed) {
        for (std::size_t i = 0; i < text.size(); i += step) feed(text.substr(i, step));
    });
    require(whole == cut);
    require(whole.text.find('\x1b') == std::string::npos);
    require(whole.text.size() <= text.size() && whole.passed.size() <= whole.text.size());
    for (const auto& message : whole.captured) require(message.size() <= kLimit);
    for (const auto& line : whole.lines)
        require(line.size() <= kLimit && line.find('\n') == std::string::npos);
    require(svd::is_utf8(svd::log::to_valid_text(text)));
    return 0;
}
