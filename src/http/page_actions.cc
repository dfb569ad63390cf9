#include "http/page_actions.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace svd::http {
namespace {

using control::FaultCode;
using control::MemberResult;
using control::MemberResults;
using control::Outcome;
using control::Wait;

struct Row {
    std::string_view name;
    PageVerb verb;
    bool one;  // of a process
    std::string_view question;
};
constexpr std::array kRows = std::to_array<Row>({
    {"refresh", PageVerb::Refresh, false, "refresh"},
    {"startall", PageVerb::StartAll, false, "start all programs"},
    {"stopall", PageVerb::StopAll, false, "stop all programs"},
    {"restartall", PageVerb::RestartAll, false, "restart all programs"},
    {"start", PageVerb::Start, true, "start"},
    {"stop", PageVerb::Stop, true, "stop"},
    {"restart", PageVerb::Restart, true, "restart"},
    {"clearlog", PageVerb::ClearLog, true, "clear the logs of"},
});

const Row& row_of(PageVerb verb) {
    return *std::ranges::find(kRows, verb, &Row::verb);
}

// What went wrong with a start, where Supervisor's page has a phrase of its own for it.
struct Phrase {
    FaultCode code;
    std::string_view text;
};
constexpr std::array kStartPhrases = std::to_array<Phrase>({
    {FaultCode::NoFile, "no such file"},
    {FaultCode::NotExecutable, "file not executable"},
    {FaultCode::AlreadyStarted, "already started"},
    {FaultCode::SpawnError, "spawn error"},
    {FaultCode::AbnormalTermination, "abnormal termination"},
});

constexpr std::size_t kNamedFailures = 5;

std::string unexpected_fault(FaultCode code, std::string_view text) {
    return fmt::format("unexpected rpc fault [{}] {}", static_cast<int>(code), text);
}

std::string start_phrase(FaultCode code, std::string_view text) {
    const auto* found = std::ranges::find(kStartPhrases, code, &Phrase::code);
    return found == kStartPhrases.end() ? unexpected_fault(code, text) : std::string(found->text);
}

// "a: spawn error; web:b: no such file"; empty when all went well.
std::string failures(const MemberResults& results) {
    std::string text;
    std::size_t failed = 0;
    for (const MemberResult& member : results) {
        if (member.status == FaultCode::Success) continue;
        if (++failed > kNamedFailures) continue;
        const bool alone = member.group == member.name;
        text += fmt::format("{}{}{}{}: {}", failed > 1 ? "; " : "", alone ? "" : member.group,
                            alone ? "" : ":", member.name,
                            start_phrase(member.status, member.description));
    }
    if (failed > kNamedFailures) text += fmt::format("; and {} more", failed - kNamedFailures);
    return text;
}

std::string many_done(std::string what, const MemberResults& results) {
    const std::string failed = failures(results);
    return failed.empty() ? std::move(what) : fmt::format("ERROR: {}, except {}", what, failed);
}

// One action under way. Lives in the callbacks of the verbs.
class Run : public std::enable_shared_from_this<Run> {
  public:
    Run(control::Supervisor& supervisor, PageAction action, std::function<WallTime()> clock,
        std::function<void(std::string)> done)
        : supervisor_(supervisor),
          action_(std::move(action)),
          clock_(std::move(clock)),
          done_(std::move(done)) {}

    void begin() {
        switch (action_.verb) {
            case PageVerb::Refresh:
                return done_(timed("Page refreshed"));
            case PageVerb::StartAll:
                return supervisor_.start_all(Wait::Yes, all_done("All started"));
            case PageVerb::StopAll:
                return supervisor_.stop_all(Wait::Yes, all_done("All stopped"));
            case PageVerb::RestartAll:
                return supervisor_.stop_all(Wait::Yes, then([this](const auto&) {
                                                if (!may_go_on()) return;
                                                supervisor_.start_all(Wait::Yes,
                                                                      all_done("All restarted"));
                                            }));
            case PageVerb::Start:
                return start("started");
            case PageVerb::Stop:
                return stop();
            case PageVerb::Restart:
                // Whatever was not running is started all the same.
                return supervisor_.stop(
                    action_.process, Wait::Yes, then([this](const auto& stop) {
                        if (!stop && stop.error().code != FaultCode::NotRunning) {
                            return done_(stop_fault(stop.error()));
                        }
                        if (may_go_on()) start("restarted");
                    }));
            case PageVerb::ClearLog:
                return clear_log();
        }
    }

