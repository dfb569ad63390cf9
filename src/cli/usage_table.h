// What processes use, as `status -l` and `top` show it. Pure but for the time zone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/xmlrpc.h"

namespace svd::cli {

// One row of svd.getUsage, or the sum of a group's. Figures that are not known are empty.
struct UsageRow {
    std::string group;
    std::string name;
    std::string label;  // namespec, or the name of a group
    std::int64_t state = 0;
    std::string statename;  // of a group: "2/3", running of all
    std::int64_t pid = 0;
    double uptime = 0;             // seconds
    std::optional<double> cpu;     // seconds
    std::optional<double> memory;  // bytes, as the next ones
    std::optional<double> memory_peak;
    std::optional<double> tasks;
    std::optional<double> read;
    std::optional<double> written;
    std::int64_t restarts = 0;
    std::string last_end;
    std::int64_t last_end_at = 0;
    std::string told;  // what it says of itself
    // By rates(): per second since the sample before; a tenth of a CPU is 10.
    std::optional<double> cpu_percent;
    std::optional<double> io_rate;
};
[[nodiscard]] std::vector<UsageRow> usage_rows(const wire::Value& answer);

// Fills in cpu_percent and io_rate from an earlier sample, `seconds` before. A run that began in
// between counts from its beginning.
void rates(std::vector<UsageRow>& rows, const std::vector<UsageRow>& before, double seconds);
// One row for each group, after rates().
[[nodiscard]] std::vector<UsageRow> group_rows(const std::vector<UsageRow>& rows);

enum class SortBy { Cpu, Memory, Tasks, Io, Name };
// "cpu", "mem", "tasks", "io", "name".
[[nodiscard]] std::optional<SortBy> find_sort(std::string_view name);
[[nodiscard]] std::string_view sort_name(SortBy by);
// The largest first, equal ones by name; names in their order.
void sort_rows(std::vector<UsageRow>& rows, SortBy by);

// The first line is the head. As wide as their contents.
[[nodiscard]] std::vector<std::string> long_status_lines(const std::vector<UsageRow>& rows);
[[nodiscard]] std::vector<std::string> top_lines(const std::vector<UsageRow>& rows);
// "3 processes, 2 running, 12.5 % CPU, 34M memory, 7 tasks".
[[nodiscard]] std::string top_summary(const std::vector<UsageRow>& rows);

}  // namespace svd::cli
