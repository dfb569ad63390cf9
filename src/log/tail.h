// Reading log files for the readLog and tail families of the XML-RPC interface.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace svd::log {

enum class ReadFault { NoFile, BadArguments, Failed };

// No answer is longer than this; more of a file takes several reads.
inline constexpr std::int64_t kMaxRead = 64LL * 1024 * 1024;

// offset < 0, length == 0: the last |offset| bytes. offset >= 0, length == 0: from offset to the
// end. offset >= 0, length > 0: up to length bytes. Beyond the end: "". Anything else BadArguments,
// which comes after NoFile. Raw bytes; see to_valid_text. Only regular files can be read, and links
// as safe_open.h says.
[[nodiscard]] std::expected<std::string, ReadFault> read_log(const std::string& path,
                                                             std::int64_t offset,
                                                             std::int64_t length);

struct Tail {
    std::string bytes;        // raw; see to_valid_text
    std::int64_t offset = 0;  // size of the file, to be sent with the next call
    bool overflow = false;    // there is more in the file than offset + length
};
// Supervisor's tail: size > offset + length gives overflow and the last `length` bytes; otherwise
// the last min(length, size) bytes, or none when offset >= size. NoFile and Failed are told apart,
// but the XML-RPC answer to both is ['', offset or 0, false].
[[nodiscard]] std::expected<Tail, ReadFault> tail_log(const std::string& path, std::int64_t offset,
                                                      std::int64_t length);

}  // namespace svd::log
