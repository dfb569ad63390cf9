// The last output of a channel: for whoever asks why a program ended.
#include <algorithm>

#include <sys/stat.h>

#include "log/output_channel.h"
#include "log/tail.h"

namespace svd::log {

namespace {

std::string last_bytes(const std::string& path, std::uint64_t count) {
    if (count == 0) return {};
    return read_log(path, -static_cast<std::int64_t>(count), 0).value_or(std::string());
}

bool changed_after(const std::string& path, WallTime time) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 && info.st_mtime >= epoch_seconds(time);
}

}  // namespace

// Not shared either: the last lines of a file that several programs write to are anybody's.
bool OutputChannel::has_own_file() const {
    return options_.file && options_.file->is_regular() && options_.file.use_count() == 1;
}

void OutputChannel::remember(std::string_view bytes) {
    if (bytes.size() > kTailBytes) bytes.remove_prefix(bytes.size() - kTailBytes);
    if (!tail_) tail_ = std::make_unique<std::string>();
    if (const auto all = tail_->size() + bytes.size(); all > kTailBytes)
        tail_->erase(0, all - kTailBytes);
    *tail_ += bytes;
}

std::string OutputChannel::last_output(WallTime since) const {
    if (!has_own_file()) return tail_ ? *tail_ : std::string();
    const auto wanted = std::min<std::uint64_t>(bytes_passed_, kTailBytes);
    std::string text = last_bytes(options_.file->path(), wanted);
    if (text.size() >= wanted || options_.file->options().backups == 0) return text;
    const std::string rotated = options_.file->path() + ".1";
    if (!changed_after(rotated, since)) return text;
    return last_bytes(rotated, wanted - text.size()) + text;
}

}  // namespace svd::log
