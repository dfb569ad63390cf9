#include "wire/xmlrpc.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::wire {
namespace {

using testing::HasSubstr;

std::string written(const Value& value) {
    std::string out;
    append_value(out, value);
    return out;
}

std::string call_with(std::string_view value) {
    return fmt::format(
        "<methodCall><methodName>m</methodName><params><param><value>{}</value>"
        "</param></params></methodCall>",
        value);
}

Value read(std::string_view value) {
    auto call = parse_call(call_with(value));
    EXPECT_TRUE(call.has_value()) << value;
    EXPECT_EQ(call ? call->params.size() : 0U, 1U) << value;
    return call && call->params.size() == 1 ? call->params.front() : Value("(nothing)");
}

std::string error_of(std::string_view value) {
    const auto call = parse_call(call_with(value));
    return call ? "(none)" : call.error().text;
}

TEST(XmlRpcWriter, Call_IsLaidOutAsPythonDoes) {
    EXPECT_EQ(write_call("supervisor.startProcess", {"g:x", true}),
              "<?xml version='1.0'?>\n<methodCall>\n<methodName>supervisor.startProcess"
              "</methodName>\n<params>\n<param>\n<value><string>g:x</string></value>\n</param>\n"
              "<param>\n<value><boolean>1</boolean></value>\n</param>\n</params>\n"
              "</methodCall>\n");
    EXPECT_EQ(write_call("m", {}),
              "<?xml version='1.0'?>\n<methodCall>\n<methodName>m</methodName>\n<params>\n"
              "</params>\n</methodCall>\n");
}

TEST(XmlRpcWriter, Response_IsLaidOutAsPythonDoes) {
    const Value value(Struct{{"name", "a"}, {"list", Array{1, "x"}}});
    EXPECT_EQ(write_response(value),
              "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n"
              "<member>\n<name>name</name>\n<value><string>a</string></value>\n</member>\n"
              "<member>\n<name>list</name>\n<value><array><data>\n<value><int>1</int></value>\n"
              "<value><string>x</string></value>\n</data></array></value>\n</member>\n"
              "</struct></value>\n</param>\n</params>\n</methodResponse>\n");
}

TEST(XmlRpcWriter, Fault_HasCodeThenText) {
    EXPECT_EQ(write_fault({10, "BAD_NAME: <x>"}),
              "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n"
              "<name>faultCode</name>\n<value><int>10</int></value>\n</member>\n<member>\n"
              "<name>faultString</name>\n<value><string>BAD_NAME: &lt;x&gt;</string></value>\n"
              "</member>\n</struct></value>\n</fault>\n</methodResponse>\n");
}

TEST(XmlRpcWriter, Integers_AreClampedTo32Bits) {
    EXPECT_EQ(written(std::int64_t{2147483647}), "<value><int>2147483647</int></value>\n");
    EXPECT_EQ(written(std::int64_t{2147483648}), "<value><int>2147483647</int></value>\n");
    EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()),
              "<value><int>-2147483648</int></value>\n");
}

TEST(XmlRpcWriter, Doubles_AreWrittenAsPythonsRepr) {
    const std::pair<double, std::string> rows[] = {{0.0, "0.0"},
                                                   {-0.0, "-0.0"},
                                                   {1.5, "1.5"},
                                                   {100.0, "100.0"},
                                                   {1e15, "1000000000000000.0"},
                                                   {1e16, "1e+16"},
                                                   {0.0001, "0.0001"},
                                                   {1e-5, "1e-05"},
                                                   {0.1, "0.1"},
                                                   {1e300, "1e+300"}};
    for (const auto& [number, text] : rows)
        EXPECT_EQ(written(number), fmt::format("<value><double>{}</double></value>\n", text));
}

TEST(XmlRpcWriter, MarkupIsEscaped_QuotesAreNot) {
    EXPECT_EQ(written("a<b>&\"c'"), "<value><string>a&lt;b&gt;&amp;\"c'</string></value>\n");
}

