// Typing errors: sections and options that nothing reads.
#pragma once

#include "config/document.h"
#include "config/problem_sink.h"

namespace svd::config {

// One warning for each, with the nearest known name as the hint.
void warn_about_unknown_names(const Document& document, ProblemSink& problems);

}  // namespace svd::config
