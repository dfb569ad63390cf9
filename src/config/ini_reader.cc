#include "config/ini_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <ini.h>

#include "config/python_space.h"

namespace svd::config {

namespace {

// Shorter than any build's limits (inih's smallest defaults: 50 for names, 200 for lines).
constexpr std::size_t kPlainName = 40;
constexpr std::size_t kPlainValue = 100;
constexpr char kHandle = '@';

bool is_plain_name(std::string_view text) {
    return !text.empty() && text.size() <= kPlainName && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    });
}

bool is_plain_value(std::string_view text) {
    if (text.empty() || text.size() > kPlainValue) return false;
    if (text.front() == ' ' || text.back() == ' ' || text.front() == kHandle) return false;
    return std::ranges::all_of(text,
                               [](char c) { return c >= ' ' && c <= '~' && c != ';' && c != '#'; });
}

// Feeds canonical lines to inih and takes them back, resolving handles.
class Feed {
  public:
    explicit Feed(std::vector<IniLine> lines) : lines_(std::move(lines)) {}

    std::vector<IniEntry> run() {
        entries_.reserve(lines_.size());
        ini_parse_stream(&Feed::read_line, this, &Feed::take_entry, this);
        return std::move(entries_);
    }

  private:
    static char* read_line(char* buffer, int size, void* self) {
        auto& feed = *static_cast<Feed*>(self);
        if (feed.next_ == feed.lines_.size() && feed.pending_.empty()) return nullptr;
        if (feed.pending_.empty()) feed.prepare(feed.lines_[feed.next_++]);
        // A header is two lines: inih reports no section that has no option.
        const std::size_t end = feed.pending_.find('\n') + 1;
        if (size <= 0 || end >= static_cast<std::size_t>(size)) return nullptr;
        std::memcpy(buffer, feed.pending_.data(), end);
        buffer[end] = '\0';
        feed.pending_.erase(0, end);
        return buffer;
    }

    void prepare(const IniLine& line) {
        if (line.kind == IniLine::Kind::Section)
            pending_.append("[").append(plain_name(line.name)).append("]\n@=@\n");
        else
            pending_.append(plain_name(line.name))
                .append("=")
                .append(plain_value(line.value))
                .append("\n");
    }

    std::string plain_name(const std::string& name) {
        return is_plain_name(name) ? name : handle(name);
    }
    std::string plain_value(const std::string& value) {
        return is_plain_value(value) ? value : handle(value);
    }
    std::string handle(const std::string& text) {
        side_table_.push_back(text);
        return fmt::format("{}{}", kHandle, side_table_.size() - 1);
    }

    std::string resolve(std::string_view text) const {
        if (text.size() < 2 || text.front() != kHandle) return std::string(text);
        std::size_t index = 0;
        std::from_chars(text.data() + 1, text.data() + text.size(), index);
        return index < side_table_.size() ? side_table_[index] : std::string(text);
    }

    static int take_entry(void* self, const char* section, const char* name, const char* value) {
        // A build may announce sections by itself with neither name nor value.
        if (name == nullptr || value == nullptr) return 1;
        auto& feed = *static_cast<Feed*>(self);
        const IniLine& line = feed.lines_[feed.next_ - 1];
        IniEntry entry;
        entry.line = line.line;
        entry.comment_cut = line.comment_cut;
        entry.header = line.kind == IniLine::Kind::Section;
        // The section of an option is that of the last header: resolve it once.
        if (entry.header) feed.section_ = feed.resolve(section);
        entry.section = feed.section_;
        if (!entry.header) {
            entry.name = feed.resolve(name);
            entry.value = feed.resolve(value);
        }
        feed.entries_.push_back(std::move(entry));
        return 1;
    }

    std::vector<IniLine> lines_;
    std::size_t next_ = 0;
    std::string pending_;
    std::vector<std::string> side_table_;
    std::string section_;
    std::vector<IniEntry> entries_;
};

}  // namespace

IniFile read_ini(std::string_view text, std::string_view path, SectionFilter wanted) {
    IniFile file;
    if (auto bad = utf8_decode_error(text)) {
        file.fault = IniFault{0, *std::move(bad)};
        return file;
    }
    IniLines split = split_ini(text, path, wanted);
    file.fault = std::move(split.fault);
    file.entries = Feed(std::move(split.lines)).run();
    return file;
}

}  // namespace svd::config
