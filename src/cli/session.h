// What every command works with: the server, standard output, and the exit code so far.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/exit_codes.h"
#include "cli/output.h"
#include "cli/rpc_client.h"
#include "cli/terminal_input.h"

namespace svd::cli {

struct Settings {
    std::string serverurl;
    Credentials credentials;
    bool interactive = false;  // ask before shutdown and reload, and for credentials
    bool json = false;
};

class Session {
  public:
    Session(Settings settings, Output& out, LineInput& in)
        : settings_(std::move(settings)), out_(out), in_(in) {}

    // Calls supervisor.`method`, after everything printed so far has been shown.
    [[nodiscard]] CallResult call(std::string_view method, const wire::Array& params = {});
    // The same with a namespace in front of the method's name.
    [[nodiscard]] CallResult call_full(std::string_view method, const wire::Array& params = {});
    // True when a server of our API answers. Otherwise says why, sets the exit code and is false.
    [[nodiscard]] bool upcheck();
    // For an error that the command has no words for: one line and exit code 1. A missing
    // authorization is only noted; dispatch() deals with it.
    void report(const CallError& error);

    // Exit codes are sticky: the last failure wins, success never resets it.
    void fail_with(int code) { exit_code_ = code; }
    [[nodiscard]] int exit_code() const { return exit_code_; }

    [[nodiscard]] Settings& settings() { return settings_; }
    [[nodiscard]] const std::string& url() const { return settings_.serverurl; }
    void connect_to(std::string url);
    void use_credentials(std::string username, std::string password);

    [[nodiscard]] Output& out() { return out_; }
    [[nodiscard]] LineInput& in() { return in_; }
    void print(std::string_view line) { out_.line(line); }
    // An error line: standard output, as Supervisor has it, but beside the document with --json.
    void complain(std::string_view line);

    // The shell is to end after this command.
    void leave() { leaving_ = true; }
    [[nodiscard]] bool is_leaving() const { return leaving_; }
    // Whether a call was refused for want of credentials since the last look.
    [[nodiscard]] bool take_auth_required() { return std::exchange(auth_required_, false); }

    // getAllProcessInfo for completion, fetched once per command line; empty when unreachable.
    [[nodiscard]] const wire::Array& completion_infos();
    void forget_completion_infos() { completion_infos_.reset(); }

  private:
    void report_connect(const CallError& error);

    Settings settings_;
    Output& out_;
    LineInput& in_;
    RpcClient client_;
    int exit_code_ = kSuccess;
    bool leaving_ = false;
    bool auth_required_ = false;
    std::optional<wire::Value> completion_infos_;
};

}  // namespace svd::cli
