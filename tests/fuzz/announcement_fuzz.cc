// A message of sd_notify from anybody: every field stays within its bounds, and what is shown on
// terminals is one printable line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/strings.h"
#include "process/announcement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace svd;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = process::parse_announcement(text);
    const auto require = [](bool holds) {
        if (!holds) std::abort();
    };
    if (read.status) {
        require(read.status->size() <= process::kLongestStatus && is_utf8(*read.status));
        require(std::none_of(read.status->begin(), read.status->end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        }));
    }
    require(!read.main_pid || *read.main_pid > 1);
    require(!read.fd_name || process::is_fd_name(*read.fd_name));
    for (const auto& span : {read.watchdog, read.extend})
        require(!span || *span >= Duration::zero());
    process::Told told;
    told.note(read);
    require(!told.note(read));  // twice the same is no news
    return 0;
}
