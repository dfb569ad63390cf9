#include "base/shlex.h"

#include <algorithm>

namespace svd {

namespace {

bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// U+00C0 to U+00FF without the multiplication and division signs, in UTF-8.
bool is_latin1_letter(std::string_view character) {
    if (character.size() != 2 || character[0] != '\xC3') return false;
    return character[1] != '\x97' && character[1] != '\xB7';
}

// The bytes of the UTF-8 character at the start of rest; a stray byte counts as one.
std::string_view first_character(std::string_view rest) {
    const auto lead = static_cast<unsigned char>(rest.front());
    std::size_t size = 1;
    if (lead >= 0xC2) size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    size = std::min(size, rest.size());
    for (std::size_t i = 1; i < size; ++i)
        if ((static_cast<unsigned char>(rest[i]) & 0xC0U) != 0x80U) return rest.substr(0, 1);
    return rest.substr(0, size);
}

class Lexer {
  public:
    explicit Lexer(const ShlexRules& rules) : rules_(rules) {}

    Result<std::vector<std::string>> run(std::string_view text) {
        while (!text.empty()) {
            const std::string_view character = first_character(text);
            text.remove_prefix(character.size());
            if (in_escape_)
                take_escaped(character);
            else if (quote_ != 0)
                take_quoted(character);
            else if (take_plain(character))
                text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
        }
        if (in_escape_) return fail("No escaped character");
        if (quote_ != 0) return fail("No closing quotation");
        finish_word();
        return std::move(tokens_);
    }

  private:
    void take_escaped(std::string_view character) {
        if (quote_ != 0 && character != "\\" && character.front() != quote_) word_ += '\\';
        word_ += character;
        in_escape_ = false;
    }

    void take_quoted(std::string_view character) {
        if (character.front() == quote_)
            quote_ = 0;
        else if (character == "\\" && quote_ == '"')
            in_escape_ = true;
        else
            word_ += character;
    }

    // True when a comment begins and the rest of the line is to be dropped.
    bool take_plain(std::string_view character) {
        const char c = character.front();
        if (is_separator(c)) {
            finish_word();
        } else if (rules_.comments && c == '#') {
            finish_word();
            return true;
        } else if (c == '\\') {
            in_escape_ = true;
        } else if (c == '\'' || c == '"') {
            quote_ = c;
            was_quoted_ = true;
        } else if (rules_.blanks_only || is_word_character(character)) {
            word_ += character;
        } else {
            finish_word();
            tokens_.emplace_back(character);
        }
        return false;
    }

    bool is_word_character(std::string_view character) const {
        const char c = character.front();
        return is_letter_or_digit(c) || c == '_' || is_latin1_letter(character) ||
               rules_.more_word_characters.find(c) != std::string_view::npos;
    }

    void finish_word() {
        if (!word_.empty() || was_quoted_) tokens_.push_back(std::move(word_));
        word_.clear();
        was_quoted_ = false;
    }

    const ShlexRules& rules_;
    std::vector<std::string> tokens_;
    std::string word_;
    char quote_ = 0;
    bool in_escape_ = false;
    bool was_quoted_ = false;
};

}  // namespace

Result<std::vector<std::string>> shlex_tokens(std::string_view text, const ShlexRules& rules) {
    return Lexer(rules).run(text);
}

Result<std::vector<std::string>> shlex_split(std::string_view text) {
    return shlex_tokens(text, ShlexRules{});
}

}  // namespace svd
