#include "cli/session.h"

#include <cerrno>

#include "cli/faults.h"

namespace svd::cli {
namespace {

constexpr std::string_view kApiVersion = "3.0";
constexpr std::string_view kNoNamespace =
    "Sorry, supervisord responded but did not recognize the supervisor namespace commands that "
    "supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is "
    "enabled in the configuration file (see sample.conf).";

}  // namespace

CallResult Session::call(std::string_view method, const wire::Array& params) {
    return call_full(fmt::format("supervisor.{}", method), params);
}

CallResult Session::call_full(std::string_view method, const wire::Array& params) {
    out_.flush();
    return client_.call(settings_.serverurl, settings_.credentials, method, params);
}

bool Session::upcheck() {
    const auto answer = call("getVersion");
    if (answer) {
        const auto version = answer->text_or();
        if (version == kApiVersion) return true;
        complain(fmt::format(
            "Sorry, this version of supervisorctl expects to talk to a server with API version {}, "
            "but the remote version is {}.",
            kApiVersion, version));
        fail_with(kNotInstalled);
        return false;
    }
    const auto& error = answer.error();
    if (error.is_fault(kFaultUnknownMethod)) {
        complain(kNoNamespace);
        fail_with(kUnimplemented);
    } else {
        report(error);
        if (error.is_connect(ECONNREFUSED)) fail_with(kInsufficientPrivileges);
        if (error.is_connect(ENOENT)) fail_with(kNotRunning);
    }
    return false;
}

void Session::report(const CallError& error) {
    using Kind = CallError::Kind;
    fail_with(kGeneric);
    switch (error.kind) {
        case Kind::Fault:
            complain(error.code == kFaultShutdownState ? "ERROR: supervisor shutting down"
                                                       : fmt::format("ERROR: {}", error.text));
            return;
        case Kind::Http:
            if (error.code == 401)
                auth_required_ = true;
            else
                complain(fmt::format("error: {} answered {} {}", url(), error.code, error.text));
            return;
        case Kind::Connect:
            report_connect(error);
            return;
        case Kind::Broken:
            if (error.code != EINTR) complain(fmt::format("error: {}: {}", url(), error.text));
            return;
        case Kind::BadUrl:
            complain(fmt::format("error: {}", error.text));
            return;
    }
}

void Session::report_connect(const CallError& error) {
    switch (error.code) {
        case EINTR:
            return;  // Ctrl-C
        case ECONNREFUSED:
            complain(fmt::format("{} refused connection", url()));
            return;
        case ENOENT:
            complain(fmt::format("{} no such file", url()));
            return;
        case 0:
            complain(fmt::format("error: {}", error.text));
            return;
        case EACCES:
        case EPERM:
            // The one raw error of Supervisor's client that scripts look for.
            complain(fmt::format("error: <class 'PermissionError'>, [Errno {}] {}: {}", error.code,
                                 errno_text(error.code), url()));
            return;
        default:
            complain(
                fmt::format("error: [Errno {}] {}: {}", error.code, errno_text(error.code), url()));
    }
}

void Session::complain(std::string_view line) {
    if (!settings_.json) {
        print(line);
        return;
    }
    out_.flush();
    write_stderr(fmt::format("{}\n", line));
}

void Session::connect_to(std::string url) {
    settings_.serverurl = std::move(url);
    client_.disconnect();
}

void Session::use_credentials(std::string username, std::string password) {
    settings_.credentials = {std::move(username), std::move(password)};
    client_.disconnect();
}

const wire::Array& Session::completion_infos() {
    if (!completion_infos_) completion_infos_ = call("getAllProcessInfo").value_or(wire::Value());
    return completion_infos_->elements();
}

}  // namespace svd::cli
