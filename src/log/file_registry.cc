#include "log/file_registry.h"

#include <filesystem>
#include <set>
#include <utility>

#include <sys/stat.h>

#include "log/safe_open.h"

namespace svd::log {
namespace {

// The path in normal form, absolute: the same however the directory is or is not there.
std::string written_key(const std::string& path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    return "path:" + (error ? path : absolute.lexically_normal().string());
}

// Directory identity and name, found without following links that a child's user can plant, so
// that nobody can get himself another program's handle. Empty when there is no such directory.
std::string place_key(const std::string& path) {
    const auto place = find_place(path);
    if (!place) return {};
    if (place->inherited) return fmt::format("fd:{}", *place->inherited);
    struct stat st{};
    if (::fstat(place->directory.get(), &st) != 0) return {};
    return fmt::format("place:{}:{}/{}", st.st_dev, st.st_ino, place->name);
}

}  // namespace

std::shared_ptr<RotatingFile> FileRegistry::lookup(const std::string& key) const {
    const auto it = files_.find(key);
    return it == files_.end() ? nullptr : it->second.lock();
}

void FileRegistry::remember(const std::string& key, const std::shared_ptr<RotatingFile>& file) {
    if (files_.size() >= prune_at_) {
        std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
        prune_at_ = files_.size() * 2 + 64;
    }
    files_[key] = file;
}

std::shared_ptr<RotatingFile> FileRegistry::find(const std::string& path) const {
    if (auto file = lookup(written_key(path))) return file;
    const std::string key = place_key(path);
    if (key.empty()) return nullptr;
    auto file = lookup(key);
    // Inode numbers are used again: the handle counts only if its own path still leads here.
    return file && place_key(file->path()) == key ? file : nullptr;
}

std::shared_ptr<RotatingFile> FileRegistry::open(const std::string& path, FileOptions options,
                                                 MonoTime now) {
    auto file = find(path);
    if (file) {
        file->set_options(options);
    } else {
        file = std::make_shared<RotatingFile>(path, options, now, notify_);
        file->set_flight(flight_);
        if (const std::string key = place_key(path); !key.empty()) remember(key, file);
    }
    remember(written_key(path), file);
    return file;
}

void FileRegistry::for_each(const std::function<void(RotatingFile&)>& visit) const {
    std::set<std::shared_ptr<RotatingFile>> live;
    for (const auto& [key, weak] : files_)
        if (auto file = weak.lock()) live.insert(std::move(file));
    for (const auto& file : live) visit(*file);
}

Status FileRegistry::clear(const std::string& path, MonoTime now) {
    if (auto file = find(path)) return file->clear(now);
    return clear_log_file(path);
}

Status FileRegistry::rotate(const std::string& path, FileOptions options, MonoTime now) {
    const auto file = find(path);
    if (!file) return rotate_log_file(path, options, now);
    if (!file->is_open()) SVD_CHECK(file->reopen(now));
    return file->rotate(now);
}

Status FileRegistry::reopen(const std::string& path, MonoTime now) {
    const auto file = find(path);
    return file ? file->reopen(now) : Status{};
}

}  // namespace svd::log
