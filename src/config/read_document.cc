#include "config/read_document.h"

#include <cerrno>

#include <fmt/format.h>

#include "base/strings.h"
#include "config/expand.h"
#include "config/paths.h"
#include "config/python_space.h"

namespace svd::config {

namespace {

// Of the sections with a second name ("program:web") a client knows one kind.
bool is_of_client(std::string_view section) {
    return section.find(':') == std::string_view::npos || section.starts_with("ctlplugin:");
}

class Reader {
  public:
    Reader(const LoadRequest& request, const Host& host, const Names& names, ProblemSink& problems,
           ReadFor reader)
        : request_(request), host_(host), names_(names), problems_(problems), reader_(reader) {}

    std::optional<ReadFiles> run() {
        if (!read_root()) return std::nullopt;
        if (const Section* include = files_.document.find("include")) read_includes(*include);
        if (problems_.error_count() > 0) return std::nullopt;
        return std::move(files_);
    }

  private:
    // Problems beyond the root file, which a lenient reader does not mind.
    void report_include(Problem problem) {
        if (reader_ == ReadFor::Daemon) problems_.add(std::move(problem));
    }

    void error(std::string text, std::string file, int line) {
        Problem problem;
        problem.text = std::move(text);
        problem.file = std::move(file);
        problem.line = line;
        problems_.add(std::move(problem));
    }

    bool read_root() {
        const std::string& path = request_.path;
        const std::string opened = join_path(request_.working_directory, path);
        if (!host_.exists(opened)) {
            error(fmt::format("could not find config file {}", path), path, 0);
            return false;
        }
        auto text = host_.read_file(opened);
        if (!text) {
            error(fmt::format("could not read config file {}{}", path,
                              text.error().code == 0 ? ": " + text.error().text : ""),
                  path, 0);
            return false;
        }
        here_ = absolute_path(dir_name(path), request_.working_directory);
        files_.root = std::make_shared<const Source>(Source{path, here_});
        return merge(*text, files_.root);
    }

    bool merge(const std::string& text, const std::shared_ptr<const Source>& source) {
        const auto wanted = reader_ == ReadFor::Client ? is_of_client : nullptr;
        const IniFile file = read_ini(text, source->path, wanted);
        if (file.fault) {
            if (source == files_.root || reader_ == ReadFor::Daemon)
                error(file.fault->text, source->path, file.fault->line);
            return false;
        }
        files_.document.merge(file, source);
        return true;
    }

    void read_includes(const Section& include) {
        const Entry* entry = include.find("files");
        if (entry == nullptr) entry = files_.document.defaults().find("files");
        if (entry == nullptr) {
            report_include(problem_at(Severity::Error,
                                      ".ini file has [include] section, but no files setting",
                                      include, nullptr, "files"));
            return;
        }
        Names names(&names_);
        names.set("here", here_);
        names.set("host_node_name", request_.host_node_name);
        auto patterns = expand(entry->value, names, "include.files");
        if (!patterns) {
            report_include(
                problem_at(Severity::Error, patterns.error().text, include, entry, "files"));
            return;
        }
        // Merging an included file may replace both, the section as well as its entry.
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): for the reason above
        const Section place = include;
        const Entry where = *entry;
        for (const auto& word : split_words(*patterns)) read_pattern(word, place, where);
    }

    static std::vector<std::string> split_words(std::string_view text) {
        std::vector<std::string> words;
        for (text = py_strip(text); !text.empty(); text = py_strip(text)) {
            std::size_t end = 0;
            while (end < text.size() && leading_space(text.substr(end)) == 0) ++end;
            words.emplace_back(text.substr(0, end));
            text.remove_prefix(end);
        }
        return words;
    }

    void read_pattern(const std::string& word, const Section& include, const Entry& where) {
        const std::string pattern = join_path(here_, word);
        const auto paths = host_.glob(pattern);
        if (paths.empty())
            report_include(problem_at(Severity::Warning,
                                      fmt::format("No file matches via include \"{}\"", pattern),
                                      include, &where, "files"));
        for (const auto& path : paths) read_included(path, include, where);
    }

    void read_included(const std::string& path, const Section& include, const Entry& where) {
        report_include(problem_at(Severity::Info,
                                  fmt::format("Included extra file \"{}\" during parsing", path),
                                  include, &where, "files"));
        auto text = host_.read_file(path);
        if (!text) {
            Problem problem =
                problem_at(Severity::Warning,
                           fmt::format("Included file \"{}\" could not be read: {}", path,
                                       text.error().code == 0 ? text.error().text
                                                              : errno_text(text.error().code)),
                           include, &where, "files");
            problem.hint = "its sections are not part of the configuration";
            report_include(std::move(problem));
            return;
        }
        files_.included.push_back(path);
        merge(*text, std::make_shared<const Source>(
                         Source{path, absolute_path(dir_name(path), request_.working_directory)}));
    }

    const LoadRequest& request_;
    const Host& host_;
    const Names& names_;
    ProblemSink& problems_;
    ReadFor reader_;
    ReadFiles files_;
    std::string here_;
};

}  // namespace

std::optional<ReadFiles> read_document(const LoadRequest& request, const Host& host,
                                       const Names& names, ProblemSink& problems, ReadFor reader) {
    return Reader(request, host, names, problems, reader).run();
}

}  // namespace svd::config
