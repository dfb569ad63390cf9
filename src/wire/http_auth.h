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

enum class AuthVerdict {
    Accepted,
    Refused,
    TryLater,  // too many slow checks lately; nothing was checked
};

// Checks the clients of one server against its one account. The stored password is plain,
// {SHA}<hex> or a crypt(3) hash of any method that libcrypt knows ("$6$...", "$y$..."). Those are
// slow on purpose: verdicts are remembered by a keyed digest, and passwords not seen before are
// checked only kSlowChecksPerSecond times, so that guessing does not stall the daemon. Comparisons
// take the same time wherever the texts differ.
class PasswordVerifier {
  public:
    using Key = std::array<std::uint8_t, 32>;
    static constexpr int kSlowChecksPerSecond = 2;
    static constexpr std::size_t kRememberedRefusals = 64;

    // `key`: random bytes for the digests, of this process only.
    PasswordVerifier(std::string username, std::string stored_password, const Key& key);

    [[nodiscard]] AuthVerdict check(const BasicCredentials& credentials, MonoTime now);

  private:
    using Digest = std::array<std::uint8_t, 20>;

    [[nodiscard]] Digest keyed_digest(std::string_view text) const;
    [[nodiscard]] bool equal(std::string_view a, std::string_view b) const;
    [[nodiscard]] AuthVerdict check_slow_hash(const std::string& password, MonoTime now);
    [[nodiscard]] bool take_slow_check(MonoTime now);

    std::string username_;
    std::string stored_;
    Key key_;
    std::optional<Digest> accepted_;  // of the right password, once it has been shown
    std::deque<Digest> refused_;      // oldest first
    int slow_checks_left_ = kSlowChecksPerSecond;
    MonoTime slow_checks_since_{};
};

}  // namespace svd::wire
