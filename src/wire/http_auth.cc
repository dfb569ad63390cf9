#include "wire/http_auth.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include <crypt.h>
#include <string.h>  // explicit_bzero

#include "base/strings.h"
#include "wire/base64.h"
#include "wire/http_sha1.h"

namespace svd::wire {
namespace {

constexpr std::string_view kShaPrefix = "{SHA}";

// A plain password may begin with '$', so the method has to be one that libcrypt can compute.
bool is_crypt_hash(const std::string& stored) {
    if (!stored.starts_with('$')) return false;
    const int verdict = crypt_checksalt(stored.c_str());
    return verdict != CRYPT_SALT_INVALID && verdict != CRYPT_SALT_METHOD_DISABLED;
}

struct WipeAndFree {
    void operator()(crypt_data* data) const {
        explicit_bzero(data, sizeof *data);
        delete data;
    }
};

// What the password hashes to with the method and salt of `stored`; empty when that fails.
std::string crypt_hash(const std::string& password, const std::string& stored) {
    // crypt would silently stop at a NUL.
    if (password.find('\0') != std::string::npos) return {};
    const std::unique_ptr<crypt_data, WipeAndFree> data(new crypt_data{});
    const char* hash = crypt_r(password.c_str(), stored.c_str(), data.get());
    // Failure is reported as a text that begins with '*' and is never a hash.
    return hash == nullptr || hash[0] == '*' ? std::string() : std::string(hash);
}

}  // namespace

std::optional<BasicCredentials> parse_basic(std::string_view header_value) {
    const std::string_view value = trim(header_value);
    const std::size_t blank = value.find_first_of(" \t");
    if (blank == std::string_view::npos || to_lower(value.substr(0, blank)) != "basic") return {};
    const auto decoded = base64_decode(trim(value.substr(blank)));
    if (!decoded) return {};
    const std::size_t colon = decoded->find(':');
    if (colon == std::string::npos) return {};
    return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::string make_basic(const BasicCredentials& credentials) {
    return "Basic " + base64_encode(credentials.username + ":" + credentials.password);
}

PasswordVerifier::PasswordVerifier(std::string username, std::string stored_password,
                                   const Key& key)
    : username_(std::move(username)), stored_(std::move(stored_password)), key_(key) {}

AuthVerdict PasswordVerifier::check(const BasicCredentials& credentials, MonoTime now) {
    // The password is always looked at, so that the time does not tell whether the name was right.
    const bool name_matches = equal(credentials.username, username_);
    AuthVerdict verdict = AuthVerdict::Refused;
    if (stored_.starts_with(kShaPrefix)) {
        const std::string expected = to_lower(std::string_view(stored_).substr(kShaPrefix.size()));
        if (equal(to_hex(sha1(credentials.password)), expected)) verdict = AuthVerdict::Accepted;
    } else if (is_crypt_hash(stored_)) {
        verdict = check_slow_hash(credentials.password, now);
    } else if (equal(credentials.password, stored_)) {
        verdict = AuthVerdict::Accepted;
    }
    return verdict == AuthVerdict::Accepted && !name_matches ? AuthVerdict::Refused : verdict;
}

AuthVerdict PasswordVerifier::check_slow_hash(const std::string& password, MonoTime now) {
    const Digest digest = keyed_digest(password);
    if (accepted_ && *accepted_ == digest) return AuthVerdict::Accepted;
    if (std::ranges::find(refused_, digest) != refused_.end()) return AuthVerdict::Refused;
    if (!take_slow_check(now)) return AuthVerdict::TryLater;
    const std::string hash = crypt_hash(password, stored_);
    if (!hash.empty() && equal(hash, stored_)) {
        accepted_ = digest;
        return AuthVerdict::Accepted;
    }
    refused_.push_back(digest);
    if (refused_.size() > kRememberedRefusals) refused_.pop_front();
    return AuthVerdict::Refused;
}

bool PasswordVerifier::take_slow_check(MonoTime now) {
    if (now - slow_checks_since_ >= std::chrono::seconds(1)) {
        slow_checks_since_ = now;
        slow_checks_left_ = kSlowChecksPerSecond;
    }
    if (slow_checks_left_ == 0) return false;
    --slow_checks_left_;
    return true;
}

PasswordVerifier::Digest PasswordVerifier::keyed_digest(std::string_view text) const {
    return hmac_sha1(key_, text);
}

// Comparing keyed digests leaks nothing about the texts: where digests differ cannot be chosen
// without the key.
bool PasswordVerifier::equal(std::string_view a, std::string_view b) const {
    return keyed_digest(a) == keyed_digest(b);
}

}  // namespace svd::wire
