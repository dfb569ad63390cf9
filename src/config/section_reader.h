// Typed reading of one section: look an option up, expand it, parse it, report what is wrong with
// it, and go on with its default so that one load finds every problem.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/document.h"
#include "config/load.h"
#include "config/lookups.h"
#include "config/model.h"
#include "config/names.h"
#include "config/option_table.h"
#include "config/problem_sink.h"
#include "config/read_document.h"

namespace svd::config {

// What every part of a load shares.
struct LoadContext {
    const LoadRequest& request;
    const Document& document;
    const std::string& here;  // directory of the root file
    ProblemSink& problems;
    Lookups lookups;
    Names environment;  // ENV_ names; [supervisord] environment joins them once it is read
    std::map<std::string, SocketConfig, std::less<>> sockets = {};  // before any program
};

// T of a parser from a text to Result<T>.
template <class Parse>
using Parsed = typename std::invoke_result_t<Parse, std::string_view>::value_type;

class SectionReader {
  public:
    SectionReader(LoadContext& context, SectionKind kind, const Section& section);

    // Errors from here on end with this text (" in section 'program:x' (file: '...')").
    void set_suffix(std::string suffix) { suffix_ = std::move(suffix); }

    // From the section, else from [program-default], else from [DEFAULT]; null when unset.
    [[nodiscard]] const Entry* entry(std::string_view option) const;

    // The expanded text of a set option, the table's default for an unset one; empty when there is
    // neither, or when the expansion failed (which is reported).
    std::optional<std::string> text(std::string_view option, const Names& names);
    // `label` is how an expansion error calls the option where that is not "section.option".
    std::optional<std::string> text_as(std::string_view option, const Names& names,
                                       std::string_view label);

    // A parsed option. After an error (reported): what its default means.
    template <class Parse>
    Parsed<Parse> value(std::string_view option, const Names& names, Parse parse) {
        if (auto found = optional_value(option, names, parse)) return *std::move(found);
        if (const auto fallback = default_text(option))
            if (auto parsed = parse(*fallback)) return *std::move(parsed);
        return Parsed<Parse>{};
    }

    // Empty when the option is unset without a default, or wrong (which is reported).
    template <class Parse>
    std::optional<Parsed<Parse>> optional_value(std::string_view option, const Names& names,
                                                Parse parse) {
        const Entry* found = entry(option);
        const auto raw = found != nullptr ? expanded(*found, option, names, {}) : std::nullopt;
        if (found != nullptr && !raw) return std::nullopt;
        const auto chosen = raw ? std::optional(std::string_view(*raw)) : default_text(option);
        if (!chosen) return std::nullopt;
        auto parsed = parse(*chosen);
        if (parsed) return *std::move(parsed);
        error(option, parsed.error().text);
        return std::nullopt;
    }

    void error(std::string_view option, std::string text, std::string hint = {});
    void warn(std::string_view option, std::string text, std::string hint = {});

    [[nodiscard]] const Section& section() const { return section_; }
    [[nodiscard]] SectionKind kind() const { return kind_; }

  private:
    [[nodiscard]] std::optional<std::string_view> default_text(std::string_view option) const;
    // Empty when the expansion failed, which is reported.
    std::optional<std::string> expanded(const Entry& found, std::string_view option,
                                        const Names& names, std::string_view label);

    LoadContext& context_;
    SectionKind kind_;
    const Section& section_;
    const Section* program_default_ = nullptr;  // [program-default], for a program
    std::string suffix_;
};

}  // namespace svd::config
