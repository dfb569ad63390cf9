#include "linux/idle_code.h"

#include <cstring>

#include "base/strings.h"
#include "linux/proc_info.h"
#include "support.h"

namespace svd::os::test {
namespace {

// KiB of all that is mapped from files alone.
std::uint64_t mapped_from_files() {
    std::uint64_t sum = 0;
    std::uint64_t resident = 0;
    bool counts = false;
    const std::string smaps = read_small_file("/proc/self/smaps").value();
    for (const std::string_view line : split(smaps, '\n')) {
        const auto words = split_blanks(line);
        if (words.size() > 1 && words[0].find('-') != std::string_view::npos)
            counts = (words[1] == "r-xp" || words[1] == "r--p") && words.back().starts_with('/');
        if (words.size() > 1 && words[0] == "Rss:") resident = std::stoull(std::string(words[1]));
        if (words.size() > 1 && words[0] == "Anonymous:" && words[1] == "0" && counts)
            sum += resident;
    }
    return sum;
}

TEST(IdleCode, Released_GoesAndComesBackWhenItIsTouched) {
    const std::string before = "text";
    const std::uint64_t all = mapped_from_files();
    release_idle_code();
    EXPECT_LT(mapped_from_files(), all);
    EXPECT_EQ(before + std::strerror(ENOENT), "textNo such file or directory");
    EXPECT_FALSE(unchanged_mappings(read_small_file("/proc/self/smaps").value()).empty());
}

}  // namespace
}  // namespace svd::os::test