TEST(XmlRpcWriter, WhatXmlCannotCarry_BecomesTheReplacementCharacter) {
    const std::pair<std::string, std::string> rows[] = {
        {std::string("a\0b", 3), "a\uFFFDb"},
        {"\x1b[0m", "\uFFFD[0m"},
        {"\t\r\n", "\t\r\n"},
        {"\x7f", "\x7f"},
        {"gr\xc3\xbc\xc3\x9f", "grüß"},
        {"\xe2\x82\xac", "€"},
        {"\xf0\x9f\x98\x80", "\U0001F600"},
        {"\xff", "\uFFFD"},
        {"\xc3", "\uFFFD"},
        {"\xc0\xaf", "\uFFFD\uFFFD"},
        {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},           // a surrogate
        {"\xef\xbf\xbf", "\uFFFD\uFFFD\uFFFD"},           // U+FFFF
        {"\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"}  // beyond Unicode
    };
    for (const auto& [in, out] : rows) {
        std::string text;
        append_escaped(text, in);
        EXPECT_EQ(text, out);
    }
}

TEST(XmlRpcWriter, Base64_IsOnLinesOfItsOwn) {
    EXPECT_EQ(written(Base64{"hello"}), "<value><base64>\naGVsbG8=\n</base64></value>\n");
}

TEST(XmlRpcReader, EveryType_IsRead) {
    EXPECT_EQ(read("<int>5</int>"), Value(5));
    EXPECT_EQ(read("<i4> -7 </i4>"), Value(-7));
    EXPECT_EQ(read("<i8>5000000000</i8>"), Value(std::int64_t{5000000000}));
    EXPECT_EQ(read("<boolean>1</boolean>"), Value(true));
    EXPECT_EQ(read("<boolean>0</boolean>"), Value(false));
    EXPECT_EQ(read("<boolean>2</boolean>"), Value(false));
    EXPECT_EQ(read("<double>1.5e3</double>"), Value(1500.0));
    EXPECT_EQ(read("<string>x</string>"), Value("x"));
    EXPECT_EQ(read("<string/>"), Value(""));
    EXPECT_EQ(read("<dateTime.iso8601>20261121T22:40:05</dateTime.iso8601>"),
              Value(DateTime{"20261121T22:40:05"}));
    EXPECT_EQ(read("<base64>\naGVs\nbG8=\n</base64>"), Value(Base64{"hello"}));
    EXPECT_EQ(read("<array><data><value>a</value><value><int>1</int></value></data></array>"),
              Value(Array{"a", 1}));
    EXPECT_EQ(read("<array/>"), Value(Array{}));
    EXPECT_EQ(read("<struct><member><name>k</name><value>v</value></member></struct>"),
              Value(Struct{{"k", "v"}}));
}

TEST(XmlRpcReader, UntypedText_IsAStringWithItsBlanks) {
    EXPECT_EQ(read("plain"), Value("plain"));
    EXPECT_EQ(read("  "), Value("  "));
    EXPECT_EQ(read(""), Value(""));
    EXPECT_EQ(read("<string>  </string>"), Value("  "));
    EXPECT_EQ(read("\n<int>1</int>\n"), Value(1));
}

TEST(XmlRpcReader, EntitiesAndCdata_AreText) {
    EXPECT_EQ(read("a&lt;b&amp;&#65;&#x42;"), Value("a<b&AB"));
    EXPECT_EQ(read("<string>x<![CDATA[<y>]]>z</string>"), Value("x<y>z"));
}

TEST(XmlRpcReader, EntitiesOfTheSender_AreNotExpanded) {
    const auto call = parse_call(
        "<!DOCTYPE x [<!ENTITY a \"boom\">]><methodCall><methodName>m</methodName><params><param>"
        "<value><string>&a;</string></value></param></params></methodCall>");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->params.front(), Value("&a;"));
}

TEST(XmlRpcReader, WrongValues_AreUnmarshallable) {
    for (const auto* value :
         {"<int>x</int>", "<int></int>", "<int>99999999999999999999</int>", "<double>1,5</double>",
          "<base64>a</base64>", "<nil/>", "<struct><member><name>x</name></member></struct>",
          "<struct><member><value>x</value></member></struct>",
          "<array><data><int>1</int></data></array>"})
        EXPECT_EQ(error_of(value), "unmarshallable") << value;
}

