#include "config/log_targets.h"

#include "base/strings.h"

namespace svd::config {

namespace {

bool is_target(std::string_view text) {
    const std::string word = to_lower(text);
    return word.starts_with('/') || word.starts_with('~') || word == "auto" || word == "none" ||
           word == "off" || word == "syslog" || word == "journal" || is_foreign_log_target(word);
}

}  // namespace

bool is_foreign_log_target(std::string_view word) {
    return word == "memory" || word.starts_with("syslog @");
}

std::vector<std::string> split_log_targets(std::string_view text) {
    std::vector<std::string> targets;
    std::size_t begin = 0;
    for (std::size_t comma = text.find(','); comma != std::string_view::npos;
         comma = text.find(',', comma + 1)) {
        const std::size_t next = text.find(',', comma + 1);
        const std::string_view following =
            trim(text.substr(comma + 1, next == std::string_view::npos ? next : next - comma - 1));
        if (!is_target(following)) continue;
        targets.emplace_back(trim(text.substr(begin, comma - begin)));
        begin = comma + 1;
    }
    // Alone, a value stays as it is written, blanks and all.
    if (targets.empty()) return {std::string(text)};
    targets.emplace_back(trim(text.substr(begin)));
    return targets;
}

}  // namespace svd::config
