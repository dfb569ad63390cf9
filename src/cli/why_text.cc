#include "cli/why_text.h"

#include <algorithm>

#include "base/human.h"
#include "base/strings.h"
#include "cli/namespec.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr std::string_view kIndent = "    ";
constexpr std::size_t kLastLines = 10;  // of each output

bool flag(const wire::Value& value, std::string_view name) {
    const auto* member = value.find(name);
    return member && member->bool_or();
}

double real(const wire::Value& value, std::string_view name) {
    const auto* member = value.find(name);
    const auto* number = member ? member->get_if<double>() : nullptr;
    return number ? *number : 0;
}

std::string time_text(std::int64_t epoch) {
    return local_time_text(WallTime(std::chrono::seconds(epoch)));
}

std::string span_text(double seconds) {
    constexpr double kLongest = 3e9;  // a hundred years; also keeps the cast defined
    const auto length = std::chrono::duration<double>(std::clamp(seconds, 0.0, kLongest));
    return duration_text(std::chrono::duration_cast<Duration>(length));
}

void add_table(const wire::Array& deaths, std::vector<std::string>& lines) {
    if (deaths.empty()) return;
    constexpr std::size_t kWhen = 21, kPid = 9, kRan = 12;
    const auto row = [&](std::string_view when, std::string_view pid, std::string_view ran,
                         std::string_view end) {
        lines.push_back(fmt::format("{}{}{}{}{}", kIndent, pad_right(when, kWhen),
                                    pad_right(pid, kPid), pad_right(ran, kRan), end));
    };
    row("when", "pid", "ran", "end");
    for (const auto& death : deaths) {
        const auto pid = int_member(death, "pid");
        row(time_text(int_member(death, "at")), pid == 0 ? "-" : fmt::format("{}", pid),
            pid == 0 ? "-" : span_text(real(death, "ran")), text_member(death, "text"));
    }
}

void add_counts(const wire::Value& process, std::vector<std::string>& lines) {
    std::string kinds;
    std::int64_t all = 0;
    if (const auto* counts = process.find("counts"))
        if (const auto* members = counts->get_if<wire::Struct>())
            for (const auto& [kind, count] : *members) {
                const auto number = count.int_or();
                if (number == 0) continue;
                all += number;
                kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", number, kind);
            }
    if (all == 0) return;
    lines.push_back(fmt::format("{}{} end{} since it was added: {}; {} restart{}", kIndent, all,
                                all == 1 ? "" : "s", kinds, int_member(process, "restarts"),
                                int_member(process, "restarts") == 1 ? "" : "s"));
}

void add_output(const wire::Value& process, std::string_view stream,
                std::vector<std::string>& lines) {
    auto text = text_member(process, fmt::format("{}_tail", stream));
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (text.empty()) return;
    auto parts = split(text, '\n');
    if (parts.size() > kLastLines)
        parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(kLastLines));
    lines.push_back(fmt::format("{}last lines of its {}:", kIndent, stream));
    for (auto part : parts) {
        if (part.ends_with('\r')) part.remove_suffix(1);
        lines.push_back(fmt::format("{}  {}", kIndent, part));
    }
}

bool has_run(const wire::Array& deaths) {
    return !deaths.empty() && int_member(deaths.front(), "pid") != 0;
}

}  // namespace

std::vector<std::string> why_lines(const wire::Value& process) {
    std::vector<std::string> lines{fmt::format("{}: {}, {}", namespec_of(process),
                                               text_member(process, "statename"),
                                               text_member(process, "reason"))};
    const auto* found = process.find("deaths");
    if (!found) return lines;
    const auto& deaths = found->elements();
    add_table(deaths, lines);
    add_counts(process, lines);
    add_output(process, "stdout", lines);
    add_output(process, "stderr", lines);
    if (has_run(deaths) && !flag(process, "stdout_kept") && !flag(process, "stderr_kept"))
        lines.push_back(fmt::format("{}its output is not kept", kIndent));
    return lines;
}

}  // namespace svd::cli
