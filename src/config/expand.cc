#include "config/expand.h"

#include <optional>

#include "base/python_text.h"
#include "base/strings.h"
#include "config/python_format.h"
#include "config/python_space.h"

namespace svd::config {

namespace {

// Widest field and longest precision. Python stops at the machine's limits; a configuration value
// never needs more, and a typing error must not eat the memory.
constexpr int kWidestField = 65536;

struct Unknown {
    std::string name;
};

class Formatter {
  public:
    Formatter(std::string_view text, const Names& names) : text_(text), names_(names) {}

    // The expanded text; an Error whose text is Python's reason, or unknown() says which name.
    Result<std::string> run() {
        std::string out;
        while (at_ < text_.size()) {
            const std::size_t percent = text_.find('%', at_);
            out += text_.substr(at_, percent - at_);
            if (percent == std::string_view::npos) break;
            at_ = percent + 1;
            SVD_CHECK(convert(out));
        }
        return out;
    }

    const std::optional<Unknown>& unknown() const { return unknown_; }

  private:
    bool value_is_text() const {
        return value_ != nullptr && std::holds_alternative<std::string>(*value_);
    }
    bool done() const { return at_ >= text_.size(); }

    Status convert(std::string& out) {
        value_ = nullptr;
        if (!done() && text_[at_] == '%') {
            ++at_;
            out += '%';
            return {};
        }
        if (!done() && text_[at_] == '(') SVD_CHECK(read_name());
        FormatSpec spec;
        read_flags(spec);
        SVD_TRY(spec.width, read_number("width too big"));
        if (!done() && text_[at_] == '.') {
            ++at_;
            SVD_TRY(const auto precision, read_number("precision too big"));
            spec.precision = precision.value_or(0);
        }
        if (!done() && (text_[at_] == 'h' || text_[at_] == 'l' || text_[at_] == 'L')) ++at_;
        if (done()) return fail("incomplete format");
        return apply(spec, out);
    }

    Status apply(FormatSpec& spec, std::string& out) {
        const std::size_t start = at_;
        spec.conversion = text_[at_++];
        if (!is_conversion(spec.conversion)) return unsupported(start);
        if (value_ == nullptr) {
            // After a named conversion Python has used its argument up; before one it would take
            // the whole table of names.
            if (named_seen_) return fail("not enough arguments for format string");
            return fail("a conversion needs a name, as in %(name){0}; write %% for a percent sign",
                        spec.conversion);
        }
        SVD_TRY(const std::string piece, format_value(*value_, spec));
        out += piece;
        return {};
    }

    Status read_name() {
        const std::size_t start = ++at_;
        int depth = 1;
        while (!done() && depth > 0) {
            if (text_[at_] == ')') --depth;
            if (text_[at_] == '(') ++depth;
            ++at_;
        }
        if (depth > 0) return fail("incomplete format key");
        const std::string_view name = text_.substr(start, at_ - start - 1);
        value_ = names_.find(name);
        named_seen_ = true;
        if (value_ != nullptr) return {};
        unknown_ = Unknown{std::string(name)};
        return fail("unknown name");
    }

    void read_flags(FormatSpec& spec) {
        for (; !done(); ++at_) {
            switch (text_[at_]) {
                case '-':
                    spec.left = true;
                    break;
                case '+':
                    spec.plus = true;
                    break;
                case ' ':
                    spec.blank = true;
                    break;
                case '#':
                    spec.alternate = true;
                    break;
                case '0':
                    spec.zero = true;
                    break;
                default:
                    return;
            }
        }
    }

    Result<std::optional<int>> read_number(const char* too_big) {
        if (!done() && text_[at_] == '*')
            return fail("{}", named_seen_ && !value_is_text()
                                  ? "not enough arguments for format string"
                                  : "* wants int");
        std::optional<int> number;
        for (; !done() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
            number = number.value_or(0) * 10 + (text_[at_] - '0');
            if (*number > kWidestField) return fail("{}", too_big);
        }
        return number;
    }

    Status unsupported(std::size_t start) const {
        const auto code = first_code_point(text_.substr(start));
        const bool printable = code >= 32 && code < 127;
        return fail("unsupported format character '{}' (0x{:x}) at index {}",
                    printable ? static_cast<char>(code) : '?', code,
                    character_count(text_.substr(0, start)));
    }

    std::string_view text_;
    const Names& names_;
    std::size_t at_ = 0;
    const NameValue* value_ = nullptr;
    bool named_seen_ = false;
    std::optional<Unknown> unknown_;
};

}  // namespace

Result<std::string> expand(std::string_view value, const Names& names, std::string_view option) {
    if (value.find('%') == std::string_view::npos) return std::string(value);
    Formatter formatter(value, names);
    auto expanded = formatter.run();
    if (expanded) return expanded;
    if (const auto& unknown = formatter.unknown()) {
        const auto visible = names.visible();
        return fail(
            "Format string {} for {} contains names ({}) which cannot be expanded. Available "
            "names: {}",
            py_repr(value), py_repr(option), py_repr(unknown->name),
            join(std::vector<std::string>(visible.begin(), visible.end()), ", "));
    }
    return fail("Format string {} for {} is badly formatted: {}", py_repr(value), py_repr(option),
                expanded.error().text);
}

}  // namespace svd::config
