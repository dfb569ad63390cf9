// svd.*: methods that Supervisor does not have. One row each, as in rpc_supervisor.cc.
#include "http/rpc_emit.h"
#include "http/rpc_method.h"

namespace svd::http {
namespace {

using control::Outcome;

Outcome<void> get_status(const RpcContext& context, const Arguments&, std::string& out) {
    const ArrayScope rows(out);
    context.supervisor.each_status(
        [&](const process::Process& process, std::string_view description) {
            const ArrayScope row(out);
            emit_text(out, process.group->name());
            emit_text(out, process.name());
            emit_int(out, static_cast<int>(process.data.state));
            emit_text(out, process::state_name(process.data.state));
            emit_text(out, description);
        });
    return {};
}

const Method kMethods[] = {
    {"getStatus",
     "",
     During::RunningOnly,
     "Tells of all processes, by group and name, what `svctl status` shows.",
     {},
     "array",
     "result an array for each process: group, name, state, statename, description",
     get_status},
};

}  // namespace

std::span<const Method> svd_methods() {
    return kMethods;
}

}  // namespace svd::http
