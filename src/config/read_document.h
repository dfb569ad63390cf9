// Root file and [include]: which files make up a configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/host.h"
#include "config/load.h"
#include "config/names.h"
#include "config/problem_sink.h"

namespace svd::config {

struct ReadFiles {
    Document document;
    std::shared_ptr<const Source> root;
    std::vector<std::string> included;
};

// Client: what is wrong with [include] or an included file leaves that file out, without an error,
// and the sections of programs and groups are left out.
enum class ReadFor { Daemon, Client };

// Names are those of expressions in [include] files, without `here`. Empty after an error that
// leaves nothing to look at (no root file, syntax). Included files are not read recursively.
[[nodiscard]] std::optional<ReadFiles> read_document(const LoadRequest& request, const Host& host,
                                                     const Names& names, ProblemSink& problems,
                                                     ReadFor reader = ReadFor::Daemon);

}  // namespace svd::config
