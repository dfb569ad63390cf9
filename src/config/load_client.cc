// [supervisorctl], for the client.
#include <fmt/format.h>

#include "config/load.h"
#include "config/paths.h"
#include "config/read_document.h"
#include "config/section_reader.h"

namespace svd::config {

namespace {

constexpr std::string_view kUnixScheme = "unix://";

ClientConfig read_client(LoadContext& context, const Section& section) {
    SectionReader reader(context, SectionKind::Supervisorctl, section);
    const Names& names = context.environment;
    ClientConfig client;
    client.serverurl = reader.text("serverurl", names).value_or(client.serverurl);
    if (client.serverurl.starts_with(kUnixScheme))
        client.serverurl =
            fmt::format("{}{}", kUnixScheme,
                        context.lookups.normalize(
                            std::string_view(client.serverurl).substr(kUnixScheme.size())));
    client.prompt = reader.text("prompt", names).value_or(client.prompt);
    client.username = reader.text("username", names);
    client.password = reader.text("password", names);
    const auto history = reader.text("history_file", names);
    if (history && !history->empty()) client.history_file = context.lookups.normalize(*history);
    return client;
}

std::unexpected<Error> first_error_of(const Problems& problems) {
    const Problem* problem = problems.first_error();
    return fail("{}", problem != nullptr ? problem->text : "the configuration cannot be read");
}

}  // namespace

Result<ClientConfig> load_client(const LoadRequest& request) {
    return load_client(request, system_host());
}

Result<ClientConfig> load_client(const LoadRequest& request, const Host& host) {
    ProblemSink problems;
    Names names;
    for (const auto& [name, value] : request.environment) names.set("ENV_" + name, value);
    const auto files = read_document(request, host, names, problems, ReadFor::Client);
    if (!files) return first_error_of(problems.take());
    const Section* section = files->document.find("supervisorctl");
    if (section == nullptr) return fail(".ini file does not include supervisorctl section");
    LoadContext context{request,  files->document,        files->root->here,
                        problems, Lookups(host, request), std::move(names)};
    ClientConfig client = read_client(context, *section);
    if (problems.error_count() > 0) return first_error_of(problems.take());
    return client;
}

}  // namespace svd::config
