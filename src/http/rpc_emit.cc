#include "http/rpc_emit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

#include "wire/xmlrpc.h"

namespace svd::http {
namespace {

void append_int(std::string& out, std::int64_t number) {
    // Clients read <int> as 32 bits, and many fail on anything wider.
    const auto clamped = std::clamp<std::int64_t>(number, std::numeric_limits<std::int32_t>::min(),
                                                  std::numeric_limits<std::int32_t>::max());
    char digits[16];
    out.append(digits, std::to_chars(std::begin(digits), std::end(digits), clamped).ptr);
}

}  // namespace

void emit_text(std::string& out, std::string_view text) {
    out += "<value><string>";
    wire::append_escaped(out, text);
    out += "</string></value>\n";
}

void emit_int(std::string& out, std::int64_t number) {
    out += "<value><int>";
    append_int(out, number);
    out += "</int></value>\n";
}

// Python takes "5" for a double as well, others want the point. Exact up to 2^53.
void emit_double(std::string& out, double number) {
    char digits[64];
    const bool usual = std::fabs(number) < 1e16;  // false for what is no number, too
    const auto* end = std::to_chars(std::begin(digits), std::end(digits), usual ? number : 0.0,
                                    std::chars_format::fixed)
                          .ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    out.append("<value><double>").append(text);
    if (text.find('.') == std::string_view::npos) out += ".0";
    out += "</double></value>\n";
}

void emit_bool(std::string& out, bool flag) {
    out += flag ? "<value><boolean>1</boolean></value>\n" : "<value><boolean>0</boolean></value>\n";
}

void StructScope::begin(std::string_view name) {
    out_.append("<member>\n<name>").append(name).append("</name>\n");
}
void StructScope::end() {
    out_ += "</member>\n";
}

// The two of which a large answer has thousands: few pieces to append.
void StructScope::text(std::string_view name, std::string_view value) {
    out_.append("<member>\n<name>").append(name).append("</name>\n<value><string>");
    wire::append_escaped(out_, value);
    out_.append("</string></value>\n</member>\n");
}
void StructScope::number(std::string_view name, std::int64_t value) {
    out_.append("<member>\n<name>").append(name).append("</name>\n<value><int>");
    append_int(out_, value);
    out_.append("</int></value>\n</member>\n");
}
void StructScope::real(std::string_view name, double value) {
    begin(name);
    emit_double(out_, value);
    end();
}
void StructScope::flag(std::string_view name, bool value) {
    begin(name);
    emit_bool(out_, value);
    end();
}
void StructScope::numbers(std::string_view name, const std::vector<int>& values) {
    begin(name);
    {
        const ArrayScope array(out_);
        for (const int value : values) emit_int(out_, value);
    }
    end();
}

void emit_process_info(std::string& out, const control::ProcessInfo& info) {
    StructScope fields(out);
    emit_process_fields(fields, info);
}

void emit_process_fields(StructScope& fields, const control::ProcessInfo& info) {
    fields.text("name", info.name);
    fields.text("group", info.group);
    fields.number("start", info.start);
    fields.number("stop", info.stop);
    fields.number("now", info.now);
    fields.number("state", static_cast<int>(info.state));
    fields.text("statename", process::state_name(info.state));
    fields.text("spawnerr", info.spawnerr);
    fields.number("exitstatus", info.exitstatus);
    fields.text("logfile", info.stdout_logfile);
    fields.text("stdout_logfile", info.stdout_logfile);
    fields.text("stderr_logfile", info.stderr_logfile);
    fields.number("pid", info.pid);
    fields.text("description", info.description);
}

void emit_config_info(std::string& out, const control::ConfigInfo& info) {
    const config::ProcessConfig& process = *info.process;
    StructScope fields(out);
    fields.flag("autostart", process.autostart);
    if (process.autorestart == config::AutoRestart::Unexpected) {
        fields.text("autorestart", "unexpected");
    } else {
        fields.flag("autorestart", process.autorestart == config::AutoRestart::Always);
    }
    fields.text("directory", process.directory.value_or("none"));
    if (process.user) {
        fields.number("uid", process.user->uid);
    } else {
        fields.text("uid", "none");
    }
    fields.text("command", process.command);
    fields.numbers("exitcodes", process.exitcodes);
    fields.text("group", info.group->name);
    fields.number("group_prio", info.group->priority);
    fields.flag("inuse", info.in_use);
    fields.flag("killasgroup", process.killasgroup);
    fields.text("name", process.name);
    fields.number("process_prio", process.priority);
    fields.flag("redirect_stderr", process.redirect_stderr);
    fields.number("startretries", process.startretries);
    fields.number("startsecs", process.startsecs.count());
    fields.number("stdout_capture_maxbytes", process.stdout_log->capture_maxbytes);
    fields.flag("stdout_events_enabled", process.stdout_log->events_enabled);
    fields.text("stdout_logfile", info.stdout_logfile);
    fields.number("stdout_logfile_backups", process.stdout_log->backups);
    fields.number("stdout_logfile_maxbytes", process.stdout_log->maxbytes);
    fields.flag("stdout_syslog", process.stdout_log->syslog);
    fields.number("stopsignal", process.stopsignal);
    fields.number("stopwaitsecs", process.stopwaitsecs.count());
    fields.number("stderr_capture_maxbytes", process.stderr_log->capture_maxbytes);
    fields.flag("stderr_events_enabled", process.stderr_log->events_enabled);
    fields.text("stderr_logfile", info.stderr_logfile);
    fields.number("stderr_logfile_backups", process.stderr_log->backups);
    fields.number("stderr_logfile_maxbytes", process.stderr_log->maxbytes);
    fields.flag("stderr_syslog", process.stderr_log->syslog);
    fields.text("serverurl", process.serverurl.value_or("none"));
}

void emit_member_results(std::string& out, const std::vector<control::MemberResult>& results) {
    const ArrayScope array(out);
    for (const control::MemberResult& result : results) {
        StructScope fields(out);
        fields.text("name", result.name);
        fields.text("group", result.group);
        fields.number("status", static_cast<int>(result.status));
        fields.text("description", result.description);
    }
}

void emit_texts(std::string& out, const std::vector<std::string>& texts) {
    const ArrayScope array(out);
    for (const std::string& text : texts) emit_text(out, text);
}

void emit_fault_struct(std::string& out, const control::Fault& fault) {
    StructScope fields(out);
    fields.number("faultCode", static_cast<int>(fault.code));
    fields.text("faultString", fault.text());
}

void begin_response(std::string& out) {
    out += "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n";
}
void end_response(std::string& out) {
    out += "</param>\n</params>\n</methodResponse>\n";
}

}  // namespace svd::http
