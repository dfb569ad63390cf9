#include "config/plugins.h"

#include <array>
#include <span>

#include <fmt/format.h>

namespace svd::config {

namespace {

struct PluginRow {
    std::string_view module;  // first part of the factory's module, up to a '.' or ':'
    std::string_view replacement;
};

constexpr auto kRpcPlugins = std::to_array<PluginRow>({
    {"supervisor_twiddler",
     "to add programs while svd runs, put files where [include] finds them and run svctl update"},
    {"supervisor_cgroups", "svd gives each process a cgroup of its own already"},
    {"supvisors", "svd serves this machine alone; nothing replaces supvisors' view of many"},
});
constexpr std::string_view kAnyRpc =
    "clients find supervisor.* and system.* as they know them; other methods are not served";

constexpr auto kCtlPlugins = std::to_array<PluginRow>({
    {"supervisor_wildcards", "svctl takes several names, group:* and all"},
    {"supervisor_serialrestart", "run svctl restart for one name after the other from a script"},
});
constexpr std::string_view kAnyCtl =
    "scripts can use svctl, with --json where they read its answer";

std::string_view replacement(std::span<const PluginRow> table, std::string_view factory,
                             std::string_view otherwise) {
    const std::string_view module = factory.substr(0, factory.find_first_of(".:"));
    for (const PluginRow& row : table)
        if (row.module == module) return row.replacement;
    return otherwise;
}

}  // namespace

std::string_view rpc_replacement(std::string_view factory) {
    return replacement(kRpcPlugins, factory, kAnyRpc);
}

std::string_view ctl_replacement(std::string_view factory) {
    return replacement(kCtlPlugins, factory, kAnyCtl);
}

void warn_about_ctl_plugins(LoadContext& context) {
    constexpr std::string_view kOption = "supervisor.ctl_factory";
    for (const Section& section : context.document.sections()) {
        const SectionKindRow* row = find_section_kind(section.name);
        if (row == nullptr || row->kind != SectionKind::CtlPlugin) continue;
        SectionReader reader(context, SectionKind::CtlPlugin, section);
        // As it is written: supervisorctl alone expands it.
        const Entry* entry = reader.entry(kOption);
        const std::string factory = entry != nullptr ? entry->value : "";
        reader.warn(kOption,
                    fmt::format("[{}] {} is a Python plug-in of supervisorctl, which svctl cannot "
                                "load; its commands are missing there",
                                section.name, factory.empty() ? "(no factory)" : factory),
                    std::string(ctl_replacement(factory)));
    }
}

}  // namespace svd::config
