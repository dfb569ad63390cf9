#include "cli/usage_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/human.h"
#include "cli/namespec.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr std::int64_t kRunning = 20;
constexpr std::size_t kFields = 15;
constexpr std::string_view kUnknown = "-";

std::optional<double> figure(const wire::Value& value) {
    const auto* number = value.get_if<double>();
    if (!number || !(*number >= 0)) return std::nullopt;
    return *number;
}

UsageRow usage_row(const wire::Array& fields) {
    UsageRow row;
    row.group = fields[0].text_or();
    row.name = fields[1].text_or();
    row.label = make_namespec(row.group, row.name);
    row.state = fields[2].int_or();
    row.statename = fields[3].text_or();
    row.pid = fields[4].int_or();
    row.uptime = figure(fields[5]).value_or(0);
    row.cpu = figure(fields[6]);
    row.memory = figure(fields[7]);
    row.memory_peak = figure(fields[8]);
    row.tasks = figure(fields[9]);
    row.read = figure(fields[10]);
    row.written = figure(fields[11]);
    row.restarts = fields[12].int_or();
    row.last_end = fields[13].text_or();
    row.last_end_at = fields[14].int_or();
    if (fields.size() > kFields) row.told = fields[kFields].text_or();
    return row;
}

std::optional<double> sum_of(const std::optional<double>& a, const std::optional<double>& b) {
    if (!a) return b;
    return *a + b.value_or(0);
}

// --- cells ---------------------------------------------------------------------------------------

std::string bytes_cell(const std::optional<double>& bytes) {
    constexpr double kMost = 1e18;
    if (!bytes) return std::string(kUnknown);
    return byte_text(static_cast<std::uint64_t>(std::min(*bytes, kMost)));
}

std::string count_cell(const std::optional<double>& count) {
    return count ? fmt::format("{:.0f}", *count) : std::string(kUnknown);
}

// Without blanks, so that columns stay words: "1.2s", "3m04s", "2h05m", "4d03h".
std::string span_cell(const std::optional<double>& seconds) {
    if (!seconds) return std::string(kUnknown);
    constexpr double kMost = 1e15;
    if (*seconds < 9.995) return fmt::format("{:.2f}s", *seconds);
    if (*seconds < 59.95) return fmt::format("{:.1f}s", *seconds);
    const auto all = static_cast<std::int64_t>(std::lround(std::min(*seconds, kMost)));
    if (all < 3600) return fmt::format("{}m{:02}s", all / 60, all % 60);
    if (all < 86400) return fmt::format("{}h{:02}m", all / 3600, all / 60 % 60);
    return fmt::format("{}d{:02}h", all / 86400, all / 3600 % 24);
}

std::string uptime_cell(const UsageRow& row) {
    return row.pid == 0 ? std::string(kUnknown) : span_cell(row.uptime);
}

std::string last_end_cell(const UsageRow& row) {
    if (row.last_end.empty()) return std::string(kUnknown);
    const WallTime at{std::chrono::seconds(row.last_end_at)};
    return fmt::format("{} {}", local_time_text(at), row.last_end);
}

struct Column {
    std::string_view head;
    bool right = false;  // aligned
    std::function<std::string(const UsageRow&)> cell;
};

std::vector<std::string> table(const std::vector<UsageRow>& rows,
                               const std::vector<Column>& columns) {
    std::vector<std::string> lines(rows.size() + 1);
    std::vector<std::string> cells(lines.size());
    for (const auto& column : columns) {
        cells[0] = column.head;
        for (std::size_t i = 0; i < rows.size(); ++i) cells[i + 1] = column.cell(rows[i]);
        std::size_t width = 0;
        for (const auto& cell : cells) width = std::max(width, character_count(cell));
        const bool last = &column == &columns.back();
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].empty()) lines[i] += "  ";
            if (column.right) lines[i].append(width - character_count(cells[i]), ' ');
            lines[i] += cells[i];
            if (!column.right && !last) lines[i].append(width - character_count(cells[i]), ' ');
        }
    }
    return lines;
}

const Column kName{"NAME", false, [](const UsageRow& row) { return row.label; }};
const Column kState{"STATE", false, [](const UsageRow& row) { return row.statename; }};
const Column kPid{"PID", true, [](const UsageRow& row) {
                      return row.pid == 0 ? std::string(kUnknown) : fmt::format("{}", row.pid);
                  }};
const Column kUptime{"UPTIME", true, uptime_cell};
const Column kCpuTime{"CPU", true, [](const UsageRow& row) { return span_cell(row.cpu); }};
const Column kCpuPercent{"CPU%", true, [](const UsageRow& row) {
                             return row.cpu_percent ? fmt::format("{:.1f}", *row.cpu_percent)
                                                    : std::string(kUnknown);
                         }};
const Column kMemory{"MEM", true, [](const UsageRow& row) { return bytes_cell(row.memory); }};
const Column kPeak{"PEAK", true, [](const UsageRow& row) { return bytes_cell(row.memory_peak); }};
const Column kTasks{"TASKS", true, [](const UsageRow& row) { return count_cell(row.tasks); }};
const Column kRead{"READ", true, [](const UsageRow& row) { return bytes_cell(row.read); }};
const Column kWritten{"WRITTEN", true, [](const UsageRow& row) { return bytes_cell(row.written); }};
const Column kIoRate{"IO/S", true, [](const UsageRow& row) { return bytes_cell(row.io_rate); }};
const Column kRestarts{"RESTARTS", true,
                       [](const UsageRow& row) { return fmt::format("{}", row.restarts); }};
const Column kLastEnd{"LAST END", false, last_end_cell};
const Column kTold{"STATUS", false, [](const UsageRow& row) {
                       return row.told.empty() ? std::string(kUnknown) : row.told;
                   }};

