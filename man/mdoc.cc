#include "mdoc.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace svd::man {

std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
    return out;
}

std::string prose(std::string_view text) {
    constexpr std::size_t kWidth = 78;
    std::string out;
    std::string line;
    bool in_code = false;
    const auto end_line = [&] {
        if (!line.empty()) out += line + "\n";
        line.clear();
    };
    for (const auto word : split_blanks(text)) {
        if (line.size() + word.size() >= kWidth) end_line();
        line += line.empty() ? "" : " ";
        std::string shown = escape(word);
        for (auto tick = shown.find('`'); tick != shown.npos; tick = shown.find('`', tick)) {
            in_code = !in_code;
            shown.replace(tick, 1, in_code ? "\\(oq" : "\\(cq");
        }
        line += shown;
        if (word.ends_with('.') && word.size() > 2) end_line();
    }
    end_line();
    return out;
}

std::string argument(std::string_view text) {
    std::string out;
    for (const char c : escape(text)) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
    return "\"" + out + "\"";
}

std::string tag_list(std::string_view items) {
    return fmt::format(".Bl -tag -width Ds\n{}.El\n", items);
}

}  // namespace svd::man
