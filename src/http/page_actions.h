// What the buttons of the status page do: control's verbs, and their outcome in a sentence for
// people. The sentences are Supervisor's, because scripts look for them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "control/supervisor.h"

namespace svd::http {

enum class PageVerb {
    Refresh,
    StartAll,  // not Supervisor's
    StopAll,
    RestartAll,
    Start,
    Stop,
    Restart,
    ClearLog,
};

struct PageAction {
    PageVerb verb = PageVerb::Refresh;
    std::string process;  // a namespec; "group:*" may be started, stopped and restarted as well

    [[nodiscard]] bool changes_something() const { return verb != PageVerb::Refresh; }
};

// `?action=NAME&processname=PROCESS`; empty for an unknown action, or one that lacks its process.
[[nodiscard]] std::optional<PageAction> find_page_action(std::string_view name,
                                                         std::string_view process);
// "stop web:web_00", "restart all": for a question.
[[nodiscard]] std::string describe(const PageAction& action);
[[nodiscard]] std::string_view action_name(PageVerb verb);

// Calls done once, now or when the verb is complete. The wall clock is read then.
void run_page_action(control::Supervisor& supervisor, PageAction action,
                     std::function<WallTime()> clock, std::function<void(std::string)> done);

// "Sun Nov 22 02:01:18 2026", local time, as Python's time.ctime() has it.
[[nodiscard]] std::string ctime_text(WallTime time);

}  // namespace svd::http
