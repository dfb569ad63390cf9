// Actions that show logs: tail and maintail, once or for as long as they are looked at.
#include <unistd.h>

#include "base/python_text.h"
#include "base/strings.h"
#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/faults.h"
#include "cli/interrupt.h"
#include "cli/log_stream.h"

namespace svd::cli {
namespace {

constexpr std::int64_t kDefaultBytes = 1600;

// "-f" or "-100"; empty when it is neither.
struct Modifier {
    bool follow = false;
    std::int64_t bytes = kDefaultBytes;
};

std::optional<Modifier> parse_modifier(std::string_view word) {
    word.remove_prefix(1);
    if (word == "f") return Modifier{.follow = true};
    const auto bytes = parse_python_int(word);
    if (!bytes) return std::nullopt;
    return Modifier{.follow = false, .bytes = *bytes};
}

void complain(Session& session, std::string_view text) {
    session.print(text);
    session.fail_with(kGeneric);
}

// Until Ctrl-C, the end of the stream, or the end of whoever reads our output.
void follow(Session& session, const std::string& path) {
    session.print(kStreamBanner);
    session.out().flush();
    const InterruptScope scope;
    auto stream = LogStream::open(session, path);
    while (stream) {
        pollfd fds[] = {{.fd = stream->fd(), .events = POLLIN, .revents = 0},
                        {.fd = STDOUT_FILENO, .events = 0, .revents = 0}};
        if (!wait_for(fds) || fds[1].revents != 0) break;
        if (!stream->pump(session)) break;
    }
    if (!interrupted()) return;
    session.print("");
    forget_interrupt();
}

struct FaultText {
    int fault;
    std::string_view text;
};
constexpr FaultText kReadFaults[] = {{kFaultNoFile, "no log file"},
                                     {kFaultFailed, "unknown error reading log"},
                                     {kFaultBadName, "no such process name"}};

void show(Session& session, std::string_view name, const CallResult& text) {
    if (text) {
        session.print(text->text_or());
        return;
    }
    for (const auto& [fault, words] : kReadFaults) {
        if (!text.error().is_fault(fault)) continue;
        complain(session, fmt::format("{}: ERROR ({})", name, words));
        return;
    }
    session.report(text.error());
}

}  // namespace

void run_tail(Session& session, std::string_view argument) {
    auto words = split_blanks(argument);
    if (words.empty()) return refuse(session, "tail", "Error: too few arguments");
    if (words.size() > 3) return refuse(session, "tail", "Error: too many arguments");
    std::string_view modifier_word;
    if (words.front().starts_with('-')) {
        modifier_word = words.front();
        words.erase(words.begin());
    }
    if (words.empty()) return complain(session, "Error: tail requires process name");
    const auto channel = words.size() == 1 ? std::string("stdout") : to_lower(words.back());
    if (channel != "stdout" && channel != "stderr")
        return complain(session, fmt::format("Error: bad channel {}", py_repr(channel)));
    const auto modifier =
        modifier_word.empty() ? std::optional(Modifier{}) : parse_modifier(modifier_word);
    if (!modifier) return complain(session, fmt::format("Error: bad argument {}", modifier_word));
    const auto name = words.front();
    if (modifier->follow) return follow(session, logtail_path(name, channel));
    const auto method = channel == "stdout" ? "readProcessStdoutLog" : "readProcessStderrLog";
    show(session, name, session.call(method, {wire::Value(name), -modifier->bytes, 0}));
}

void run_maintail(Session& session, std::string_view argument) {
    const auto words = split_blanks(argument);
    if (words.size() > 1) return refuse(session, "maintail", "Error: too many arguments");
    std::optional<Modifier> modifier = Modifier{};
    if (!words.empty())
        modifier = words.front().starts_with('-') ? parse_modifier(words.front()) : std::nullopt;
    if (!modifier) return complain(session, fmt::format("Error: bad argument {}", words.front()));
    if (modifier->follow) return follow(session, "/mainlogtail");
    show(session, "supervisord", session.call("readLog", {-modifier->bytes, 0}));
}

}  // namespace svd::cli
