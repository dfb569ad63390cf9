#include <charconv>
#include <optional>

#include <pugixml.hpp>

#include "base/strings.h"
#include "wire/base64.h"
#include "wire/xmlrpc.h"

namespace svd::wire {
namespace {

// No DOCTYPE, comments or processing instructions in the tree, hence no entities of the sender's.
// White space counts where it is all that an element holds (<string>  </string>).
constexpr unsigned kParseFlags =
    pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol | pugi::parse_ws_pcdata_single;

std::unexpected<Error> bad(std::string_view what) {
    return fail("{}", what);
}

// All text below an element: usually one node, several when CDATA is mixed in.
std::string text_of(pugi::xml_node node) {
    const auto first = node.first_child();
    if (!first) return {};
    if (!first.next_sibling()) return first.value();
    std::string text;
    for (const auto child : node.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            text += child.value();
    return text;
}

pugi::xml_node first_element(pugi::xml_node node) {
    for (const auto child : node.children())
        if (child.type() == pugi::node_element) return child;
    return {};
}

std::optional<std::int64_t> read_int(std::string_view text) {
    const auto number = parse_python_int(text);
    return number ? std::optional<std::int64_t>(*number) : std::nullopt;
}

std::optional<double> read_double(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

class Reader {
  public:
    explicit Reader(const Limits& limits) : limits_(limits) {}

    // `node` is a <value> element.
    Result<Value> value(pugi::xml_node node, std::size_t depth) {
        if (++values_ > limits_.max_values) return bad("too many values");
        const auto typed = first_element(node);
        if (!typed) return Value(text_of(node));
        const std::string_view type = typed.name();
        if (type == "string") return Value(text_of(typed));
        if (type == "int" || type == "i4" || type == "i8") return integer(typed);
        if (type == "struct") return structure(typed, depth + 1);
        if (type == "array") return array(typed, depth + 1);
        if (type == "boolean") return Value(trim(text_of(typed)) == "1");
        return rare(type, typed);
    }

  private:
    static Result<Value> integer(pugi::xml_node node) {
        const auto number = read_int(text_of(node));
        if (!number) return bad("an integer that is none");
        return Value(*number);
    }

    static Result<Value> rare(std::string_view type, pugi::xml_node node) {
        if (type == "double") {
            const auto number = read_double(text_of(node));
            if (!number) return bad("a double that is none");
            return Value(*number);
        }
        if (type == "dateTime.iso8601") return Value(DateTime{std::string(trim(text_of(node)))});
        if (type == "base64") {
            auto bytes = base64_decode(text_of(node));
            if (!bytes) return bad("ill-formed base64");
            return Value(Base64{*std::move(bytes)});
        }
        return fail("unknown type <{}>", type);
    }

    Result<Value> structure(pugi::xml_node node, std::size_t depth) {
        if (depth > limits_.max_depth) return bad("nested too deeply");
        Struct members;
        members.reserve(16);  // what getProcessInfo has; growing would move every member
        for (const auto member : node.children()) {
            if (member.type() != pugi::node_element) continue;
            const auto name = member.child("name");
            const auto held = member.child("value");
            if (!name || !held) return bad("a struct member without name or value");
            SVD_TRY(auto content, value(held, depth));
            members.push_back({text_of(name), std::move(content)});
        }
        return Value(std::move(members));
    }

    Result<Value> array(pugi::xml_node node, std::size_t depth) {
        if (depth > limits_.max_depth) return bad("nested too deeply");
        Array elements;
        for (const auto element : node.child("data").children()) {
            if (element.type() != pugi::node_element) continue;
            if (std::string_view(element.name()) != "value") return bad("an array of other things");
            SVD_TRY(auto content, value(element, depth));
            elements.push_back(std::move(content));
        }
        return Value(std::move(elements));
    }

    const Limits& limits_;
    std::size_t values_ = 0;
};

Status load(pugi::xml_document& document, std::string& body, const Limits& limits) {
    if (body.size() > limits.max_bytes) return bad("too large");
    // The parser works on C strings: a NUL would silently end the message.
    if (body.find('\0') != std::string::npos) return bad("not XML: a NUL byte");
    const auto result =
        document.load_buffer_inplace(body.data(), body.size(), kParseFlags, pugi::encoding_utf8);
    if (!result) return fail("not XML: {} at byte {}", result.description(), result.offset);
    return {};
}

Result<Array> read_params(pugi::xml_node params, Reader& reader) {
    Array values;
    for (const auto param : params.children()) {
        if (param.type() != pugi::node_element) continue;
        const auto held = param.child("value");
        if (!held) return bad("a parameter without a value");
        SVD_TRY(auto content, reader.value(held, 0));
        values.push_back(std::move(content));
    }
    return values;
}

}  // namespace

Result<Call> parse_call(std::string body, const Limits& limits) {
    pugi::xml_document document;
    if (!load(document, body, limits)) return bad("unmarshallable");
    const auto root = document.child("methodCall");
    if (!root) return bad("unmarshallable");
    Reader reader(limits);
    auto params = read_params(root.child("params"), reader);
    if (!params) return bad("unmarshallable");
    auto method = text_of(root.child("methodName"));
    if (method.empty()) return bad("no method name");
    return Call{std::move(method), *std::move(params)};
}

Result<Response> parse_response(std::string body, const Limits& limits) {
    pugi::xml_document document;
    SVD_CHECK(load(document, body, limits));
    const auto root = document.child("methodResponse");
    if (!root) return bad("no methodResponse");
    Reader reader(limits);
    if (const auto fault = root.child("fault")) {
        SVD_TRY(const auto content, reader.value(fault.child("value"), 0));
        const auto* code = content.find("faultCode");
        const auto* text = content.find("faultString");
        if (!code || !text) return bad("a fault without code or text");
        return Fault{static_cast<int>(code->int_or()), std::string(text->text_or())};
    }
    SVD_TRY(auto values, read_params(root.child("params"), reader));
    if (values.size() != 1) return bad("not exactly one value");
    return Response(std::move(values.front()));
}

}  // namespace svd::wire