  private:
    // A Done that keeps this alive.
    template <class Call>
    control::Done<MemberResults> then(Call call) {
        return [self = shared_from_this(),
                call = std::move(call)](const Outcome<MemberResults>& outcome) { call(outcome); };
    }

    control::Done<MemberResults> all_done(std::string_view what) {
        return then([this, what](const Outcome<MemberResults>& outcome) {
            done_(outcome ? many_done(timed(what), *outcome) : stop_fault(outcome.error()));
        });
    }

    // The second half of a restart does not begin when the daemon has begun to stop.
    bool may_go_on() {
        const auto admitted = supervisor_.admit();
        if (!admitted) done_(stop_fault(admitted.error()));
        return admitted.has_value();
    }

    void start(std::string_view participle) {
        supervisor_.start(
            action_.process, Wait::Yes,
            then([this, participle](const Outcome<MemberResults>& outcome) {
                done_(outcome ? done_with(participle, *outcome) : start_fault(outcome.error()));
            }));
    }

    void stop() {
        supervisor_.stop(
            action_.process, Wait::Yes, then([this](const Outcome<MemberResults>& outcome) {
                done_(outcome ? done_with("stopped", *outcome) : stop_fault(outcome.error()));
            }));
    }

    void clear_log() {
        const auto outcome = supervisor_.clear_process_logs(action_.process);
        done_(outcome ? fmt::format("Log for {} cleared", action_.process)
                      : stop_fault(outcome.error()));
    }

    std::string done_with(std::string_view participle, const MemberResults& members) const {
        const auto name = control::split_namespec(action_.process);
        if (name.process) return fmt::format("Process {} {}", action_.process, participle);
        return many_done(fmt::format("Group {} {}", name.group, participle), members);
    }

    std::string start_fault(const control::Fault& fault) const {
        if (fault.code == FaultCode::BadName) return no_such();
        return fmt::format("ERROR: Process {}: {}", action_.process,
                           start_phrase(fault.code, fault.text()));
    }

    std::string stop_fault(const control::Fault& fault) const {
        return fault.code == FaultCode::BadName ? no_such()
                                                : unexpected_fault(fault.code, fault.text());
    }

    std::string no_such() const { return fmt::format("No such process named {}", action_.process); }

    std::string timed(std::string_view what) const {
        return fmt::format("{} at {}", what, ctime_text(clock_()));
    }

    control::Supervisor& supervisor_;
    PageAction action_;
    std::function<WallTime()> clock_;
    std::function<void(std::string)> done_;
};

}  // namespace

std::optional<PageAction> find_page_action(std::string_view name, std::string_view process) {
    const auto* row = std::ranges::find(kRows, name, &Row::name);
    if (row == kRows.end() || (row->one && process.empty())) return {};
    return PageAction{row->verb, row->one ? std::string(process) : std::string()};
}

std::string_view action_name(PageVerb verb) {
    return row_of(verb).name;
}

std::string describe(const PageAction& action) {
    const std::string_view question = row_of(action.verb).question;
    return action.process.empty() ? std::string(question)
                                  : fmt::format("{} {}", question, action.process);
}

void run_page_action(control::Supervisor& supervisor, PageAction action,
                     std::function<WallTime()> clock, std::function<void(std::string)> done) {
    std::make_shared<Run>(supervisor, std::move(action), std::move(clock), std::move(done))
        ->begin();
}

std::string ctime_text(WallTime time) {
    const std::time_t seconds = epoch_seconds(time);
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return {};
    char text[64];
    const std::size_t size = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &local);
    return {text, size};
}

}  // namespace svd::http
