#include "cli/options.h"

#include <algorithm>

#include "base/python_text.h"
#include "cli/endpoint.h"

namespace svd::cli {
namespace {

constexpr OptionRow kRows[] = {
    {'c', "configuration", &Options::configuration, nullptr, "FILENAME",
     "configuration file path (searches if not given)"},
    {'h', "help", nullptr, &Options::help, "", "print usage message and exit"},
    {'?', "", nullptr, &Options::help, "", ""},
    {'i', "interactive", nullptr, &Options::interactive, "",
     "ask before shutdown and reload, and for credentials"},
    {'s', "serverurl", &Options::serverurl, nullptr, "URL",
     "URL on which the server is listening\n     (default \"http://localhost:9001\")"},
    {'u', "username", &Options::username, nullptr, "USERNAME",
     "username to use for authentication with server"},
    {'p', "password", &Options::password, nullptr, "PASSWORD",
     "password to use for authentication with server"},
    {'r', "history_file", &Options::history_file, nullptr, "FILENAME",
     "keep the shell's history in this file"},
    {0, "history-file", &Options::history_file, nullptr, "FILENAME", ""},
    {0, "json", nullptr, &Options::json, "",
     "print JSON (actions status, avail, reread and update)"},
    {0, "tab", nullptr, &Options::tab, "",
     "print what the last argument may become, for the completion of shells"},
    {0, "version", nullptr, &Options::version, "", "print the version of svctl and exit"},
};

class Parser {
  public:
    explicit Parser(const std::vector<std::string>& args) : args_(args) {}

    Result<Options> run() {
        for (; at_ < args_.size(); ++at_) {
            const std::string_view word = args_[at_];
            if (word == "--") {
                ++at_;
                break;
            }
            if (word.size() < 2 || word.front() != '-') break;
            SVD_CHECK(word.starts_with("--") ? long_option(word.substr(2))
                                             : letters(word.substr(1)));
        }
        options_.words.assign(args_.begin() + static_cast<std::ptrdiff_t>(at_), args_.end());
        return std::move(options_);
    }

  private:
    // "-iu name": several letters in one word; the rest of the word is a value if one is wanted.
    Status letters(std::string_view word) {
        while (!word.empty()) {
            const char letter = word.front();
            word.remove_prefix(1);
            const auto row = std::ranges::find_if(
                kRows, [&](const OptionRow& r) { return r.letter == letter && letter != 0; });
            if (row == std::end(kRows)) return fail("option -{} not recognized", letter);
            const auto shown = fmt::format("-{}", letter);
            if (row->flag) {
                SVD_CHECK(set_flag(*row, shown));
                continue;
            }
            if (word.empty() && at_ + 1 == args_.size())
                return fail("option -{} requires argument", letter);
            const auto value = word.empty() ? std::string_view(args_[++at_]) : word;
            return set_text(*row, shown, value);
        }
        return {};
    }

    Status long_option(std::string_view word) {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        SVD_TRY(const OptionRow* row, find_long(name));
        const auto shown = fmt::format("--{}", row->name);
        if (row->flag) {
            if (equals != word.npos) return fail("option {} must not have an argument", shown);
            return set_flag(*row, shown);
        }
        if (equals != word.npos) return set_text(*row, shown, word.substr(equals + 1));
        if (at_ + 1 == args_.size()) return fail("option {} requires argument", shown);
        return set_text(*row, shown, args_[++at_]);
    }

    static Result<const OptionRow*> find_long(std::string_view name) {
        const OptionRow* found = nullptr;
        for (const auto& row : kRows) {
            if (row.name.empty() || !row.name.starts_with(name)) continue;
            if (row.name == name) return &row;
            const bool same = found && found->text && found->text == row.text;
            if (found && !same) return fail("option --{} not a unique prefix", name);
            if (!found) found = &row;
        }
        if (!found) return fail("option --{} not recognized", name);
        return found;
    }

    Status set_flag(const OptionRow& row, const std::string& shown) {
        const bool repeatable = row.flag == &Options::help;
        if (std::exchange(options_.*row.flag, true) && !repeatable) return conflict(shown);
        return {};
    }

    Status set_text(const OptionRow& row, const std::string& shown, std::string_view value) {
        if (row.text == &Options::serverurl && !is_url(value))
            return fail("invalid value for {} {}: value {} is not a URL", shown, py_repr(value),
                        py_repr(value));
        if (options_.*row.text) return conflict(shown);
        (options_.*row.text).emplace(value);
        return {};
    }

    static std::unexpected<Error> conflict(const std::string& shown) {
        return fail("conflicting command line option {}", py_repr(shown));
    }

    const std::vector<std::string>& args_;
    std::size_t at_ = 0;
    Options options_;
};

std::string spelling(const OptionRow& row) {
    auto text =
        row.letter ? fmt::format("-{}/--{}", row.letter, row.name) : fmt::format("--{}", row.name);
    if (!row.placeholder.empty()) text += fmt::format(" {}", row.placeholder);
    return text;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& args) {
    return Parser(args).run();
}

std::string usage_text(std::string_view program) {
    auto text = fmt::format(
        "svctl -- control applications run by svd or supervisord from the command line.\n\n"
        "Usage: {} [options] [action [arguments]]\n\nOptions:\n",
        program);
    for (const auto& row : kRows)
        if (!row.help.empty()) text += fmt::format("{} -- {}\n", spelling(row), row.help);
    text +=
        "\nActions are commands like \"tail\" or \"stop\"; the action \"help\" lists them. "
        "Without\n"
        "an action, a shell reads actions from standard input.\n";
    return text;
}

std::span<const OptionRow> option_rows() {
    return kRows;
}

}  // namespace svd::cli
