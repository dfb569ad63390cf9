#include <algorithm>

#include <fmt/format.h>

#include "config/load.h"
#include "config/problem_sink.h"

namespace svd::config {

namespace {
constexpr std::size_t kLongestShownValue = 120;

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::Info:
            return "info";
        case Severity::Warning:
            return "warning";
        case Severity::Error:
            break;
    }
    return "error";
}

// One line, and no longer than a terminal bears.
std::string shown(std::string_view value) {
    std::string out(value.substr(0, kLongestShownValue));
    // Not in the middle of a character.
    while (out.size() < value.size() && !out.empty() &&
           (static_cast<unsigned char>(value[out.size()]) & 0xC0U) == 0x80U)
        out.pop_back();
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (out.size() < value.size()) out += "...";
    return out;
}
}  // namespace

const Problem* Problems::first_error() const {
    const auto it = std::ranges::find(list, Severity::Error, &Problem::severity);
    return it == list.end() ? nullptr : &*it;
}

bool Problems::has_warnings() const {
    return std::ranges::any_of(
        list, [](const Problem& problem) { return problem.severity == Severity::Warning; });
}

bool ProblemSink::add(Problem problem) {
    const bool placed = !problem.option.empty() && problem.severity == Severity::Error;
    if (!seen_
             .emplace(problem.severity, problem.section, problem.option,
                      placed ? std::string() : problem.text)
             .second)
        return false;
    if (problem.severity == Severity::Error) ++errors_;
    problems_.list.push_back(std::move(problem));
    return true;
}

Problem problem_at(Severity severity, std::string text, const Section& section, const Entry* entry,
                   std::string_view option) {
    Problem problem;
    problem.severity = severity;
    problem.text = std::move(text);
    problem.section = section.name;
    problem.option = std::string(option);
    const Source* source = entry != nullptr ? entry->source.get() : section.source.get();
    if (source != nullptr) problem.file = source->path;
    problem.line = entry != nullptr ? entry->line : section.line;
    if (entry != nullptr) problem.value = entry->value;
    return problem;
}

std::string format_problem(const Problem& problem) {
    std::string out;
    if (!problem.file.empty()) {
        out += problem.file;
        if (problem.line > 0) out += fmt::format(":{}", problem.line);
        out += ": ";
    }
    out += fmt::format("{}: ", severity_name(problem.severity));
    if (!problem.section.empty()) {
        out += fmt::format("[{}]", problem.section);
        if (!problem.option.empty()) {
            out += fmt::format(" {}", problem.option);
            if (!problem.value.empty()) out += fmt::format(" = {}", shown(problem.value));
        }
        out += ": ";
    }
    out += problem.text;
    if (!problem.hint.empty()) out += fmt::format(" ({})", problem.hint);
    return out;
}

}  // namespace svd::config
