// The sample configuration: every section and option of the option table, with its description and
// its default or an example, commented out but for what a first start needs.
#pragma once

#include <string>

namespace svd::config {

// Lines that begin with ';' and no blank are options and sections to uncomment; with all of them
// uncommented the whole is still a configuration without a problem.
[[nodiscard]] std::string sample_configuration();

}  // namespace svd::config
