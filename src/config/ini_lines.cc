#include "config/ini_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"
#include "config/python_space.h"

namespace svd::config {

namespace {

// Where the comment of a line begins; npos when it has none. A prefix counts at the start of the
// line or after white space; the earliest wins. Quotes protect nothing.
std::size_t comment_start(std::string_view line) {
    // Two searches for one character each are several times faster than one for either.
    std::size_t semicolon = line.find(';');
    std::size_t hash = line.find('#');
    while (std::min(semicolon, hash) != std::string_view::npos) {
        const std::size_t at = std::min(semicolon, hash);
        if (at == 0 || trailing_space(line.substr(0, at)) > 0) return at;
        if (at == semicolon)
            semicolon = line.find(';', at + 1);
        else
            hash = line.find('#', at + 1);
    }
    return std::string_view::npos;
}

// Takes one line off text with Python's universal newlines; `line` is without its end.
struct RawLine {
    std::string_view line;
    bool ended = false;  // false: last line of a file that does not end in a newline
};

RawLine take_line(std::string_view& text) {
    const std::size_t feed = text.find('\n');
    const std::size_t at = std::min(feed, text.substr(0, feed).find('\r'));
    if (at == std::string_view::npos) {
        const RawLine last{text, false};
        text = {};
        return last;
    }
    const RawLine raw{text.substr(0, at), true};
    const std::size_t end = text.substr(at, 2) == "\r\n" ? 2 : 1;
    text.remove_prefix(at + end);
    return raw;
}

class Splitter {
  public:
    Splitter(std::string_view path, SectionFilter filter) : path_(path), filter_(filter) {}

    IniLines run(std::string_view text) {
        while (!text.empty()) {
            ++number_;
            const RawLine raw = take_line(text);
            if (!take(raw)) break;
        }
        finish_option();
        if (!bad_lines_.empty())
            result_.fault = IniFault{first_bad_, fmt::format("Source contains parsing errors: {}{}",
                                                             py_repr(path_), bad_lines_)};
        return std::move(result_);
    }

  private:
    // False: give up at this line.
    bool take(const RawLine& raw) {
        const std::size_t comment = comment_start(raw.line);
        const bool cut = comment != std::string_view::npos;
        const std::string_view value = py_strip(raw.line.substr(0, comment));
        if (value.empty()) {
            if (!cut && open_) blank_lines_++;
            return true;
        }
        const int indent = indent_of(raw.line);
        if (open_ && indent > indent_) {
            continue_option(value, cut);
            return true;
        }
        indent_ = indent;
        if (take_header(value)) return true;
        if (!in_section_) {
            result_.fault =
                IniFault{number_, fmt::format("File contains no section headers.\n"
                                              "file: {}, line: {}\n{}",
                                              py_repr(path_), number_, py_repr(line_text(raw)))};
            return false;
        }
        take_option(value, raw, cut);
        return true;
    }

    bool take_header(std::string_view value) {
        const std::size_t close = value.rfind(']');
        if (value.front() != '[' || close == std::string_view::npos || close < 2) return false;
        finish_option();
        in_section_ = true;
        const std::string_view name = value.substr(1, close - 1);
        wanted_ = filter_ == nullptr || filter_(name);
        if (!wanted_) return true;
        IniLine header;
        header.kind = IniLine::Kind::Section;
        header.line = number_;
        header.name = std::string(name);
        result_.lines.push_back(std::move(header));
        return true;
    }

    void take_option(std::string_view value, const RawLine& raw, bool cut) {
        const std::size_t delimiter = value.find_first_of("=:");
        if (delimiter == std::string_view::npos) {
            note_bad_line(raw);
            return;
        }
        finish_option();
        const std::string_view name = py_rstrip(value.substr(0, delimiter));
        if (name.empty()) {
            note_bad_line(raw);
            return;
        }
        open_ = true;
        if (!wanted_) return;
        option_.line = number_;
        option_.name = to_lower(name);
        option_.value = std::string(py_strip(value.substr(delimiter + 1)));
        option_.comment_cut = cut;
    }

    void continue_option(std::string_view value, bool cut) {
        if (!wanted_) return;
        option_.value.append(blank_lines_ + 1, '\n');
        blank_lines_ = 0;
        option_.value += value;
        option_.comment_cut |= cut;
    }

    // Blank lines at the end of a value are not part of it.
    void finish_option() {
        if (!open_) return;
        if (wanted_) {
            option_.value.resize(py_rstrip(option_.value).size());
            result_.lines.push_back(std::move(option_));
            option_ = IniLine{};
        }
        open_ = false;
        blank_lines_ = 0;
    }

    void note_bad_line(const RawLine& raw) {
        if (bad_lines_.empty()) first_bad_ = number_;
        bad_lines_ += fmt::format("\n\t[line {:2}]: {}", number_, py_repr(line_text(raw)));
    }

    static std::string line_text(const RawLine& raw) {
        return std::string(raw.line) + (raw.ended ? "\n" : "");
    }

    std::string_view path_;
    SectionFilter filter_;
    bool wanted_ = true;  // the section that the reader is in
    IniLines result_;
    IniLine option_;
    bool open_ = false;  // option_ may still be continued
    std::size_t blank_lines_ = 0;
    bool in_section_ = false;
    int indent_ = 0;
    int number_ = 0;
    int first_bad_ = 0;
    std::string bad_lines_;
};

}  // namespace

IniLines split_ini(std::string_view text, std::string_view path, SectionFilter wanted) {
    return Splitter(path, wanted).run(text);
}

}  // namespace svd::config
