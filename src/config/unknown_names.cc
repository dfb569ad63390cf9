#include "config/unknown_names.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "config/option_table.h"

namespace svd::config {

namespace {

std::string did_you_mean(std::string_view name) {
    return name.empty() ? std::string() : fmt::format("did you mean {}?", name);
}

// "progam:x" is nearest to "program:", and the whole suggestion is "program:x".
std::string nearest_section(const std::string& section) {
    const std::size_t colon = section.find(':');
    const bool named = colon != std::string::npos;
    std::vector<std::string_view> known;
    for (const auto& row : section_table())
        if (row.named == named) known.push_back(row.prefix);
    const std::string_view nearest =
        nearest_name(to_lower(named ? section.substr(0, colon + 1) : section), known);
    if (nearest.empty()) return {};
    return did_you_mean(
        fmt::format("[{}{}]", nearest, named ? section.substr(colon + 1) : std::string()));
}

void check_options(const Section& section, const SectionKindRow& kind, ProblemSink& problems) {
    if (kind.free_options) return;
    for (const Entry& entry : section.entries()) {
        if (find_option(kind.kind, entry.name) != nullptr) continue;
        Problem problem =
            problem_at(Severity::Warning, fmt::format("unknown option {} is ignored", entry.name),
                       section, &entry, entry.name);
        problem.hint = did_you_mean(nearest_name(entry.name, option_names(kind.kind)));
        problems.add(std::move(problem));
    }
}

}  // namespace

void warn_about_unknown_names(const Document& document, ProblemSink& problems) {
    for (const Section& section : document.sections()) {
        if (const SectionKindRow* kind = find_section_kind(section.name)) {
            check_options(section, *kind, problems);
            continue;
        }
        Problem problem = problem_at(Severity::Warning,
                                     fmt::format("unknown section [{}] is ignored", section.name),
                                     section, nullptr, {});
        problem.hint = nearest_section(section.name);
        problems.add(std::move(problem));
    }
}

}  // namespace svd::config
