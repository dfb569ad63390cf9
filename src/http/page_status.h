// The pages as HTML. Pure: what they show comes in, a text comes out.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "control/supervisor.h"
#include "http/page_actions.h"

namespace svd::http {

struct StatusPage {
    std::string_view identifier;
    process::DaemonState daemon = process::DaemonState::Running;
    std::span<const control::ProcessInfo> processes;  // in order of group, then name
    std::string_view message;                         // what the last action brought; may be empty
    std::string_view filter;  // only rows whose name or state holds this, in any case
    std::string_view token;   // for the forms
};
[[nodiscard]] std::string render_status(const StatusPage& page);

struct TailPage {
    std::string_view process;  // a namespec; empty: none was named
    control::Channel channel = control::Channel::Stdout;
    std::int64_t limit = 0;  // bytes
    std::string_view text;   // the log's end, or why there is none
    bool has_log = false;
};
[[nodiscard]] std::string render_tail(const TailPage& page);

// What a browser gets that did not come from our own page: the same action as a button.
[[nodiscard]] std::string render_question(const PageAction& action, std::string_view token);

}  // namespace svd::http
