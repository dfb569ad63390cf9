// The XML-RPC door over a real Fleet and verbs with a pretended daemon.
#include "http/rpc.h"

#include <algorithm>

#include "component/http/support.h"
#include "unit/control/fixture.h"
#include "wire/xmlrpc.h"

namespace svd::http {
namespace {

using wire::Array;
using wire::Struct;
using wire::Value;

class RpcTest : public control::SupervisorTest {
  protected:
    RpcTest() : loop(*os::Loop::create()) {
        routes = make_routes(
            loop, supervisor, {{"supervisor", std::string(kMainInterfaceFactory)}},
            {.log = [this](Severity, std::string_view text) { lines.emplace_back(text); }});
        std::vector<Route> copies = routes;
        char name[] = "/tmp/svd-rpc-XXXXXX";
        directory = ::mkdtemp(name);
        server = std::make_unique<Server>(loop, std::move(copies));
        os::UnixSocketSpec spec;
        spec.path = directory + "/s";
        spec.unlink_at_close = false;
        auto socket = os::listen_unix(spec);
        EXPECT_TRUE(socket);
        EXPECT_TRUE(server->listen({socket->release(), "unix_http_server", {}}));
    }
    ~RpcTest() override {
        server.reset();
        ::unlink((directory + "/s").c_str());
        ::rmdir(directory.c_str());
    }

    [[nodiscard]] Client connect() const { return connect_to(directory + "/s"); }
    bool pump(const std::function<bool()>& condition) { return turn_until(loop, condition); }
    wire::HttpResponse await_answer(Client& client) {
        std::vector<wire::HttpResponse> answers;
        EXPECT_TRUE(pump([&] {
            client.receive();
            answers = client.answers();
            return !answers.empty();
        }));
        return answers.empty() ? wire::HttpResponse{0, {}, {}} : std::move(answers.front());
    }
    wire::HttpResponse post_body(std::string_view body) {
        Client client = connect();
        EXPECT_TRUE(client.send(post("/RPC2", body)));
        return await_answer(client);
    }
    std::string raw(std::string_view method, const Array& params = {}) {
        const auto answer = post_body(wire::write_call(method, params));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(*answer.headers.find("Content-Type"), "text/xml");
        return answer.body;
    }
    wire::Response call(std::string_view method, const Array& params = {}) {
        auto response = wire::parse_response(raw(method, params));
        EXPECT_TRUE(response);
        return *response;
    }
    Value value(std::string_view method, const Array& params = {}) {
        auto response = call(method, params);
        if (const auto* fault = std::get_if<wire::Fault>(&response)) {
            ADD_FAILURE() << method << " faults: " << fault->text;
            return {};
        }
        return std::get<Value>(response);
    }
    std::string fault(std::string_view method, const Array& params = {}) {
        auto response = call(method, params);
        const auto* found = std::get_if<wire::Fault>(&response);
        return found == nullptr ? "no fault" : std::to_string(found->code) + " " + found->text;
    }
    void add_web() {
        add(group("web", {program("web")}));
        add(group("many", {program("a"), program("b")}));
    }
    // Lets a started process pass its startsecs.
    void run(process::Process& process) {
        feed(process, process::StartRequested{});
        pass(2s);
        ASSERT_EQ(process.data.state, process::State::Running);
    }

