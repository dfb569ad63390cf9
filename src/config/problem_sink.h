// Collects the problems of one load in the order Supervisor would meet them, each place once.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "config/document.h"
#include "config/load.h"

namespace svd::config {

class ProblemSink {
  public:
    // False when this section's option (or the same text) was reported at this severity before:
    // one wrong value is one problem, however many processes are made from it.
    bool add(Problem problem);
    [[nodiscard]] Problems take() { return std::move(problems_); }
    [[nodiscard]] std::size_t error_count() const { return errors_; }

  private:
    Problems problems_;
    std::set<std::tuple<Severity, std::string, std::string, std::string>> seen_;
    std::size_t errors_ = 0;
};

// A problem about an entry of a section; entry may be null (option absent), section may not.
[[nodiscard]] Problem problem_at(Severity severity, std::string text, const Section& section,
                                 const Entry* entry, std::string_view option);

}  // namespace svd::config
