#include "config/expand.h"

#include <gtest/gtest.h>

namespace svd::config {
namespace {

Names some_names() {
    Names names;
    names.set("s", std::string("text"));
    names.set("u", std::string("\xC3\xA9t\xC3\xA9"));
    names.set("n", 5LL);
    names.set("m", -42LL);
    names.set("ENV_A", std::string("50%"));
    names.set("ENV_B", std::string("b"));
    return names;
}

struct Expansion {
    const char* text;
    const char* expected;
};

TEST(Expand, EveryConversion_LooksAsInPython) {
    const Names names = some_names();
    const Expansion rows[] = {
        {"plain", "plain"},
        {"%(s)s", "text"},
        {"a%%b", "a%b"},
        {"%(n)d", "5"},
        {"%(n)02d", "05"},
        {"%(n)+d", "+5"},
        {"%(n) d", " 5"},
        {"%(m)05d", "-0042"},
        {"%(n)-5d|", "5    |"},
        {"%(n)-05d|", "5    |"},
        {"%(n)5.3d|", "  005|"},
        {"%(n)x", "5"},
        {"%(m)x", "-2a"},
        {"%(m)#X", "-0X2A"},
        {"%(n)#o", "0o5"},
        {"%(n)#06x", "0x0005"},
        {"%(n)i%(n)u", "55"},
        {"%(s)10s|", "      text|"},
        {"%(s)-10s|", "text      |"},
        {"%(s).2s", "te"},
        {"%(s)06s", "  text"},
        {"%(s)r", "'text'"},
        {"%(u)5s|", "  \xC3\xA9t\xC3\xA9|"},
        {"%(u).1s", "\xC3\xA9"},
        {"%(u)a", "'\\xe9t\\xe9'"},
        {"%(n)r", "5"},
        {"%(n)5.1f", "  5.0"},
        {"%(n)e", "5.000000e+00"},
        {"%(n)g", "5"},
        {"%(n)ld", "5"},
        {"%(n)08.3f", "0005.000"},
        {"%(n)c", "\x05"},
        {"%(ENV_A)s", "50%"},
    };
    for (const auto& row : rows) {
        const auto expanded = expand(row.text, names, "o");
        ASSERT_TRUE(expanded.has_value()) << row.text << ": " << expanded.error().text;
        EXPECT_EQ(*expanded, row.expected) << row.text;
    }
}

TEST(Expand, EveryBadFormat_HasPythonsReason) {
    const Names names = some_names();
    const Expansion rows[] = {
        {"date +%Y", "unsupported format character 'Y' (0x59) at index 7"},
        {"echo 100%", "incomplete format"},
        {"%(s", "incomplete format key"},
        {"%(s)", "incomplete format"},
        {"%(s)d", "%d format: a real number is required, not str"},
        {"%(s)i", "%i format: a real number is required, not str"},
        {"%(s)x", "%x format: an integer is required, not str"},
        {"%(s)f", "must be real number, not str"},
        {"%(s)c", "%c requires int or char"},
        {"%(m)c", "%c arg not in range(0x110000)"},
        {"%(s)*d", "* wants int"},
        {"%(n)*d", "not enough arguments for format string"},
        {"%*d", "* wants int"},
        {"%(s)s %s", "not enough arguments for format string"},
        {"%(n)99999999999d", "width too big"},
        {"%(n).99999999999d", "precision too big"},
        {"%(n)%", "unsupported format character '%' (0x25) at index 4"},
        {"%5%", "unsupported format character '%' (0x25) at index 2"},
        {"\xC3\xA9%\xC3\xA9", "unsupported format character '?' (0xe9) at index 2"},
        {"%(n)lld", "unsupported format character 'l' (0x6c) at index 5"},
        {"%s", "a conversion needs a name, as in %(name)s; write %% for a percent sign"},
    };
    for (const auto& row : rows) {
        const auto expanded = expand(row.text, names, "program:x.command");
        ASSERT_FALSE(expanded.has_value()) << row.text;
        EXPECT_TRUE(expanded.error().text.ends_with(
            std::string("' for 'program:x.command' is badly formatted: ") + row.expected))
            << row.text << ": " << expanded.error().text;
    }
}

TEST(Expand, UnknownName_ListsNamesButNotTheEnvironment) {
    EXPECT_EQ(expand("/bin/%(foo)s", some_names(), "program:x.command").error().text,
              "Format string '/bin/%(foo)s' for 'program:x.command' contains names ('foo') which "
              "cannot be expanded. Available names: ENV_*, m, n, s, u");
}

TEST(Expand, InnerScope_HidesOuterNames) {
    const Names outer = some_names();
    Names inner(&outer);
    inner.set("s", std::string("inner"));
    EXPECT_EQ(*expand("%(s)s %(n)d", inner, "o"), "inner 5");
}

}  // namespace
}  // namespace svd::config
