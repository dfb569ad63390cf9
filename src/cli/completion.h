// What Tab can put behind a line: actions, their flags, groups, processes and signals, by the
// command table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tab.h"
#include "wire/xmlrpc.h"

namespace svd::cli {

// Structs of getAllProcessInfo; asked for only when a group or process is to be completed.
using InfoSource = std::function<const wire::Array&()>;

// The last word of `line`, which is what a completion replaces; empty behind a blank.
[[nodiscard]] std::string_view completed_word(std::string_view line);

// Every full word that the last word of `line` may become, and what each is about: the meaning of
// an action or a flag, the state of a process.
[[nodiscard]] std::vector<TabWord> candidates(std::string_view line, const InfoSource& infos);
// The words alone, each with a blank behind it.
[[nodiscard]] std::vector<std::string> completions(std::string_view line, const InfoSource& infos);

// The longest text that all of `words` begin with; empty for no words.
[[nodiscard]] std::string_view common_prefix(const std::vector<std::string>& words);

}  // namespace svd::cli
