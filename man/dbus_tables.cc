// D-Bus: the descriptions in dbus/, each member with the comment in front of it.
#include <fmt/format.h>
#include <pugixml.hpp>

#include "control/fault.h"
#include "mdoc.h"
#include "tables.h"

namespace svd::man {
namespace {

std::string comment_before(const pugi::xml_node& node) {
    const auto before = node.previous_sibling();
    return before.type() == pugi::node_comment ? prose(before.value()) : std::string();
}

// "s name, b wait", or nothing. The arguments of signals have no direction.
std::string arguments(const pugi::xml_node& member, std::string_view direction) {
    std::string text;
    for (const auto& arg : member.children("arg")) {
        if (arg.attribute("direction").value() != direction) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", arg.attribute("type").value(),
                            arg.attribute("name").value());
    }
    return text;
}

std::string method_item(const pugi::xml_node& method) {
    std::string item =
        fmt::format(".It Ic {}\\&({})", method.attribute("name").value(), arguments(method, "in"));
    if (const auto out = arguments(method, "out"); !out.empty())
        item += fmt::format(" No \\(-> {}", argument(out));
    return item + "\n" + comment_before(method);
}

std::string property_item(const pugi::xml_node& property) {
    return fmt::format(".It Ic {} Pq {}\n{}", property.attribute("name").value(),
                       property.attribute("type").value(), comment_before(property));
}

std::string signal_item(const pugi::xml_node& signal) {
    return fmt::format(".It Ic {}\\&({})\n{}", signal.attribute("name").value(),
                       arguments(signal, ""), comment_before(signal));
}

std::string part(std::string_view title, const pugi::xml_node& interface, const char* kind,
                 std::string (*item)(const pugi::xml_node&)) {
    std::string items;
    for (const auto& member : interface.children(kind)) items += item(member);
    return items.empty() ? items : fmt::format(".Ss {}\n{}", title, tag_list(items));
}

}  // namespace

std::string dbus_interface(std::string_view name) {
    pugi::xml_document document;
    const auto path = fmt::format("{}/dbus/org.svd1.{}.xml", SVD_SOURCE_DIR, name);
    if (!document.load_file(path.c_str(), pugi::parse_default | pugi::parse_comments)) return {};
    const auto node = document.child("node");
    const auto interface = node.child("interface");
    return comment_before(node) + part("Methods", interface, "method", method_item) +
           part("Properties", interface, "property", property_item) +
           part("Signals", interface, "signal", signal_item);
}

std::string dbus_errors() {
    std::string items;
    for (const auto code : control::all_faults()) {
        const auto advice = control::fault_advice(code);
        items +=
            fmt::format(".It Li org.svd1.Error.{}\n{}", control::fault_word(code),
                        prose(fmt::format("{}{}{}.", control::fault_meaning(code),
                                          advice.empty() ? "" : " The message adds: ", advice)));
    }
    return tag_list(items);
}

}  // namespace svd::man
