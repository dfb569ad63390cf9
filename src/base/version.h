// The versions that programs report.
#pragma once

#include <string_view>

namespace svd {

// Of this project. Its value has a file of its own, so that another version compiles nothing else.
extern const std::string_view kVersion;
// What XML-RPC and `svctl version` answer: the Supervisor whose interfaces these are. Monitoring
// agents parse it and some decide by it.
inline constexpr std::string_view kSupervisorVersion = "4.2.5";

}  // namespace svd
