#include "http/rpc_emit.h"

#include <string>

#include <gtest/gtest.h>

#include "http/rpc_method.h"
#include "wire/xmlrpc.h"

namespace svd::http {
namespace {

using wire::Array;
using wire::Struct;
using wire::Value;

control::ProcessInfo sample() {
    control::ProcessInfo info;
    info.name = "web";
    info.group = "a<b>&\"c'";
    info.start = 1'700'000'000;
    info.now = std::int64_t{1} << 40;
    info.state = process::State::Backoff;
    info.spawnerr = "bad \x01 byte \xff";
    info.exitstatus = -1;
    info.stdout_logfile = "/log/web";
    info.pid = 4711;
    info.description = "uptime";
    return info;
}

// The emitter must write what the codec would have written.
TEST(Emit, ProcessInfo_IsWhatTheCodecWrites) {
    std::string fast;
    emit_process_info(fast, sample());
    std::string slow;
    wire::append_value(slow, Struct{{"name", "web"},
                                    {"group", "a<b>&\"c'"},
                                    {"start", 1'700'000'000},
                                    {"stop", 0},
                                    {"now", std::int64_t{1} << 40},
                                    {"state", 30},
                                    {"statename", "BACKOFF"},
                                    {"spawnerr", "bad \x01 byte \xff"},
                                    {"exitstatus", -1},
                                    {"logfile", "/log/web"},
                                    {"stdout_logfile", "/log/web"},
                                    {"stderr_logfile", ""},
                                    {"pid", 4711},
                                    {"description", "uptime"}});
    EXPECT_EQ(fast, slow);
}

TEST(Emit, Arrays_AreWhatTheCodecWrites) {
    std::string fast;
    emit_texts(fast, {"a&", ""});
    emit_texts(fast, {});
    emit_member_results(fast, {{"n", "g", control::FaultCode::BadName, "BAD_NAME: n"}});
    std::string slow;
    wire::append_value(slow, Array{"a&", ""});
    wire::append_value(slow, Array{});
    wire::append_value(
        slow, Array{Struct{
                  {"name", "n"}, {"group", "g"}, {"status", 10}, {"description", "BAD_NAME: n"}}});
    EXPECT_EQ(fast, slow);
}

TEST(Emit, Response_IsWhatTheCodecWrites) {
    std::string fast;
    begin_response(fast);
    emit_bool(fast, true);
    end_response(fast);
    EXPECT_EQ(fast, wire::write_response(true));
}

TEST(MethodTable, Rows_AreComplete) {
    for (const auto table : {supervisor_methods(), system_methods(), svd_methods()}) {
        for (const Method& method : table) {
            SCOPED_TRACE(method.name);
            EXPECT_FALSE(method.summary.empty());
            EXPECT_FALSE(method.result.empty());
            bool ended = false;
            bool optional = false;
            for (const Param& param : method.params) {
                EXPECT_FALSE(ended && !param.name.empty()) << "a gap in the parameters";
                EXPECT_FALSE(optional && !param.optional && !param.name.empty());
                ended = ended || param.name.empty();
                optional = optional || param.optional;
                if (!param.name.empty()) {
                    EXPECT_FALSE(param.type.empty());
                    EXPECT_EQ(param.type.find(' '), std::string_view::npos);
                    EXPECT_FALSE(param.text.empty());
                }
            }
        }
    }
}

TEST(HelpText, Lines_CanBeReadByTools) {
    const Method& method = supervisor_methods().front();
    EXPECT_EQ(help_text(method),
              "Tells the version of this interface.\n\n@return string version the version\n");
}

}  // namespace
}  // namespace svd::http
