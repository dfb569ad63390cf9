// The editable input line of the shell: libedit, with history and completion.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace svd::cli {

class LineEditor {
  public:
    // Full words for the line up to the cursor.
    using Completer = std::function<std::vector<std::string>(std::string_view)>;

    // On standard input and output, which must both be terminals.
    LineEditor(std::string prompt, Completer completer);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    // A line without its newline; empty at ^D and Ctrl-C.
    [[nodiscard]] std::optional<std::string> read_line();

    // One entry per line, as other line editors keep them. A file that cannot be read or written
    // is nobody's concern: the shell works without.
    void load_history(const std::string& path);
    void save_history(const std::string& path) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace svd::cli
