// A directory of its own for each test, and small file helpers.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.h"
#include "log/notice.h"

namespace svd::log::test {

class Scratch {
  public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "svd-log-XXXXXX").string();
        if (::mkdtemp(pattern.data()) != nullptr) dir_ = pattern;
    }
    ~Scratch() {
        std::error_code error;
        if (!dir_.empty()) std::filesystem::remove_all(dir_, error);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return dir_ + "/" + name; }
    [[nodiscard]] const std::string& dir() const { return dir_; }
    // Names in the directory, sorted.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(dir_))
            names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }

  private:
    std::string dir_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return "<no " + path + ">";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

inline MonoTime at(int seconds) {
    return MonoTime(std::chrono::seconds(seconds));
}
inline Now now_at(int seconds) {
    return Now{at(seconds), WallTime(std::chrono::seconds(1'700'000'000 + seconds))};
}

// Collects notices.
struct Notices {
    std::vector<Notice> all;
    NoticeHandler handler() {
        return [this](const Notice& notice) { all.push_back(notice); };
    }
    [[nodiscard]] int count(NoticeKind kind) const {
        return static_cast<int>(
            std::count_if(all.begin(), all.end(), [&](const Notice& n) { return n.kind == kind; }));
    }
};

// The descriptor `number` leads to something else while this lives.
class Redirect {
  public:
    Redirect(int number, int target) : number_(number), saved_(::dup(number)) {
        std::fflush(stdout);
        ::dup2(target, number);
    }
    ~Redirect() {
        std::fflush(stdout);
        ::dup2(saved_, number_);
        ::close(saved_);
    }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;

  private:
    int number_;
    int saved_;
};

// What can be read from a descriptor without waiting.
inline std::string drain(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    std::string text;
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    return text;
}

inline constexpr unsigned kNobody = 65534;

}  // namespace svd::log::test
