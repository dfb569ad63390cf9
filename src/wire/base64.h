// Base64 (RFC 4648) for XML-RPC values and HTTP Basic credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace svd::wire {

// With padding, without line breaks.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Blanks and line breaks are skipped; anything else outside the alphabet, or missing padding,
// gives nothing.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace svd::wire
