#include "config/ini_reader.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace svd::config {
namespace {

// "section|name=value" for each option, newlines shown as \n; the fault's text when there is one.
std::string shown(const std::string& text) {
    const IniFile file = read_ini(text, "f.conf");
    if (file.fault) return file.fault->text;
    std::vector<std::string> parts;
    for (const auto& entry : file.entries) {
        if (entry.header) continue;
        std::string value;
        for (const char c : entry.value) value += c == '\n' ? "\\n" : std::string(1, c);
        parts.push_back(entry.section + "|" + entry.name + "=" + value);
    }
    return join(parts, " & ");
}

struct Reading {
    const char* topic;
    std::string text;
    std::string expected;
};

TEST(IniReader, EveryRuleOfTheDialect_IsPythons) {
    const std::vector<Reading> rows = {
        {"text after ]", "[a]junk\nx=1\n", "a|x=1"},
        {"last ]", "[a]]\nx=1\n", "a]|x=1"},
        {"blanks before [", "  [a]\n  x=1\n", "a|x=1"},
        {"inner blanks kept", "[ a ]\nx=1\n", " a |x=1"},
        {"header with a comment", "[a] ; c\nx=1\n", "a|x=1"},
        {"] in a comment", "[a] ;]\nx=1\n", "a|x=1"},
        {"names are lower-cased and trimmed", "[a]\n X Y =1\n", "a|x y=1"},
        {"first delimiter wins", "[a]\nx:1=2\ny = 1 = 2\n", "a|x=1=2 & a|y=1 = 2"},
        {"value is trimmed", "[a]\nx =\t 1 \t\n", "a|x=1"},
        {"empty value", "[a]\nx=\n", "a|x="},
        {"quotes stay", "[a]\nx=\"1\"\n", "a|x=\"1\""},
        {"full-line comments", "# c\n[a]\n ; c\n#c\nx=1\n", "a|x=1"},
        {"inline comment needs a blank", "[a]\nx=1;c\ny=1#c\nz=1 ;c\nw=1\t#c\n",
         "a|x=1;c & a|y=1#c & a|z=1 & a|w=1"},
        {"quotes do not protect", "[a]\nx=\"q ; r\"\n", "a|x=\"q"},
        {"prefix after the delimiter", "[a]\nx=;c\ny= ;c\n", "a|x=;c & a|y="},
        {"earliest prefix cuts", "[a]\nx=1 # 2 ; 3\ny=1 ; 2 # 3\n", "a|x=1 & a|y=1"},
        {"rem is not special", "[a]\nrem = 1\n", "a|rem=1"},
        {"continuation", "[a]\nx=1\n  2 ; c\n\t3\ny=4\n", "a|x=1\\n2\\n3 & a|y=4"},
        {"equal indent is a new option", "[a]\n  x=1\n  y=2\n", "a|x=1 & a|y=2"},
        {"lesser indent is a new option", "[a]\n  x=1\n y=2\n", "a|x=1 & a|y=2"},
        {"header that continues", "[a]\nx=1\n [b]\n", "a|x=1\\n[b]"},
        {"blank line inside", "[a]\nx=1\n\n  2\n", "a|x=1\\n\\n2"},
        {"blank lines at the end", "[a]\nx=1\n\n\ny=2\n", "a|x=1 & a|y=2"},
        {"comment inside", "[a]\nx=1\n; c\n  ; d\n  2\n", "a|x=1\\n2"},
        {"value on the next line", "[a]\nx=\n  1\n", "a|x=\\n1"},
        {"CRLF", "[a]\r\nx=1\r\ny=2\r\n", "a|x=1 & a|y=2"},
        {"CR alone ends a line", "[a]\rx=1\r", "a|x=1"},
        {"no newline at the end", "[a]\nx=1", "a|x=1"},
        {"no-break space is white space", "[a]\n\u00A0x\u00A0=\u00A01\u00A0\n", "a|x=1"},
        {"case of sections", "[A]\nx=1\n[a]\nx=2\n", "A|x=1 & a|x=2"},
        {"what inih would read otherwise", "[a]\n@1=@2\n[@7]\n\xC3\xA4=[b]\n",
         "a|@1=@2 & @7|\xC3\xA4=[b]"},
        {"empty brackets with a delimiter", "[a]\n[]=1\n", "a|[]=1"},
        {"DEFAULT is a section here", "[DEFAULT]\nx=1\n", "DEFAULT|x=1"},
        {"nothing", "", ""},
    };
    for (const auto& row : rows) EXPECT_EQ(shown(row.text), row.expected) << row.topic;
}

TEST(IniReader, EveryFault_HasPythonsText) {
    const std::vector<Reading> rows = {
        {"no header", "x=1\n[a]\n",
         "File contains no section headers.\nfile: 'f.conf', line: 1\n'x=1\\n'"},
        {"no header, later line", "; c\n\njunk",
         "File contains no section headers.\nfile: 'f.conf', line: 3\n'junk'"},
        {"byte order mark", "\xEF\xBB\xBF[a]\n",
         "File contains no section headers.\nfile: 'f.conf', line: 1\n'\\ufeff[a]\\n'"},
        {"option without delimiter", "[a]\nnodaemon\n",
         "Source contains parsing errors: 'f.conf'\n\t[line  2]: 'nodaemon\\n'"},
        {"all bad lines", "[a]\nx\n=1\ny=1\n[]\n",
         "Source contains parsing errors: 'f.conf'\n\t[line  2]: 'x\\n'\n\t[line  3]: '=1\\n'\n\t"
         "[line  5]: '[]\\n'"},
        {"CRLF is shown as a newline", "[a]\r\nx\r\n",
         "Source contains parsing errors: 'f.conf'\n\t[line  2]: 'x\\n'"},
        {"bad byte", "[a]\n\xFF",
         "'utf-8' codec can't decode byte 0xff in position 4: invalid start byte"},
        {"bad continuation", "\xC3(",
         "'utf-8' codec can't decode byte 0xc3 in position 0: invalid continuation byte"},
        {"two bad bytes", "\xE2\x82(",
         "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"},
        {"cut short", "a\xE2\x82",
         "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"},
        {"surrogate", "\xED\xA0\x80",
         "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte"},
    };
    for (const auto& row : rows) EXPECT_EQ(shown(row.text), row.expected) << row.topic;
}

TEST(IniReader, LongNamesAndValues_AreNeverCut) {
    const std::string section(500, 's');
    const std::string name(300, 'n');
    const std::string value(1024 * 1024, 'v');
    const IniFile file = read_ini("[" + section + "]\n" + name + " = " + value + "\n", "f");
    ASSERT_EQ(file.entries.size(), 2U);
    EXPECT_EQ(file.entries[1].section, section);
    EXPECT_EQ(file.entries[1].name, name);
    EXPECT_EQ(file.entries[1].value, value);
}

TEST(IniReader, NulBytesInAValue_AreKept) {
    const std::string text("[a]\nx=1\0002\n", 11);
    const IniFile file = read_ini(text, "f");
    ASSERT_EQ(file.entries.size(), 2U);
    EXPECT_EQ(file.entries[1].value, std::string("1\0002", 3));
}

TEST(IniReader, Entries_CarryLineAndCut) {
    const IniFile file = read_ini("\n[a]\n\nx=1 ; c\n  2\ny=3\n", "f");
    ASSERT_EQ(file.entries.size(), 3U);
    EXPECT_TRUE(file.entries[0].header);
    EXPECT_EQ(file.entries[0].line, 2);
    EXPECT_EQ(file.entries[1].line, 4);
    EXPECT_TRUE(file.entries[1].comment_cut);
    EXPECT_EQ(file.entries[2].line, 6);
    EXPECT_FALSE(file.entries[2].comment_cut);
}

TEST(IniReader, SectionsThatAreNotWanted_AreCheckedAndLeftOut) {
    const auto wanted = [](std::string_view section) { return section == "a"; };
    const IniFile file = read_ini("[a]\nx=1\n  2\n[b]\ny=1\n  2\n[a]\nz=3\n[b]\n", "f", wanted);
    EXPECT_FALSE(file.fault.has_value());
    ASSERT_EQ(file.entries.size(), 4U);
    EXPECT_EQ(file.entries[1].value, "1\n2");
    EXPECT_EQ(file.entries[3].name, "z");
    EXPECT_TRUE(read_ini("[a]\nx=1\n[b]\nnothing\n", "f", wanted).fault.has_value());
}

}  // namespace
}  // namespace svd::config
