// XML-RPC: the methods of svd's own table, and the faults.
#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "control/fault.h"
#include "http/rpc_method.h"
#include "mdoc.h"
#include "tables.h"

namespace svd::man {
namespace {

std::string parameters(const http::Method& method) {
    std::string text;
    for (const auto& param : method.params) {
        if (param.name.empty()) continue;
        text += fmt::format(".It Ar {} Pq {}\n{}", param.name, param.type,
                            prose(fmt::format("{}{}.", param.text,
                                              param.optional ? "; true when it is left out" : "")));
    }
    return text;
}

using control::FaultCode;

struct FaultsRow {
    std::string_view method;
    std::vector<FaultCode> codes;
};

// What a method may refuse with, beside the name of a process or group that is not there.
const std::vector<FaultsRow>& fault_table() {
    using enum FaultCode;
    static const std::vector<FaultsRow> kRows{
        {"addProcessGroup", {AlreadyAdded}},
        {"clearLog", {NoFile, Failed}},
        {"clearProcessLogs", {Failed}},
        {"methodHelp", {SignatureUnsupported}},
        {"methodSignature", {SignatureUnsupported}},
        {"pauseProcess", {Failed, NotRunning}},
        {"readLog", {BadArguments, NoFile, Failed}},
        {"readProcessStderrLog", {BadArguments, NoFile, Failed}},
        {"readProcessStdoutLog", {BadArguments, NoFile, Failed}},
        {"reloadConfig", {CantReread}},
        {"removeProcessGroup", {StillRunning}},
        {"reopenProcessLogs", {Failed}},
        {"restart", {CantReread}},
        {"resumeProcess", {Failed, NotRunning}},
        {"rotateLog", {NoFile, Failed}},
        {"rotateProcessLogs", {Failed}},
        {"sendProcessStdin", {NoFile, NotRunning}},
        {"signalProcess", {BadSignal, Failed, NotRunning}},
        {"startProcess",
         {NoFile, NotExecutable, Failed, AbnormalTermination, SpawnError, AlreadyStarted}},
        {"stopProcess", {NotRunning}},
        {"upgrade", {Failed}},
    };
    return kRows;
}

std::string faults(const http::Method& method) {
    std::vector<std::string> names;
    const auto named = [](const http::Param& param) {
        return !param.name.empty() &&
               (param.kind == http::ArgKind::Name || param.kind == http::ArgKind::Group);
    };
    if (std::ranges::any_of(method.params, named))
        names.emplace_back(control::fault_name(FaultCode::BadName));
    const auto row = std::ranges::find(fault_table(), method.name, &FaultsRow::method);
    if (row != fault_table().end())
        for (const auto code : row->codes) names.emplace_back(control::fault_name(code));
    if (method.during == http::During::RunningOnly)
        names.emplace_back(control::fault_name(FaultCode::ShutdownState));
    if (names.empty()) return {};
    return fmt::format(".It Sy faults\n{}", prose(fmt::format("{}.", fmt::join(names, ", "))));
}

// The result's text begins with its name.
std::string result(const http::Method& method) {
    const auto blank = method.result.find(' ');
    return fmt::format(".It Sy result Pq {}\n{}", method.returns,
                       prose(fmt::format("{}.", method.result.substr(blank + 1))));
}

std::string method_item(std::string_view space, const http::Method& method) {
    std::string names;
    for (const auto& param : method.params) {
        if (param.name.empty()) continue;
        names += fmt::format("{} {}", names.empty() ? "" : " ,", param.name);
    }
    const auto call = names.empty() ? "\\&()" : fmt::format(" Ns Pq Ar{}", names);
    std::string text =
        fmt::format(".It Ic {}.{}{}\n{}", space, method.name, call, prose(method.summary));
    if (!method.alias.empty()) text += fmt::format("Also as\n.Ic {}.{} .\n", space, method.alias);
    return text + ".Bl -tag -width Ds -compact\n" + parameters(method) + result(method) +
           faults(method) + ".El\n";
}

std::span<const http::Method> methods_of(std::string_view space) {
    if (space == "supervisor") return http::supervisor_methods();
    if (space == "system") return http::system_methods();
    if (space == "svd") return http::svd_methods();
    return {};
}

}  // namespace

std::string rpc_methods(std::string_view space) {
    const auto table = methods_of(space);
    std::vector<const http::Method*> rows;
    for (const auto& method : table) rows.push_back(&method);
    std::ranges::sort(rows, {}, &http::Method::name);
    std::string items;
    for (const auto* method : rows) items += method_item(space, *method);
    return items.empty() ? items : tag_list(items);
}

std::string rpc_faults() {
    std::string items;
    for (const auto code : control::all_faults())
        items += fmt::format(".It {} Li {}\n{}", static_cast<int>(code), control::fault_name(code),
                             prose(control::fault_meaning(code)));
    return tag_list(items);
}

}  // namespace svd::man
