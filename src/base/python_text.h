// Texts that Supervisor prints through Python's repr(); tools compare them to the letter.
#pragma once

#include <string>
#include <string_view>

namespace svd {

// repr(str): single quotes unless the text holds a single quote and no double quote; the usual
// backslash escapes and \xNN for control characters; printable non-ASCII text stays as it is.
// Ill-formed bytes are shown as
// \xNN.
[[nodiscard]] std::string py_repr(std::string_view text);
// repr(bytes) without the b prefix removed: b'...'.
[[nodiscard]] std::string py_bytes_repr(std::string_view bytes);

}  // namespace svd