double sort_key(const UsageRow& row, SortBy by) {
    constexpr double kLowest = -1;
    switch (by) {
        case SortBy::Cpu:
            return row.cpu_percent.value_or(kLowest);
        case SortBy::Memory:
            return row.memory.value_or(kLowest);
        case SortBy::Tasks:
            return row.tasks.value_or(kLowest);
        case SortBy::Io:
            return row.io_rate.value_or(kLowest);
        case SortBy::Name:
            return 0;
    }
    return 0;
}

constexpr std::array<std::pair<std::string_view, SortBy>, 5> kSorts{{{"cpu", SortBy::Cpu},
                                                                     {"mem", SortBy::Memory},
                                                                     {"tasks", SortBy::Tasks},
                                                                     {"io", SortBy::Io},
                                                                     {"name", SortBy::Name}}};

}  // namespace

std::vector<UsageRow> usage_rows(const wire::Value& answer) {
    std::vector<UsageRow> rows;
    rows.reserve(answer.elements().size());
    for (const auto& entry : answer.elements())
        if (entry.elements().size() >= kFields) rows.push_back(usage_row(entry.elements()));
    return rows;
}

void rates(std::vector<UsageRow>& rows, const std::vector<UsageRow>& before, double seconds) {
    if (!(seconds > 0)) return;
    std::map<std::string_view, const UsageRow*> known;
    for (const auto& row : before) known.emplace(row.label, &row);
    for (auto& row : rows) {
        if (row.pid == 0) continue;
        const auto found = known.find(row.label);
        const bool same_run = found != known.end() && found->second->pid == row.pid;
        const auto* earlier = same_run ? found->second : nullptr;
        const auto rate = [&](const std::optional<double>& now,
                              const std::optional<double>& then) -> std::optional<double> {
            if (!now) return std::nullopt;
            const double grown = *now - then.value_or(0);
            return std::max(grown, 0.0) / seconds;
        };
        constexpr double kPercent = 100;
        const auto cpu = rate(row.cpu, earlier ? earlier->cpu : std::nullopt);
        if (cpu) row.cpu_percent = *cpu * kPercent;
        const auto io = [](const UsageRow& of) { return sum_of(of.read, of.written); };
        row.io_rate = rate(io(row), earlier ? io(*earlier) : std::nullopt);
    }
}

std::vector<UsageRow> group_rows(const std::vector<UsageRow>& rows) {
    struct Count {
        std::size_t all = 0;
        std::size_t running = 0;
    };
    std::vector<UsageRow> groups;
    std::vector<Count> counts;
    std::map<std::string_view, std::size_t> index;
    for (const auto& row : rows) {
        const auto [at, is_new] = index.emplace(row.group, groups.size());
        if (is_new) {
            groups.emplace_back();
            groups.back().group = groups.back().name = groups.back().label = row.group;
            counts.emplace_back();
        }
        auto& group = groups[at->second];
        auto& count = counts[at->second];
        ++count.all;
        count.running += row.state == kRunning ? 1 : 0;
        group.cpu = sum_of(group.cpu, row.cpu);
        group.memory = sum_of(group.memory, row.memory);
        group.tasks = sum_of(group.tasks, row.tasks);
        group.read = sum_of(group.read, row.read);
        group.written = sum_of(group.written, row.written);
        group.cpu_percent = sum_of(group.cpu_percent, row.cpu_percent);
        group.io_rate = sum_of(group.io_rate, row.io_rate);
        group.restarts += row.restarts;
    }
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i].statename = fmt::format("{}/{}", counts[i].running, counts[i].all);
    return groups;
}

std::optional<SortBy> find_sort(std::string_view name) {
    for (const auto& [known, by] : kSorts)
        if (known == name) return by;
    return std::nullopt;
}

std::string_view sort_name(SortBy by) {
    for (const auto& [name, known] : kSorts)
        if (known == by) return name;
    return "";
}

void sort_rows(std::vector<UsageRow>& rows, SortBy by) {
    std::ranges::sort(rows, [&](const UsageRow& a, const UsageRow& b) {
        const double left = sort_key(a, by);
        const double right = sort_key(b, by);
        return left != right ? left > right : a.label < b.label;
    });
}

std::vector<std::string> long_status_lines(const std::vector<UsageRow>& rows) {
    std::vector<Column> columns{kName, kState, kPid,  kUptime,  kCpuTime,  kMemory,
                                kPeak, kTasks, kRead, kWritten, kRestarts, kLastEnd};
    // Most programs say nothing of themselves.
    if (std::ranges::any_of(rows, [](const UsageRow& row) { return !row.told.empty(); }))
        columns.push_back(kTold);
    return table(rows, columns);
}

std::vector<std::string> top_lines(const std::vector<UsageRow>& rows) {
    return table(rows, {kName, kState, kPid, kCpuPercent, kCpuTime, kMemory, kTasks, kIoRate,
                        kRestarts, kUptime});
}

std::string top_summary(const std::vector<UsageRow>& rows) {
    std::size_t running = 0;
    double cpu = 0;
    std::optional<double> memory;
    std::optional<double> tasks;
    for (const auto& row : rows) {
        running += row.state == kRunning ? 1 : 0;
        cpu += row.cpu_percent.value_or(0);
        memory = sum_of(memory, row.memory);
        tasks = sum_of(tasks, row.tasks);
    }
    return fmt::format("{} process{}, {} running, {:.1f} % CPU, {} memory, {} tasks", rows.size(),
                       rows.size() == 1 ? "" : "es", running, cpu, bytes_cell(memory),
                       count_cell(tasks));
}

}  // namespace svd::cli
