#include "config/sample.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/strings.h"
#include "config/option_table.h"

namespace svd::config {

namespace {

constexpr std::size_t kWidth = 92;

constexpr std::string_view kHead =
    R"(; Sample configuration of svd.
;
; Remove the ';' in front of an option to set it. What is shown is the default, or an example where
; the text says so or there is no default.
;
; - A comment begins with ';' at the start of a line, or after a blank. That holds inside quotes as
;   well: command=sh -c 'a ; b' is cut before the ';'. Put such lines into a script.
; - Values are not quoted, but for those of environment=.
; - %(ENV_HOME)s is the variable HOME of svd's environment, %(here)s the directory of this file, and
;   %% a percent sign. ~ and $HOME are not expanded, but ~ in the path of a log.
; - svd --check reads a configuration and says what is wrong with it.
)";
constexpr std::string_view kAdditions = "svd's own; Supervisor does not know what follows.";

class SampleWriter {
  public:
    std::string run() {
        text_ = kHead;
        for (const SectionKindRow& section : section_table())
            if (!section.sample_name.empty()) write_section(section);
        return std::move(text_);
    }

  private:
    void write_section(const SectionKindRow& section) {
        text_ += '\n';
        write_comment(section.doc);
        text_ += fmt::format("\n{}[{}]\n", section.sample_active ? "" : ";", section.sample_name);
        write_options(section, false);
        write_options(section, true);
    }

    void write_options(const SectionKindRow& section, bool additions) {
        bool first = true;
        for (const OptionRow& row : option_table()) {
            if ((row.sections & static_cast<std::uint32_t>(section.kind)) == 0) continue;
            if (row.is_addition() != additions || (!row.default_text && row.example.empty()))
                continue;
            if (additions && std::exchange(first, false)) {
                text_ += '\n';
                write_comment(kAdditions);
            }
            write_option(section, row);
        }
    }

    // What several kinds of programs have is described with the first of them.
    void write_option(const SectionKindRow& section, const OptionRow& row) {
        if (described_.insert(&row).second) write_comment(description(row));
        text_ += fmt::format("{}{}={}\n", section.sample_active && row.sample_active ? "" : ";",
                             row.name, row.example.empty() ? *row.default_text : row.example);
    }

    static std::string description(const OptionRow& row) {
        std::string text(row.doc);
        if (is_choice(row.type)) text += fmt::format(" Allowed: {}.", allowed_values(row.type));
        if (!row.example.empty() && row.default_text && !row.default_text->empty())
            text += fmt::format(" Default: {}", *row.default_text);
        return text;
    }

    // Where the names that may be written are the first thing to know.
    static bool is_choice(ValueType type) {
        return type == ValueType::LogLevel || type == ValueType::AutoRestart ||
               type == ValueType::LogFile || type == ValueType::ReadyBy;
    }

    void write_comment(std::string_view comment) {
        std::size_t column = 0;
        for (const std::string_view word : split(comment, ' ')) {
            if (column == 0 || column + 1 + word.size() > kWidth) {
                text_ += column == 0 ? ";" : "\n;";
                column = 1;
            }
            text_ += fmt::format(" {}", word);
            column += 1 + word.size();
        }
        text_ += '\n';
    }

    std::string text_;
    std::set<const OptionRow*> described_;
};

}  // namespace

std::string sample_configuration() {
    return SampleWriter().run();
}

}  // namespace svd::config
