// The one table of options: parsing, unknown-option warnings, the sample configuration and the
// manual pages are projections of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace svd::config {

enum class SectionKind : std::uint32_t {
    Supervisord = 1U << 0U,
    Supervisorctl = 1U << 1U,
    UnixHttpServer = 1U << 2U,
    InetHttpServer = 1U << 3U,
    Include = 1U << 4U,
    Group = 1U << 5U,
    Program = 1U << 6U,
    FcgiProgram = 1U << 7U,
    EventListener = 1U << 8U,
    RpcInterface = 1U << 9U,
    CtlPlugin = 1U << 10U,
    ProgramDefault = 1U << 11U,
    Socket = 1U << 12U,
};

enum class ValueType {
    Integer,
    ByteSize,
    Age,
    Boolean,
    Octal,
    Signal,
    ExitCodes,
    AutoRestart,
    LogLevel,
    User,
    UserGroup,
    Directory,  // must exist
    Path,       // in an existing directory
    LogFile,    // a path, NONE, AUTO, syslog or journal
    InetAddress,
    FcgiAddress,
    EnvironmentList,
    StringList,
    EventList,
    RestartLimit,
    Descendants,
    EventsLength,
    DbusChoice,
    MemorySize,
    Weight,
    CpuQuota,
    ProcessCount,
    CpuList,
    OomScoreAdj,
    Nice,
    IoPriority,
    RlimitNumber,
    RlimitBytes,
    ControllerList,
    ReadyBy,
    Duration,
    SocketType,
    SocketAddresses,
    Text,
};

// What a reread that finds the option changed means for a running process.
enum class OnReload {
    Hot,      // can take effect without a new process
    Respawn,  // needs a new process (or group)
    Restart,  // belongs to the daemon: takes effect when svd restarts
};

struct OptionRow {
    std::uint32_t sections;  // SectionKind bits
    std::string_view name;
    ValueType type;
    std::optional<std::string_view> default_text;  // empty: unset
    OnReload on_reload;
    std::string_view since;  // Supervisor's version, or svd's for additions ("svd 0.1")
    std::string_view doc;    // one sentence
    // What the sample configuration shows. Empty: the default; a row with neither is left out of
    // it.
    std::string_view example = {};
    bool sample_active = false;  // not commented out there
    [[nodiscard]] bool is_addition() const { return since.starts_with("svd"); }
};

[[nodiscard]] std::span<const OptionRow> option_table();
// Null when the section kind has no such option.
[[nodiscard]] const OptionRow* find_option(SectionKind kind, std::string_view name);
[[nodiscard]] std::vector<std::string_view> option_names(SectionKind kind);

struct SectionKindRow {
    SectionKind kind;
    std::string_view prefix;  // "program:" or a whole name
    bool named;               // prefix ends in ':' and a name follows
    bool free_options;        // takes any option (they go to a factory)
    std::string_view doc;
    std::string_view sample_name = {};  // in the sample configuration; empty: left out of it
    bool sample_active = false;         // not commented out there
};
// In the order of the sample configuration.
[[nodiscard]] std::span<const SectionKindRow> section_table();
// Null for a section that svd does not know. Server sections match by prefix, as in Supervisor.
[[nodiscard]] const SectionKindRow* find_section_kind(std::string_view section);

// What a value of this type may look like, for hints and manuals; empty when anything goes.
[[nodiscard]] std::string_view allowed_values(ValueType type);

}  // namespace svd::config
