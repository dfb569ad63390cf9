// Where the server is and as whom to speak to it: the command line, then the configuration.
#pragma once

#include <string_view>

#include "base/error.h"
#include "cli/options.h"
#include "cli/session.h"
#include "config/load.h"

namespace svd::cli {

// The file named by -c or found at the usual places; the built-in defaults when there is none.
[[nodiscard]] Result<config::ClientConfig> read_client_config(const Options& options,
                                                              std::string_view program);
[[nodiscard]] Settings make_settings(const Options& options, const config::ClientConfig& file);

}  // namespace svd::cli