    os::Loop loop;
    std::string directory;
    std::vector<Route> routes;
    std::unique_ptr<Server> server;
    std::vector<std::string> lines;
};

TEST_F(RpcTest, Answers_HaveSupervisorsLayout) {
    EXPECT_EQ(
        raw("supervisor.getState"),
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n"
        "<member>\n<name>statecode</name>\n<value><int>1</int></value>\n</member>\n"
        "<member>\n<name>statename</name>\n<value><string>RUNNING</string></value>\n</member>\n"
        "</struct></value>\n</param>\n</params>\n</methodResponse>\n");
    EXPECT_EQ(raw("supervisor.sendRemoteCommEvent", {"a", "b"}),
              "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n"
              "<value><boolean>1</boolean></value>\n</param>\n</params>\n</methodResponse>\n");
    EXPECT_EQ(raw("no.such"),
              "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n"
              "<member>\n<name>faultCode</name>\n<value><int>1</int></value>\n</member>\n"
              "<member>\n<name>faultString</name>\n<value><string>UNKNOWN_METHOD</string></value>\n"
              "</member>\n</struct></value>\n</fault>\n</methodResponse>\n");
    EXPECT_EQ(raw("supervisor.stopAllProcesses"),
              "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n"
              "</data></array></value>\n</param>\n</params>\n</methodResponse>\n");
}

TEST_F(RpcTest, EveryMethod_IsListedWithItsSignatureAndHelp) {
    const Value names = value("system.listMethods");
    std::vector<std::string> sorted;
    for (const Value& name : names.elements()) sorted.emplace_back(name.text_or());
    // Supervisor's own, no more and no less; what svd adds is below svd.
    EXPECT_EQ(std::ranges::count_if(
                  sorted, [](const std::string& name) { return !name.starts_with("svd."); }),
              41);
    EXPECT_TRUE(std::ranges::is_sorted(sorted));
    for (const std::string& name : sorted) {
        SCOPED_TRACE(name);
        const Value signature = value("system.methodSignature", {name});
        const std::string help(value("system.methodHelp", {name}).text_or());
        ASSERT_FALSE(signature.elements().empty());
        EXPECT_THAT(
            help, testing::HasSubstr("@return " + std::string(signature.elements()[0].text_or())));
        std::size_t params = 0;
        for (auto at = help.find("@param "); at != std::string::npos;
             at = help.find("@param ", at + 1))
            ++params;
        EXPECT_EQ(params + 1, signature.elements().size());
    }
    EXPECT_EQ(value("system.methodSignature", {"supervisor.tailProcessLog"}),
              Value(Array{"array", "string", "int", "int"}));
    EXPECT_EQ(fault("system.methodHelp", {"nope"}), "4 SIGNATURE_UNSUPPORTED");
    EXPECT_EQ(fault("system.methodSignature", {"supervisor"}), "4 SIGNATURE_UNSUPPORTED");
}

TEST_F(RpcTest, OnlyTableRows_CanBeCalled) {
    for (const auto* name :
         {"supervisor", "supervisor.", ".getState", "getState", "supervisor._update",
          "supervisor.__init__", "supervisor.supervisord.options.execve", "supervisor.getState.x",
          "other.getState", "system.", "supervisor.listMethods", "system.getState",
          "SUPERVISOR.getState", "supervisor.GetState"}) {
        EXPECT_EQ(fault(name), "1 UNKNOWN_METHOD") << name;
    }
}

TEST_F(RpcTest, ArgumentCounts_AreChecked) {
    add_web();
    EXPECT_EQ(fault("supervisor.getState", {1}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.startProcess"), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.startProcess", {"web", true, 1}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.readLog", {0}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("system.listMethods", {1}), "2 INCORRECT_PARAMETERS");
}

TEST_F(RpcTest, LogsOfPrograms_AreRotatedAndReopened) {
    add_web();
    EXPECT_EQ(value("svd.rotateProcessLogs", {"web"}), Value(true));
    EXPECT_EQ(value("svd.rotateProcessLogs", {"many:*"}).elements().size(), 2U);
    EXPECT_EQ(value("svd.rotateAllProcessLogs").elements().size(), 3U);
    EXPECT_EQ(host.rotated.size(), 6U);
    EXPECT_EQ(value("svd.reopenProcessLogs", {"many:a"}), Value(true));
    EXPECT_EQ(value("svd.reopenAllProcessLogs").elements().size(), 3U);
    EXPECT_EQ(host.reopened.size(), 4U);
    EXPECT_EQ(fault("svd.rotateProcessLogs", {"nope:*"}), "10 BAD_NAME: nope:*");
    EXPECT_EQ(fault("svd.rotateLog"), "20 NO_FILE");
    host.main_log = "/log/main.log";
    EXPECT_EQ(value("svd.rotateLog"), Value(true));
}

TEST_F(RpcTest, Pausing_AnswersWhenItIsDone) {
    add_web();
    run(at("web", "web"));
    run(at("many", "a"));
    Client client = connect();
    EXPECT_TRUE(client.send(post("/RPC2", wire::write_call("svd.pauseProcess", {"web"}))));
    ASSERT_TRUE(pump([&] { return !host.pause_orders.empty(); }));
    client.receive();
    EXPECT_TRUE(client.answers().empty());
    host.pauses[&at("web", "web")].changing = false;
    supervisor.settle();
    const auto answer = wire::parse_response(await_answer(client).body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Value>(*answer), Value(true));
    EXPECT_EQ(fault("svd.pauseProcess", {"many:b"}), "70 NOT_RUNNING: many:b");
    EXPECT_EQ(fault("svd.resumeProcess", {"nope"}), "10 BAD_NAME: nope");
    EXPECT_EQ(value("svd.resumeProcess", {"many:a"}), Value(true));
    EXPECT_EQ(value("svd.resumeProcess", {"many:*"}), Value(Array{}));
}

TEST_F(RpcTest, ArgumentTypes_AreConvertedOrRefused) {
    add_web();
    EXPECT_EQ(fault("supervisor.getProcessInfo", {1}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.getProcessInfo", {Value(Array{1})}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.addProcessGroup", {5}), "10 BAD_NAME: 5");
    EXPECT_EQ(fault("supervisor.sendProcessStdin", {"web", 5}), "2 INCORRECT_PARAMETERS: 5");
    EXPECT_EQ(fault("supervisor.readProcessLog", {"web", "x", 0}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.readProcessLog", {"web", 1e300, 0}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(fault("supervisor.readProcessStderrLog", {"web", "0", 1.5}), "20 NO_FILE");
    EXPECT_EQ(fault("supervisor.signalProcess", {"web", 1}), "70 NOT_RUNNING: web");
    EXPECT_EQ(value("supervisor.sendRemoteCommEvent", {1, 2}), Value(true));
    EXPECT_THAT(host.remote, testing::ElementsAre(testing::Pair("1", "2")));
}

TEST_F(RpcTest, ProcessInfo_HasAllFieldsInOrder) {
    add_web();
    const Value info = value("supervisor.getProcessInfo", {"web"});
    std::vector<std::string> names;
    for (const wire::Member& member : *info.get_if<Struct>()) names.push_back(member.name);
    EXPECT_THAT(names,
                testing::ElementsAre("name", "group", "start", "stop", "now", "state", "statename",
                                     "spawnerr", "exitstatus", "logfile", "stdout_logfile",
                                     "stderr_logfile", "pid", "description"));
    EXPECT_EQ(info.find("statename")->text_or(), "STOPPED");
    EXPECT_EQ(info.find("logfile")->text_or(), "/log/web");
    EXPECT_EQ(info.find("now")->int_or(), 1'700'000'000);
    EXPECT_EQ(fault("supervisor.getProcessInfo", {"many:*"}), "10 BAD_NAME: many:*");
}

TEST_F(RpcTest, AllProcessInfo_ParsesAndIsSorted) {
    add_web();
    const Value all = value("supervisor.getAllProcessInfo");
    ASSERT_EQ(all.elements().size(), 3U);
    EXPECT_EQ(all.elements()[0].find("name")->text_or(), "a");
    EXPECT_EQ(all.elements()[2], value("supervisor.getProcessInfo", {"web"}));
}

TEST_F(RpcTest, StartWithWait_AnswersWhenItRuns) {
    add_web();
    Client client = connect();
    ASSERT_TRUE(client.send(post("/RPC2", wire::write_call("supervisor.startProcess", {"web"}))));
    ASSERT_TRUE(pump([&] { return at("web", "web").data.state == process::State::Starting; }));
    EXPECT_EQ(value("supervisor.getProcessInfo", {"web"}).find("statename")->text_or(), "STARTING");
    client.receive();
    EXPECT_TRUE(client.received.empty());
    pass(2s);
    EXPECT_EQ(std::get<Value>(*wire::parse_response(await_answer(client).body)), Value(true));
}

TEST_F(RpcTest, StartWithoutWait_AnswersAtOnce) {
    add_web();
    EXPECT_EQ(value("supervisor.startProcess", {"web", false}), Value(true));
    const Value results = value("supervisor.startProcess", {"many:*", 0});
    ASSERT_EQ(results.elements().size(), 2U);
    EXPECT_EQ(
        results.elements()[0],
        Value(Struct{{"name", "a"}, {"group", "many"}, {"status", 80}, {"description", "OK"}}));
    EXPECT_EQ(fault("supervisor.startProcess", {"web"}), "60 ALREADY_STARTED: web");
    EXPECT_EQ(fault("supervisor.startProcess", {"nope"}), "10 BAD_NAME: nope");
}

TEST_F(RpcTest, ClientThatGoesAway_DoesNotStopTheStart) {
    add_web();
    Client client = connect();
    ASSERT_TRUE(client.send(post("/RPC2", wire::write_call("supervisor.startProcess", {"web"}))));
    ASSERT_TRUE(pump([&] { return at("web", "web").data.state == process::State::Starting; }));
    client.hang_up();
    ASSERT_TRUE(pump([&] { return server->connection_count() == 0; }));
    pass(2s);
    EXPECT_EQ(at("web", "web").data.state, process::State::Running);
}

TEST_F(RpcTest, Multicall_RunsStrictlyInOrder) {
    add_web();
    Client client = connect();
    const Array calls{
        Struct{{"methodName", "supervisor.startProcess"}, {"params", Array{"web"}}},
        Struct{{"methodName", "supervisor.startProcess"}, {"params", Array{"many:a"}}},
        Struct{{"methodName", "supervisor.getProcessInfo"}, {"params", Array{"web"}}},
        Struct{{"methodName", "supervisor.getAPIVersion"}},
        Struct{{"methodName", "nope"}},
        Struct{{"params", Array{}}},
        Struct{{"methodName", "system.multicall"}, {"params", Array{Value(Array{})}}},
        Value("not a struct"),
        Struct{{"methodName", "supervisor.getState"}, {"params", "ab"}}};
    ASSERT_TRUE(client.send(post("/RPC2", wire::write_call("system.multicall", {Value(calls)}))));
    ASSERT_TRUE(pump([&] { return at("web", "web").data.state == process::State::Starting; }));
    EXPECT_EQ(at("many", "a").data.state, process::State::Stopped);
    pass(2s);
    ASSERT_TRUE(pump([&] { return at("many", "a").data.state == process::State::Starting; }));
    pass(2s);
    const auto response = wire::parse_response(await_answer(client).body);
    ASSERT_TRUE(response);
    const Array& results = std::get<Value>(*response).elements();
    ASSERT_EQ(results.size(), 9U);
    EXPECT_EQ(results[0], Value(true));
    EXPECT_EQ(results[1], Value(true));
    EXPECT_EQ(results[2].find("statename")->text_or(), "RUNNING");
    EXPECT_EQ(results[3], Value("3.0"));
    EXPECT_EQ(results[4], Value(Struct{{"faultCode", 1}, {"faultString", "UNKNOWN_METHOD"}}));
    EXPECT_EQ(results[5].find("faultString")->text_or(), "INCORRECT_PARAMETERS: No methodName");
    EXPECT_EQ(results[6].find("faultString")->text_or(),
              "INCORRECT_PARAMETERS: Recursive system.multicall forbidden");
    EXPECT_EQ(results[7].find("faultCode")->int_or(), 2);
    EXPECT_EQ(results[8].find("faultCode")->int_or(), 2);
    EXPECT_EQ(fault("system.multicall", {5}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(value("system.multicall", {Value(Array{})}), Value(Array{}));
}

TEST_F(RpcTest, MulticallThatRemovesAGroup_LeavesOtherClientsTheirAnswers) {
    add_web();
    add(group("old", {program("old")}));
    run(at("web", "web"));
    run(at("many", "a"));
    Client first = connect();
    Client second = connect();
    const Array calls{
        Struct{{"methodName", "supervisor.stopProcess"}, {"params", Array{"web"}}},
        Struct{{"methodName", "supervisor.removeProcessGroup"}, {"params", Array{"old"}}}};
    ASSERT_TRUE(first.send(post("/RPC2", wire::write_call("system.multicall", {Value(calls)}))));
    ASSERT_TRUE(pump([&] { return at("web", "web").data.state == process::State::Stopping; }));
    ASSERT_TRUE(second.send(post("/RPC2", wire::write_call("supervisor.stopProcess", {"many:a"}))));
    ASSERT_TRUE(pump([&] { return at("many", "a").data.state == process::State::Stopping; }));
    // Both have ended by the time anybody is answered.
    fleet.feed(at("web", "web"), control::exited_by(15), host.time);
    feed(at("many", "a"), control::exited_by(15));
    EXPECT_EQ(std::get<Value>(*wire::parse_response(await_answer(first).body)),
              Value(Array{true, true}));
    EXPECT_EQ(std::get<Value>(*wire::parse_response(await_answer(second).body)), Value(true));
    EXPECT_EQ(fleet.find_group("old"), nullptr);
}

TEST_F(RpcTest, LongMulticall_LetsOthersIn) {
    Array calls;
    for (int i = 0; i < 20'000; ++i) calls.push_back(Struct{{"methodName", "supervisor.getPID"}});
    Client slow = connect();
    Client quick = connect();
    const std::string request = post("/RPC2", wire::write_call("system.multicall", {Value(calls)}));
    std::string_view rest = request;
    ASSERT_TRUE(pump([&] {
        rest.remove_prefix(slow.send_some(rest));
        return rest.empty();
    }));
    ASSERT_TRUE(quick.send(post("/RPC2", wire::write_call("supervisor.getPID", {}))));
    EXPECT_EQ(await_answer(quick).status, 200);
    slow.receive();
    EXPECT_TRUE(slow.received.empty());
    const auto response = wire::parse_response(await_answer(slow).body);
    ASSERT_TRUE(response);
    EXPECT_EQ(std::get<Value>(*response).elements().size(), 20'000U);
}

TEST_F(RpcTest, Shutdown_IsFault6ForAllButEventsAndSystem) {
    add_web();
    run(at("web", "web"));
    fleet.begin_shutdown(process::DaemonState::Shutdown, host.time);
    EXPECT_EQ(fault("supervisor.getState"), "6 SHUTDOWN_STATE");
    EXPECT_EQ(fault("supervisor.startProcess", {"nope"}), "6 SHUTDOWN_STATE");
    EXPECT_EQ(fault("supervisor.getState", {1}), "2 INCORRECT_PARAMETERS");
    EXPECT_EQ(value("supervisor.sendRemoteCommEvent", {"a", "b"}), Value(true));
    EXPECT_GT(value("system.listMethods").elements().size(), 41U);
}

TEST_F(RpcTest, BadRequests_Are400AndLogged) {
    EXPECT_EQ(post_body("nonsense").status, 400);
    EXPECT_EQ(post_body("").status, 400);
    EXPECT_EQ(post_body("<methodCall><params/></methodCall>").status, 400);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "XML-RPC request data 'nonsense' is invalid: unmarshallable");
    EXPECT_EQ(
        lines[2],
        "XML-RPC request data '<methodCall><params/></methodCall>' is invalid: no method name");
    EXPECT_EQ(post_body(std::string(100'000, 'x')).status, 400);
    EXPECT_LT(lines[3].size(), 3000U);
}

TEST_F(RpcTest, RequestLine_DecidesAsSupervisorDoes) {
    Client client = connect();
    const std::string body = wire::write_call("supervisor.getAPIVersion", {});
    for (const auto* path : {"/RPC2", "/RPC2/", "/RPC2foo", "/RPC2?x=1"}) {
        ASSERT_TRUE(client.send(post(path, body)));
        EXPECT_EQ(await_answer(client).status, 200) << path;
    }
    ASSERT_TRUE(client.send(post("/rpc2", "")));
    EXPECT_EQ(await_answer(client).status, 400);
    ASSERT_TRUE(client.send(get("/RPC2")));
    EXPECT_EQ(await_answer(client).status, 400);
    ASSERT_TRUE(client.send("POST /RPC2 HTTP/1.1\r\n\r\n"));
    EXPECT_EQ(await_answer(client).status, 411);
}

TEST_F(RpcTest, ConfigInfo_HasAllFieldsInOrder) {
    config::Config fresh;
    auto member = program("web");
    member.exitcodes = {0, 2};
    member.stdout_log.edit().maxbytes = std::int64_t{1} << 40;
    member.autorestart = config::AutoRestart::Always;
    fresh.groups.push_back(group("web", {member}));
    host.on_disk = std::make_shared<const config::Config>(std::move(fresh));
    ASSERT_TRUE(supervisor.reload_config());
    const Value all = value("supervisor.getAllConfigInfo");
    ASSERT_EQ(all.elements().size(), 1U);
    const Value& info = all.elements()[0];
    std::string names;
    for (const wire::Member& field : *info.get_if<Struct>()) names += field.name + " ";
    EXPECT_EQ(
        names,
        "autostart autorestart directory uid command exitcodes group group_prio inuse killasgroup "
        "name process_prio redirect_stderr startretries startsecs stdout_capture_maxbytes "
        "stdout_events_enabled stdout_logfile stdout_logfile_backups stdout_logfile_maxbytes "
        "stdout_syslog stopsignal stopwaitsecs stderr_capture_maxbytes stderr_events_enabled "
        "stderr_logfile stderr_logfile_backups stderr_logfile_maxbytes stderr_syslog serverurl ");
    EXPECT_EQ(*info.find("autorestart"), Value(true));
    EXPECT_EQ(*info.find("exitcodes"), Value(Array{0, 2}));
    EXPECT_EQ(info.find("stdout_logfile_maxbytes")->int_or(), 2147483647);
    EXPECT_EQ(info.find("uid")->text_or(), "none");
    EXPECT_EQ(*info.find("inuse"), Value(false));
}

TEST_F(RpcTest, ReloadConfig_IsNestedTwice) {
    config::Config fresh;
    fresh.groups.push_back(group("new", {program("new")}));
    host.on_disk = std::make_shared<const config::Config>(std::move(fresh));
    EXPECT_EQ(value("supervisor.reloadConfig"),
              Value(Array{Value(Array{Array{"new"}, Array{}, Array{}})}));
    EXPECT_EQ(value("supervisor.addProcessGroup", {"new"}), Value(true));
    EXPECT_EQ(fault("supervisor.addProcessGroup", {"new"}), "90 ALREADY_ADDED: new");
    EXPECT_EQ(value("supervisor.removeProcessGroup", {"new"}), Value(true));
}

}  // namespace
}  // namespace svd::http
