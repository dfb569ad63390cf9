#include "cli/line_editor.h"

#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>

#include <fcntl.h>
#include <histedit.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strings.h"
#include "cli/completion.h"
#include "cli/interrupt.h"
#include "cli/output.h"

namespace svd::cli {
namespace {

constexpr int kHistorySize = 1000;
constexpr std::size_t kMaxHistoryFile = 1U << 20;
constexpr std::size_t kScreenWidth = 80;

struct Client {
    std::string prompt;
    LineEditor::Completer completer;
};

Client& client_of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<Client*>(data);
}

char* prompt_of(EditLine* editor) {
    return client_of(editor).prompt.data();
}

// One byte; 1, 0 at the end, -1 on Ctrl-C. Waiting through wait_for keeps Ctrl-C in our hands.
int read_byte(char& byte) {
    if (!wait_readable(STDIN_FILENO)) return -1;
    const auto got = read(STDIN_FILENO, &byte, 1);
    return got < 0 ? -1 : static_cast<int>(got);
}

int read_character(EditLine*, wchar_t* character) {
    std::mbstate_t state{};
    for (;;) {
        char byte = 0;
        if (const int got = read_byte(byte); got <= 0) return got;
        const auto length = std::mbrtowc(character, &byte, 1, &state);
        if (length == static_cast<std::size_t>(-2)) continue;  // more bytes belong to it
        if (length == static_cast<std::size_t>(-1)) {
            state = {};
            continue;
        }
        return 1;
    }
}

void list_matches(const std::vector<std::string>& matches) {
    std::size_t width = 0;
    for (const auto& match : matches) width = std::max(width, character_count(match) + 1);
    const auto columns = std::max<std::size_t>(1, kScreenWidth / width);
    Output screen(STDOUT_FILENO);
    std::string line;
    screen.line("");
    for (std::size_t i = 0; i < matches.size(); ++i) {
        line += pad_right(matches[i], width);
        if ((i + 1) % columns != 0 && i + 1 != matches.size()) continue;
        screen.line(trim(line));
        line.clear();
    }
    screen.flush();
}

unsigned char on_tab(EditLine* editor, int) {
    const auto* info = el_line(editor);
    const std::string_view before(info->buffer,
                                  static_cast<std::size_t>(info->cursor - info->buffer));
    const auto typed = completed_word(before).size();
    const auto matches = client_of(editor).completer(before);
    if (matches.empty()) return CC_REFRESH_BEEP;
    const auto common = common_prefix(matches);
    if (common.size() > typed) {
        const std::string rest(common.substr(typed));
        return el_insertstr(editor, rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    list_matches(matches);
    return CC_REDISPLAY;
}

std::string read_file(const std::string& path) {
    const auto fd = UniqueFd::adopt(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> bytes;
    while (fd && text.size() < kMaxHistoryFile) {
        const auto got = read(fd.get(), bytes.data(), bytes.size());
        if (got <= 0) break;
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return text;
}

}  // namespace

struct LineEditor::Parts {
    Client client;
    EditLine* editor = nullptr;
    History* history = nullptr;

    void remember(const std::string& line) const {
        HistEvent event;
        ::history(history, &event, H_ENTER, line.c_str());
    }
};

LineEditor::LineEditor(std::string prompt, Completer completer)
    : parts_(std::make_unique<Parts>()) {
    if (!std::setlocale(LC_CTYPE, "") || std::string_view(std::setlocale(LC_CTYPE, nullptr)) == "C")
        std::setlocale(LC_CTYPE, "C.UTF-8");
    parts_->client = {std::move(prompt), std::move(completer)};
    parts_->history = history_init();
    HistEvent event;
    history(parts_->history, &event, H_SETSIZE, kHistorySize);
    history(parts_->history, &event, H_SETUNIQUE, 1);
    auto* editor = parts_->editor = el_init("svctl", stdin, stdout, stderr);
    el_set(editor, EL_CLIENTDATA, &parts_->client);
    el_set(editor, EL_PROMPT, prompt_of);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 0);
    el_set(editor, EL_GETCFN, read_character);
    el_set(editor, EL_HIST, history, parts_->history);
    el_set(editor, EL_ADDFN, "svctl-complete", "complete the word before the cursor", on_tab);
    el_set(editor, EL_BIND, "^I", "svctl-complete", nullptr);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor, nullptr);
}

LineEditor::~LineEditor() {
    el_end(parts_->editor);
    history_end(parts_->history);
}

std::optional<std::string> LineEditor::read_line() {
    el_resize(parts_->editor);
    int count = 0;
    const char* text = el_gets(parts_->editor, &count);
    if (!text || count <= 0 || interrupted()) return std::nullopt;
    std::string line(text, static_cast<std::size_t>(count));
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (!trim(line).empty()) parts_->remember(line);
    return line;
}

void LineEditor::load_history(const std::string& path) {
    const auto text = read_file(path);
    for (const auto line : split(text, '\n'))
        if (!line.empty()) parts_->remember(std::string(line));
}

void LineEditor::save_history(const std::string& path) const {
    const auto fd =
        UniqueFd::adopt(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) return;
    Output file(fd.get());
    HistEvent event;
    for (int more = history(parts_->history, &event, H_LAST); more >= 0;
         more = history(parts_->history, &event, H_PREV))
        file.line(trim(event.str));
    file.flush();
}

}  // namespace svd::cli