TEST(XmlRpcReader, BodiesThatAreNoCall_AreUnmarshallable) {
    for (const std::string body :
         {"", "x", "<methodCall>", "<a/>", "<methodResponse/>", "\xff\xfe", "{\"json\": 1}"}) {
        const auto call = parse_call(body);
        ASSERT_FALSE(call) << body;
        EXPECT_EQ(call.error().text, "unmarshallable") << body;
    }
    const auto call = parse_call(std::string("<methodCall>\0</methodCall>", 26));
    EXPECT_FALSE(call);
}

TEST(XmlRpcReader, ACallWithoutMethod_SaysSo) {
    for (const std::string body : {"<methodCall/>", "<methodCall><methodName/></methodCall>"}) {
        const auto call = parse_call(body);
        ASSERT_FALSE(call);
        EXPECT_EQ(call.error().text, "no method name");
    }
}

TEST(XmlRpcReader, ParamsMayBeMissing) {
    const auto call = parse_call("<methodCall><methodName>m</methodName></methodCall>");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->method, "m");
    EXPECT_TRUE(call->params.empty());
}

TEST(XmlRpcReader, DepthIsBounded) {
    const auto nested = [](int depth) {
        std::string value;
        for (int i = 0; i < depth; ++i) value += "<array><data><value>";
        value += "x";
        for (int i = 0; i < depth; ++i) value += "</value></data></array>";
        return value;
    };
    EXPECT_EQ(error_of(nested(32)), "(none)");
    EXPECT_EQ(error_of(nested(33)), "unmarshallable");
    EXPECT_EQ(error_of(nested(50'000)), "unmarshallable");
}

TEST(XmlRpcReader, SizeAndNumberOfValuesAreBounded) {
    Limits limits;
    limits.max_bytes = 100;
    EXPECT_FALSE(parse_call(call_with(std::string(100, 'x')), limits));
    limits = {};
    limits.max_values = 3;
    EXPECT_TRUE(parse_call(
        call_with("<array><data><value>a</value><value>b</value></data></array>"), limits));
    EXPECT_FALSE(parse_call(
        call_with("<array><data><value>a</value><value>b</value><value/></data></array>"), limits));
}

TEST(XmlRpcReader, Response_IsValueOrFault) {
    auto answer = parse_response(write_response(Value(Array{1, "two"})));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Value>(*answer), Value(Array{1, "two"}));
    answer = parse_response(write_fault({20, "NO_FILE: x"}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Fault>(*answer), (Fault{20, "NO_FILE: x"}));
}

TEST(XmlRpcReader, BrokenResponses_SayWhatIsWrong) {
    EXPECT_THAT(parse_response("<html>").error().text, HasSubstr("not XML"));
    EXPECT_EQ(parse_response("<html/>").error().text, "no methodResponse");
    EXPECT_EQ(parse_response("<methodResponse/>").error().text, "not exactly one value");
    EXPECT_EQ(parse_response("<methodResponse><fault/></methodResponse>").error().text,
              "a fault without code or text");
}

TEST(XmlRpc, WhatIsWritten_ReadsBackTheSame) {
    const Value value(Struct{{"s", "grüß <&>"},
                             {"i", -5},
                             {"b", true},
                             {"d", 0.25},
                             {"when", DateTime{"20260101T00:00:00"}},
                             {"raw", Base64{std::string("\0\xff\x80", 3)}},
                             {"empty", Array{}},
                             {"nested", Struct{{"list", Array{Array{1}, Struct{}}}}}});
    const auto answer = parse_response(write_response(value));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<Value>(*answer), value);
}

TEST(XmlRpcValue, LenientReaders_FallBack) {
    EXPECT_EQ(Value(5).int_or(), 5);
    EXPECT_EQ(Value(true).int_or(), 1);
    EXPECT_EQ(Value("x").int_or(7), 7);
    EXPECT_EQ(Value("x").text_or(), "x");
    EXPECT_EQ(Value(5).text_or("none"), "none");
    EXPECT_TRUE(Value(1).bool_or());
    EXPECT_TRUE(Value("x").elements().empty());
    EXPECT_EQ(Value(5).find("x"), nullptr);
    const Value members(Struct{{"a", 1}, {"a", 2}});
    ASSERT_NE(members.find("a"), nullptr);
    EXPECT_EQ(members.find("a")->int_or(), 2);
    EXPECT_EQ(Value(1.5).type_name(), "double");
}

}  // namespace
}  // namespace svd::wire
