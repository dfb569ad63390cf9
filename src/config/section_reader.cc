#include "config/section_reader.h"

#include <fmt/format.h>

#include "config/expand.h"

namespace svd::config {

SectionReader::SectionReader(LoadContext& context, SectionKind kind, const Section& section)
    : context_(context), kind_(kind), section_(section) {
    if (kind == SectionKind::Program || kind == SectionKind::FcgiProgram)
        program_default_ = context.document.find("program-default");
}

const Entry* SectionReader::entry(std::string_view option) const {
    if (const Entry* own = section_.find(option)) return own;
    if (program_default_ != nullptr)
        if (const Entry* found = program_default_->find(option)) return found;
    return context_.document.defaults().find(option);
}

std::optional<std::string_view> SectionReader::default_text(std::string_view option) const {
    const OptionRow* row = find_option(kind_, option);
    return row != nullptr ? row->default_text : std::nullopt;
}

std::optional<std::string> SectionReader::text(std::string_view option, const Names& names) {
    return text_as(option, names, {});
}

std::optional<std::string> SectionReader::text_as(std::string_view option, const Names& names,
                                                  std::string_view label) {
    const Entry* found = entry(option);
    if (found == nullptr) {
        const auto fallback = default_text(option);
        return fallback ? std::optional(std::string(*fallback)) : std::nullopt;
    }
    return expanded(*found, option, names, label);
}

std::optional<std::string> SectionReader::expanded(const Entry& found, std::string_view option,
                                                   const Names& names, std::string_view label) {
    if (found.value.find('%') == std::string::npos) return found.value;
    Names scope(&names);
    scope.set("here", found.source->here);
    auto value = expand(found.value, scope,
                        label.empty() ? fmt::format("{}.{}", section_.name, option) : label);
    if (value) return *std::move(value);
    const bool malformed = value.error().text.find("badly formatted") != std::string::npos;
    error(option, value.error().text, malformed ? "write %% for a percent sign" : "");
    return std::nullopt;
}

void SectionReader::error(std::string_view option, std::string text, std::string hint) {
    Problem problem =
        problem_at(Severity::Error, std::move(text) + suffix_, section_, entry(option), option);
    problem.hint = std::move(hint);
    if (problem.hint.empty())
        if (const OptionRow* row = find_option(kind_, option))
            problem.hint = allowed_values(row->type);
    context_.problems.add(std::move(problem));
}

void SectionReader::warn(std::string_view option, std::string text, std::string hint) {
    Problem problem =
        problem_at(Severity::Warning, std::move(text), section_, entry(option), option);
    problem.hint = std::move(hint);
    context_.problems.add(std::move(problem));
}

}  // namespace svd::config
