#include "log/tail.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/safe_open.h"

namespace svd::log {
namespace {

struct LogFile {
    UniqueFd fd;
    std::int64_t size = 0;
};

std::expected<LogFile, ReadFault> open_for_reading(const std::string& path) {
    auto fd = open_safely(path, O_RDONLY);
    if (!fd) {
        const bool missing = fd.error().code == ENOENT || fd.error().code == ENOTDIR;
        return std::unexpected(missing ? ReadFault::NoFile : ReadFault::Failed);
    }
    struct stat st{};
    if (::fstat(fd->get(), &st) != 0 || !S_ISREG(st.st_mode))
        return std::unexpected(ReadFault::Failed);
    return LogFile{*std::move(fd), st.st_size};
}

// Up to `length` bytes from `offset`; fewer where the file ends, also when it shrinks meanwhile.
std::expected<std::string, ReadFault> read_range(const LogFile& file, std::int64_t offset,
                                                 std::int64_t length) {
    if (offset >= file.size || length <= 0) return std::string();
    const std::int64_t wanted = std::min({length, file.size - offset, kMaxRead});
    std::string bytes(static_cast<std::size_t>(wanted), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t n = ::pread(file.fd.get(), bytes.data() + have, bytes.size() - have,
                                  offset + static_cast<std::int64_t>(have));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return std::unexpected(ReadFault::Failed);
        if (n == 0) break;
        have += static_cast<std::size_t>(n);
    }
    bytes.resize(have);
    return bytes;
}

}  // namespace

std::expected<std::string, ReadFault> read_log(const std::string& path, std::int64_t offset,
                                               std::int64_t length) {
    const auto file = open_for_reading(path);
    if (!file) return std::unexpected(file.error());
    if (offset < 0) {
        if (length != 0) return std::unexpected(ReadFault::BadArguments);
        // Compared before it is negated: -2^63 has no positive counterpart.
        const std::int64_t start = offset < -file->size ? 0 : file->size + offset;
        return read_range(*file, std::max(start, file->size - kMaxRead), file->size);
    }
    if (length < 0) return std::unexpected(ReadFault::BadArguments);
    return read_range(*file, offset, length == 0 ? file->size : length);
}

std::expected<Tail, ReadFault> tail_log(const std::string& path, std::int64_t offset,
                                        std::int64_t length) {
    const auto file = open_for_reading(path);
    if (!file) return std::unexpected(file.error());
    offset = std::max<std::int64_t>(offset, 0);
    length = std::clamp<std::int64_t>(length, 0, kMaxRead);

    Tail tail;
    tail.offset = file->size;
    // offset + length < size, without a sum that could overflow.
    tail.overflow = offset < file->size && length < file->size - offset;
    if (offset >= file->size) return tail;
    auto bytes = read_range(*file, std::max<std::int64_t>(file->size - length, 0), length);
    if (!bytes) return std::unexpected(bytes.error());
    tail.bytes = *std::move(bytes);
    return tail;
}

}  // namespace svd::log
