#include "http/page_status.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "http/html.h"
#include "http/page_frame.h"

namespace svd::http {
namespace {

using control::ProcessInfo;
using process::State;

// How a state looks, and what can be done in it. The classes are Supervisor's.
struct StateLook {
    State state;
    std::string_view css;
    bool start, restart, stop;
};
constexpr std::array kLooks = std::to_array<StateLook>({
    {State::Stopped, "statusnominal", true, false, false},
    {State::Starting, "statusnominal", false, false, true},
    {State::Running, "statusrunning", false, true, true},
    {State::Backoff, "statuserror", false, false, true},
    {State::Stopping, "statusnominal", false, false, false},
    {State::Exited, "statusnominal", true, false, false},
    {State::Fatal, "statuserror", true, false, false},
    {State::Unknown, "statusnominal", false, false, false},
});

const StateLook& look_of(State state) {
    const auto* found = std::ranges::find(kLooks, state, &StateLook::state);
    return found == kLooks.end() ? kLooks.back() : *found;
}

std::string state_word(State state) {
    return to_lower(process::state_name(state));
}

std::string namespec_of(const ProcessInfo& info) {
    return info.group == info.name ? std::string(info.name)
                                   : fmt::format("{}:{}", info.group, info.name);
}

// "2 running, 1 fatal": how many there are of each state, in the order of the states' codes.
std::vector<std::pair<State, std::size_t>> count_states(std::span<const ProcessInfo> processes) {
    std::vector<std::pair<State, std::size_t>> counts;
    for (const State state : process::kAllStates) {
        const auto count = std::ranges::count(processes, state, &ProcessInfo::state);
        if (count > 0) counts.emplace_back(state, static_cast<std::size_t>(count));
    }
    return counts;
}

void button(std::string& out, PageVerb verb, std::string_view process, std::string_view text,
            std::string_view question = {}) {
    write(out, "<button formaction=\"index.html?");
    if (!process.empty()) write(out, "processname={}&amp;", Quoted{process});
    write(out, "action={}\"", action_name(verb));
    if (!question.empty()) write(out, " data-confirm=\"{}\"", Escaped{question});
    write(out, ">{}</button>\n", Escaped{text});
}

// Whose actions they are, for those who do not see the row.
void open_actions(std::string& out, std::string_view whose) {
    write(out, "<td class=\"actions\"><div role=\"group\" aria-label=\"{}\">\n", Escaped{whose});
}
void close_actions(std::string& out) {
    write(out, "</div></td></tr>\n");
}

void process_row(std::string& out, const ProcessInfo& info, bool indented) {
    const StateLook& look = look_of(info.state);
    const std::string name = namespec_of(info);
    const std::string word = state_word(info.state);
    write(out,
          "<tr id=\"p:{0}\" data-find=\"{1} {2}\"{3}>\n"
          "<td class=\"state\"><span class=\"{4} {2}\">{2}</span></td>\n"
          "<th scope=\"row\"><a href=\"tail.html?processname={0}\">{1}</a></th>\n"
          "<td class=\"description\">{5}</td>\n",
          Quoted{name}, Escaped{name}, word, indented ? " class=\"member\"" : "", look.css,
          Escaped{info.description});
    open_actions(out, name);
    if (look.start) button(out, PageVerb::Start, name, "Start");
    if (look.restart) button(out, PageVerb::Restart, name, "Restart");
    if (look.stop) button(out, PageVerb::Stop, name, "Stop");
    button(out, PageVerb::ClearLog, name, "Clear Log");
    write(out,
          "<a href=\"logtail/{0}\" target=\"_blank\" rel=\"noopener\">Tail -f Stdout</a>\n"
          "<a href=\"logtail/{0}/stderr\" target=\"_blank\" rel=\"noopener\">Tail -f Stderr</a>\n",
          Quoted{name});
    close_actions(out);
}

void group_row(std::string& out, std::span<const ProcessInfo> members) {
    const std::string_view group = members.front().group;
    const std::string all = fmt::format("{}:*", group);
    write(out,
          "<tr class=\"group\" id=\"g:{}\"><td></td>\n<th scope=\"rowgroup\">{}</th>\n"
          "<td class=\"description\">",
          Quoted{group}, Escaped{group});
    std::string_view comma;
    for (const auto& [state, count] : count_states(members)) {
        write(out, "{}{} {}", std::exchange(comma, ", "), count, state_word(state));
    }
    write(out, "</td>\n");
    open_actions(out, group);
    button(out, PageVerb::Start, all, "Start Group");
    button(out, PageVerb::Restart, all, "Restart Group");
    button(out, PageVerb::Stop, all, "Stop Group");
    close_actions(out);
}

bool is_wanted(const ProcessInfo& info, std::string_view filter) {
    return filter.empty() ||
           to_lower(fmt::format("{} {}", namespec_of(info), process::state_name(info.state)))
                   .find(to_lower(filter)) != std::string::npos;
}

void summary(std::string& out, const StatusPage& page) {
    write(out, "<nav id=\"summary\" aria-label=\"states\">");
    if (page.processes.size() > 0) {
        write(out, "<a href=\"./\" data-filter=\"\">{} in all</a>\n", page.processes.size());
    }
    for (const auto& [state, count] : count_states(page.processes)) {
        const std::string word = state_word(state);
        write(out, "<a href=\"./?q={0}\" data-filter=\"{0}\" class=\"{1}\">{2} {0}</a>\n", word,
              look_of(state).css, count);
    }
    write(out, "</nav>\n");
}

void header(std::string& out, const StatusPage& page) {
    write(
        out,
        "<header>\n<h1><img src=\"images/icon.png\" alt=\"\" width=\"28\" height=\"28\"> {}</h1>\n",
        Escaped{page.identifier});
    summary(out, page);
    write(out,
          "<form class=\"find\" action=\"./\" role=\"search\"><input type=\"search\" name=\"q\" "
          "value=\"{}\" placeholder=\"Find a name or a state\" aria-label=\"Find\">"
          "<button>Find</button></form>\n<span id=\"live\" hidden></span>\n</header>\n",
          Escaped{page.filter});
}

bool is_bad_news(std::string_view message) {
    return message.starts_with("ERROR") || message.starts_with("unexpected rpc fault") ||
           message.starts_with("No such process");
}

void messages(std::string& out, const StatusPage& page) {
    write(out, "<div id=\"daemon\">");
    if (page.daemon != process::DaemonState::Running) {
        write(out, "<p class=\"status_msg bad\">{}</p>",
              page.daemon == process::DaemonState::Restarting ? "The daemon is restarting."
                                                              : "The daemon is shutting down.");
    }
    write(out, "</div>\n<div id=\"message\" role=\"status\">");
    if (!page.message.empty()) {
        write(out, "<p class=\"status_msg{}\">{}</p>", is_bad_news(page.message) ? " bad" : "",
              Escaped{page.message});
    }
    write(out, "</div>\n");
}

void table(std::string& out, const StatusPage& page) {
    write(out,
          "<table>\n<thead><tr><th scope=\"col\">State</th><th scope=\"col\">Name</th>"
          "<th scope=\"col\">Description</th><th scope=\"col\">Action</th></tr></thead>\n"
          "<tbody id=\"rows\">\n");
    auto rest = page.processes;
    while (!rest.empty()) {
        const auto end = std::ranges::find_if(
            rest, [&](const ProcessInfo& info) { return info.group != rest.front().group; });
        const auto members = rest.first(static_cast<std::size_t>(end - rest.begin()));
        rest = rest.subspan(members.size());
        const bool grouped = members.size() > 1 || members.front().group != members.front().name;
        if (grouped && std::ranges::any_of(members, [&](const ProcessInfo& info) {
                return is_wanted(info, page.filter);
            })) {
            group_row(out, members);
        }
        for (const ProcessInfo& info : members) {
            if (is_wanted(info, page.filter)) process_row(out, info, grouped);
        }
    }
    write(out, "</tbody>\n</table>\n");
}

}  // namespace

std::string render_status(const StatusPage& page) {
    std::string out;
    out.reserve(4096 + page.processes.size() * 1024);
    open_page(out, {"Supervisor Status", "status"});
    header(out, page);
    messages(out, page);
    write(out,
          "<form id=\"actions\" method=\"post\" action=\"index.html\">\n"
          "<input type=\"hidden\" name=\"token\" value=\"{}\">\n"
          "<input type=\"hidden\" name=\"q\" value=\"{}\">\n<div class=\"toolbar\">\n",
          Escaped{page.token}, Escaped{page.filter});
    button(out, PageVerb::Refresh, {}, "Refresh");
    button(out, PageVerb::StartAll, {}, "Start All");
    button(out, PageVerb::RestartAll, {}, "Restart All", "Restart all programs?");
    button(out, PageVerb::StopAll, {}, "Stop All", "Stop all programs?");
    write(out, "</div>\n<main>\n");
    if (page.processes.empty()) {
        write(out, "<p class=\"empty\">No programs to manage</p>\n");
    } else {
        table(out, page);
    }
    write(out, "</main>\n</form>\n");
    close_page(out);
    return out;
}

}  // namespace svd::http
