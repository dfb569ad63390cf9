#include "base/version.h"

namespace svd {

constinit const std::string_view kVersion = "0.1.0";

}  // namespace svd
