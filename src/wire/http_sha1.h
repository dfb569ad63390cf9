// SHA-1 and HMAC-SHA-1, for Supervisor's {SHA} passwords and for digests that stay in memory.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace svd::wire {

using Sha1Digest = std::array<std::uint8_t, 20>;

[[nodiscard]] Sha1Digest sha1(std::string_view bytes);
[[nodiscard]] Sha1Digest hmac_sha1(std::span<const std::uint8_t, 32> key, std::string_view bytes);
// Lower case.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace svd::wire
