// The versions that programs report.
#pragma once

#include <string_view>

namespace svd {

inline constexpr std::string_view kVersion = "0.1.0";
// What XML-RPC and `svctl version` answer: the Supervisor whose interfaces these are. Monitoring
// agents parse it and some decide by it.
inline constexpr std::string_view kSupervisorVersion = "4.2.5";

}  // namespace svd
