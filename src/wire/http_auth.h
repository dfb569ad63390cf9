// HTTP Basic authentication: the header in both directions and the check of a password.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace svd::wire {

struct BasicCredentials {
    std::string username;
    std::string password;  // may hold ':'
    bool operator==(const BasicCredentials&) const = default;
};

// "Basic dXNlcjpwdw==" -> {"user", "pw"}; empty for another scheme, bad base64 or no ':'.
[[nodiscard]] std::optional<BasicCredentials> parse_basic(std::string_view header_value);
// The value for an Authorization header.
[[nodiscard]] std::string make_basic(const BasicCredentials& credentials);

[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// Time depends on the lengths only, never on where the texts differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

enum class AuthVerdict {
    Accepted,
    Refused,
    TryLater,  // too many slow checks lately; nothing was checked
};

// Checks clients of one server against its one account. The stored password is plain, {SHA}<hex>
// or a crypt(3) hash ("$6$...", "$y$..."). Hashes of the last kind are slow on purpose; the
// verdicts are remembered by a keyed digest, and unknown passwords are checked only a few times a
// second, so that guessing does not stall the daemon.
class PasswordVerifier {
  public:
    using Key = std::array<std::uint8_t, 32>;

    // `key`: random bytes for the digest, of this process only.
    PasswordVerifier(std::string username, std::string stored_password, const Key& key);

    [[nodiscard]] AuthVerdict check(const BasicCredentials& credentials, MonoTime now);

  private:
    using Digest = std::array<std::uint8_t, 20>;
    struct Remembered {
        Digest digest;
        bool matches;
    };

    [[nodiscard]] Digest keyed_digest(std::string_view password) const;
    [[nodiscard]] bool matches_fast(std::string_view password) const;
    [[nodiscard]] std::optional<bool> matches_slow(std::string_view password, MonoTime now);
    [[nodiscard]] bool take_slow_check(MonoTime now);

    std::string username_;
    std::string stored_;
    Key key_;
    bool slow_;
    std::optional<Digest> accepted_;  // the right password, once it has been shown
    std::deque<Digest> refused_;      // newest last, bounded
    int slow_checks_left_;
    MonoTime slow_checks_since_{};
};

// Whether crypt(3) of this machine knows the hash's method; a false answer is a configuration
// error.
[[nodiscard]] bool is_usable_password(std::string_view stored);

}  // namespace svd::wire
