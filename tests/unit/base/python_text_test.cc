// Every expected text is what Python 3.11 prints.
#include "base/python_text.h"

#include <string>

#include <gtest/gtest.h>

namespace svd {
namespace {

using namespace std::string_literals;

TEST(PythonTextTest, Repr_PlainText_IsInSingleQuotes) {
    EXPECT_EQ(py_repr(""), "''");
    EXPECT_EQ(py_repr("abc"), "'abc'");
}

TEST(PythonTextTest, Repr_Quotes_ChoosesTheQuoteThatNeedsNoEscape) {
    EXPECT_EQ(py_repr("it's"), R"("it's")");
    EXPECT_EQ(py_repr("say \"x\""), R"('say "x"')");
    EXPECT_EQ(py_repr("it's \"x\""), R"('it\'s "x"')");
}

TEST(PythonTextTest, Repr_ControlCharacters_AreEscaped) {
    EXPECT_EQ(py_repr("a\nb\tc\rd"), R"('a\nb\tc\rd')");
    EXPECT_EQ(py_repr("\x00\x1b\x7f"s), R"('\x00\x1b\x7f')");
    EXPECT_EQ(py_repr("\a\b\v\f"), R"('\x07\x08\x0b\x0c')");
}

TEST(PythonTextTest, Repr_Backslash_IsDoubled) {
    EXPECT_EQ(py_repr("back\\slash"), R"('back\\slash')");
}

TEST(PythonTextTest, Repr_PrintableUnicode_StaysAsItIs) {
    EXPECT_EQ(py_repr("é"), "'é'");
    EXPECT_EQ(py_repr("日本"), "'日本'");
    EXPECT_EQ(py_repr("😀"), "'😀'");
}

TEST(PythonTextTest, Repr_C1ControlsAndNoBreakSpace_AreEscaped) {
    EXPECT_EQ(py_repr("\xc2\x80\xc2\x85\xc2\xa0"), R"('\x80\x85\xa0')");
    EXPECT_EQ(py_repr("\xc2\xa1"), "'\xc2\xa1'");
}

TEST(PythonTextTest, Repr_IllFormedBytes_AreShownAsHex) {
    EXPECT_EQ(py_repr("\xff"), R"('\xff')");
    EXPECT_EQ(py_repr("a\xc3"), R"('a\xc3')");
    EXPECT_EQ(py_repr("\xc3("
                      "x"),
              R"('\xc3(x')");
    EXPECT_EQ(py_repr("\xed\xa0\x80"), R"('\xed\xa0\x80')");
}

TEST(PythonTextTest, BytesRepr_PlainText_HasTheBInFront) {
    EXPECT_EQ(py_bytes_repr(""), "b''");
    EXPECT_EQ(py_bytes_repr("abc"), "b'abc'");
}

TEST(PythonTextTest, BytesRepr_Quotes_FollowTheSameRule) {
    EXPECT_EQ(py_bytes_repr("it's"), R"(b"it's")");
    EXPECT_EQ(py_bytes_repr("it's \"x\""), R"(b'it\'s "x"')");
}

TEST(PythonTextTest, BytesRepr_EverythingOutsideAscii_IsHex) {
    EXPECT_EQ(py_bytes_repr("é"), R"(b'\xc3\xa9')");
    EXPECT_EQ(py_bytes_repr("\x00\x1b\x7f\xff"s), R"(b'\x00\x1b\x7f\xff')");
    EXPECT_EQ(py_bytes_repr("a\nb\tc\rd\\"), R"(b'a\nb\tc\rd\\')");
}

}  // namespace
}  // namespace svd
