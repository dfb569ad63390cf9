#include "component/http/support.h"
#include "wire/http_auth.h"

namespace svd::http {
namespace {

std::string with(const std::string& user, const std::string& password) {
    return "Authorization: " + wire::make_basic({user, password}) + "\r\n";
}

class AuthTest : public ServerTest {
  protected:
    void SetUp() override {
        add_echo();
        route("/who", [](Request& request, Responder responder) {
            responder.send({200, {}, request.peer->username.value_or("nobody")});
        });
    }
    int status(std::string_view headers, std::string_view target = "/echo") {
        Client client = connect_tcp();
        return ask(client, get(target, headers)).status;
    }
};

TEST_F(AuthTest, NoCredentials_Are401AndTheConnectionCloses) {
    serve(Auth{"user", "secret"});
    Client client = connect_tcp();
    const auto answer = ask(client, post("/echo", "body"));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, wire::error_page(401));
    EXPECT_EQ(*answer.headers.find("WWW-Authenticate"), "Basic realm=\"default\"");
    EXPECT_EQ(*answer.headers.find("Connection"), "close");
    EXPECT_TRUE(await_close(client));
    EXPECT_FALSE(client.reset);
}

TEST_F(AuthTest, Credentials_AreCheckedForEveryPath) {
    serve(Auth{"user", "se:cret"});
    EXPECT_EQ(status(with("user", "se:cret")), 200);
    EXPECT_EQ(status(with("user", "se:cret"), "/nosuch"), 404);
    EXPECT_EQ(status("", "/nosuch"), 401);
    EXPECT_EQ(status(with("user", "wrong")), 401);
    EXPECT_EQ(status(with("other", "se:cret")), 401);
    EXPECT_EQ(status("Authorization: Digest x\r\n"), 401);
    EXPECT_EQ(status("Authorization: Basic !!!\r\n"), 401);
    EXPECT_EQ(status("authorization:" + with("user", "se:cret").substr(14)), 200);
}

TEST_F(AuthTest, HashedPasswords_AreUnderstood) {
    serve(Auth{"user", "{SHA}82AB876D1387BFAFE46CC1C8A2EF074EAE50CB1D"});
    EXPECT_EQ(status(with("user", "thepassword")), 200);
    EXPECT_EQ(status(with("user", "other")), 401);
}

TEST_F(AuthTest, SlowHash_IsNotComputedForEveryRequest) {
    // "thepassword"; a few hundred checks of this would take minutes.
    serve(Auth{"user",
               "$6$rounds=100000$saltsalt$6xBCBKjSezD35BJeAZVX9VzdAp9hkOc6eu2DncCScOWVMtnlw1rxBI7/"
               "VoJQV8.rOCuakBIoCBh7kgSnx0JRM/"});
    Client client = connect();
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(ask(client, get("/echo", with("user", "thepassword"))).status, 200);
    }
}

TEST_F(AuthTest, Guessing_IsSlowedDown) {
    // The fewest rounds: a busy machine has to get through three guesses within one second.
    serve(Auth{"user",
               "$6$rounds=1000$saltsalt$BcTqjO.qF5JIDI/xoOqRCaHM4LqXJt8473jlt4KrjJ.XW56pNGAC"
               "Cg2LHO9qBELJ8e.RMQ0VVuTDVIgPFs665/"});
    EXPECT_EQ(status(with("user", "thepassword")), 200);
    bool slowed_down = false;
    for (int i = 0; i < 200 && !slowed_down; ++i) {
        slowed_down = status(with("user", "guess" + std::to_string(i))) == 503;
    }
    EXPECT_TRUE(slowed_down);
    EXPECT_EQ(status(with("user", "thepassword")), 200);
}

TEST_F(AuthTest, Handler_LearnsTheName) {
    serve(Auth{"user", "secret"});
    Client client = connect();
    EXPECT_EQ(ask(client, get("/who", with("user", "secret"))).body, "user");
}

TEST_F(AuthTest, HugeUnauthorizedBody_IsNotRead) {
    serve(Auth{"user", "secret"});
    Client client = connect();
    const auto answer = ask(client, "POST /echo HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n");
    EXPECT_EQ(answer.status, 401);
}

}  // namespace
}  // namespace svd::http
