#include "wire/http_auth.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "wire/http_sha1.h"

namespace svd::wire {
namespace {

using namespace std::chrono_literals;

constexpr PasswordVerifier::Key kKey{1, 2, 3};
// Made with crypt(3): "thepassword".
const std::string kSha512 =
    "$6$rounds=1000$saltsalt$"
    "BcTqjO.qF5JIDI/xoOqRCaHM4LqXJt8473jlt4KrjJ.XW56pNGACCg2LHO9qBELJ8e.RMQ0VVuTDVIgPFs665/";

MonoTime at(Duration since) {
    return MonoTime{} + 1h + since;
}

AuthVerdict check(const std::string& stored, const std::string& user, const std::string& password) {
    PasswordVerifier verifier("user", stored, kKey);
    return verifier.check({user, password}, at(0s));
}

TEST(Sha1, KnownTexts_HaveTheirDigests) {
    EXPECT_EQ(to_hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(sha1("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(to_hex(sha1(std::string(1000, 'a'))), "291e9a6c66994949b57ba5e650361e98fc36b1ba");
}

TEST(HmacSha1, Key_IsPaddedToABlock) {
    std::array<std::uint8_t, 32> key{};
    key.fill(0x0b);
    EXPECT_EQ(to_hex(hmac_sha1(key, "Hi There")), "68f9d1c65ae2dde43a134515c83813a96985cbe3");
}

TEST(ParseBasic, Header_GivesUserAndPassword) {
    EXPECT_EQ(parse_basic("Basic dXNlcjpwYTpzcw=="), (BasicCredentials{"user", "pa:ss"}));
    EXPECT_EQ(parse_basic("  bASIC \t dXNlcjpwYTpzcw=="), (BasicCredentials{"user", "pa:ss"}));
    EXPECT_EQ(parse_basic(make_basic({"a", ""})), (BasicCredentials{"a", ""}));
}

TEST(ParseBasic, OtherHeaders_GiveNothing) {
    for (const auto* header : {"", "Basic", "Basic ", "Bearer dXNlcjpw", "Basic ???",
                               "Basic dXNlcg==" /* "user" */, "dXNlcjpw"}) {
        EXPECT_EQ(parse_basic(header), std::nullopt) << header;
    }
}

TEST(PasswordVerifier, PlainPassword_IsComparedExactly) {
    EXPECT_EQ(check("secret", "user", "secret"), AuthVerdict::Accepted);
    EXPECT_EQ(check("secret", "user", "Secret"), AuthVerdict::Refused);
    EXPECT_EQ(check("secret", "user", "secret2"), AuthVerdict::Refused);
    EXPECT_EQ(check("secret", "user", ""), AuthVerdict::Refused);
    EXPECT_EQ(check("secret", "other", "secret"), AuthVerdict::Refused);
    EXPECT_EQ(check("$ecret", "user", "$ecret"), AuthVerdict::Accepted);
}

TEST(PasswordVerifier, ShaPassword_IsTakenInAnyCase) {
    const std::string hex = "82ab876d1387bfafe46cc1c8a2ef074eae50cb1d";  // "thepassword"
    EXPECT_EQ(check("{SHA}" + hex, "user", "thepassword"), AuthVerdict::Accepted);
    EXPECT_EQ(check("{SHA}82AB876D1387BFAFE46CC1C8A2EF074EAE50CB1D", "user", "thepassword"),
              AuthVerdict::Accepted);
    EXPECT_EQ(check("{SHA}" + hex, "user", "thepasswore"), AuthVerdict::Refused);
    EXPECT_EQ(check("{SHA}" + hex, "user", "{SHA}" + hex), AuthVerdict::Refused);
}

TEST(PasswordVerifier, CryptHash_IsChecked) {
    EXPECT_EQ(check(kSha512, "user", "thepassword"), AuthVerdict::Accepted);
    EXPECT_EQ(check(kSha512, "user", "thepasswore"), AuthVerdict::Refused);
    EXPECT_EQ(check(kSha512, "other", "thepassword"), AuthVerdict::Refused);
    EXPECT_EQ(check(kSha512, "user", kSha512), AuthVerdict::Refused);
    EXPECT_EQ(check(kSha512, "user", std::string("thepassword\0x", 13)), AuthVerdict::Refused);
    EXPECT_EQ(check("$y$j75$saltsaltsalt$jcZiNy.OufG3ehM6gWU7zeeSjnSdHon2cPEumSdMOf0", "user",
                    "thepassword"),
              AuthVerdict::Accepted);
}

TEST(PasswordVerifier, BrokenCryptHash_NeverMatches) {
    EXPECT_EQ(check("$6$", "user", ""), AuthVerdict::Refused);
    EXPECT_EQ(check("$6$salt", "user", "$6$salt"), AuthVerdict::Refused);
}

TEST(PasswordVerifier, SlowChecks_AreFewAndVerdictsAreRemembered) {
    PasswordVerifier verifier("user", kSha512, kKey);
    EXPECT_EQ(verifier.check({"user", "one"}, at(0s)), AuthVerdict::Refused);
    EXPECT_EQ(verifier.check({"user", "two"}, at(0s)), AuthVerdict::Refused);
    EXPECT_EQ(verifier.check({"user", "thepassword"}, at(500ms)), AuthVerdict::TryLater);
    // What has been seen needs no slow check.
    EXPECT_EQ(verifier.check({"user", "one"}, at(500ms)), AuthVerdict::Refused);
    EXPECT_EQ(verifier.check({"user", "thepassword"}, at(1s)), AuthVerdict::Accepted);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(verifier.check({"user", "thepassword"}, at(1s)), AuthVerdict::Accepted);
    }
    EXPECT_EQ(verifier.check({"user", "three"}, at(1s)), AuthVerdict::Refused);
    EXPECT_EQ(verifier.check({"user", "four"}, at(1s)), AuthVerdict::TryLater);
}

}  // namespace
}  // namespace svd::wire
