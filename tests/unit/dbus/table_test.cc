// The rows of the interfaces beside dbus/*.xml and dbus/org.svd1.policy.
#include "dbus/table.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace svd::dbus {

namespace {

std::vector<std::string> names_of(const char* names) {
    std::vector<std::string> all;
    for (; *names != '\0'; names += all.back().size() + 1) all.emplace_back(names);
    return all;
}

std::vector<std::string> arguments(const pugi::xml_node& member) {
    std::vector<std::string> all;
    for (const auto& argument : member.children("arg"))
        all.push_back(std::string(argument.attribute("name").value()));
    return all;
}
std::string signature(const pugi::xml_node& member, std::string_view direction) {
    std::string all;
    for (const auto& argument : member.children("arg"))
        if (direction == argument.attribute("direction").as_string("out"))
            all += argument.attribute("type").value();
    return all;
}
std::string annotation(const pugi::xml_node& member, const char* name) {
    return member.find_child_by_attribute("annotation", "name", name).attribute("value").value();
}

const char* emits_text(Emits emits) {
    switch (emits) {
        case Emits::Never:
            return "const";
        case Emits::Changes:
            return "";
        case Emits::Nothing:
        case Emits::Explicit:
            break;
    }
    return "false";
}

class TableTest : public testing::TestWithParam<const Interface*> {
  protected:
    TableTest() {
        const std::string path = std::string(SVD_SOURCE_DIR) + "/dbus/" + GetParam()->name + ".xml";
        EXPECT_TRUE(file.load_file(path.c_str())) << path;
        xml = file.child("node").find_child_by_attribute("interface", "name", GetParam()->name);
    }
    static pugi::xml_node find(const pugi::xml_node& in, const char* kind, const char* name) {
        return in.find_child_by_attribute(kind, "name", name);
    }
    std::ptrdiff_t count(const char* kind) const {
        return std::distance(xml.children(kind).begin(), xml.children(kind).end());
    }

    pugi::xml_document file;
    pugi::xml_node xml;
};

}  // namespace

TEST_P(TableTest, Methods_AreThoseOfTheXml) {
    EXPECT_EQ(count("method"), static_cast<std::ptrdiff_t>(GetParam()->methods.size()));
    for (const auto& row : GetParam()->methods) {
        const auto member = find(xml, "method", row.name);
        ASSERT_TRUE(member) << row.name;
        EXPECT_EQ(signature(member, "in"), row.in) << row.name;
        EXPECT_EQ(signature(member, "out"), row.out) << row.name;
        EXPECT_EQ(arguments(member), names_of(row.names)) << row.name;
    }
}

TEST_P(TableTest, Properties_AreThoseOfTheXml) {
    EXPECT_EQ(count("property"), static_cast<std::ptrdiff_t>(GetParam()->properties.size()));
    for (const auto& row : GetParam()->properties) {
        const auto member = find(xml, "property", row.name);
        ASSERT_TRUE(member) << row.name;
        EXPECT_STREQ(member.attribute("type").value(), row.type) << row.name;
        EXPECT_STREQ(member.attribute("access").value(), "read") << row.name;
        EXPECT_EQ(annotation(member, "org.freedesktop.DBus.Property.EmitsChangedSignal"),
                  emits_text(row.emits))
            << row.name;
        EXPECT_EQ(annotation(member, "org.freedesktop.systemd1.Explicit"),
                  row.emits == Emits::Explicit ? "true" : "")
            << row.name;
    }
}

TEST_P(TableTest, Signals_AreThoseOfTheXml) {
    EXPECT_EQ(count("signal"), static_cast<std::ptrdiff_t>(GetParam()->signals.size()));
    for (const auto& row : GetParam()->signals) {
        const auto member = find(xml, "signal", row.name);
        ASSERT_TRUE(member) << row.name;
        EXPECT_EQ(signature(member, "out"), row.type) << row.name;
        EXPECT_EQ(arguments(member), names_of(row.names)) << row.name;
    }
}

TEST_P(TableTest, WhatAMethodIsAbout_IsItsFirstArgument_OrTheObject) {
    const bool of_manager = GetParam() == &manager_interface();
    for (const auto& row : GetParam()->methods)
        if (of_manager)
            EXPECT_EQ(row.about != About::Nothing, std::string_view(row.in).starts_with('s') &&
                                                       names_of(row.names).front() == "name")
                << row.name;
        else
            EXPECT_NE(row.about, About::Nothing) << row.name;
}

INSTANTIATE_TEST_SUITE_P(Interfaces, TableTest,
                         testing::Values(&manager_interface(), &group_interface(),
                                         &process_interface()),
                         [](const auto& which) {
                             const std::string name = which.param->name;
                             return name.substr(name.rfind('.') + 1);
                         });

TEST(Actions, EveryOneThatAMethodNeeds_IsInThePolicy_AndNoOther) {
    pugi::xml_document file;
    ASSERT_TRUE(file.load_file(SVD_SOURCE_DIR "/dbus/org.svd1.policy"));
    std::set<std::string> known;
    for (const auto& action : file.child("policyconfig").children("action"))
        known.insert(action.attribute("id").value());
    std::set<std::string> needed;
    for (const auto* interface : {&manager_interface(), &group_interface(), &process_interface()})
        for (const auto& row : interface->methods)
            if (row.action != Action::None) needed.insert(action_name(row.action));
    EXPECT_EQ(known, needed);
}

TEST(Actions, WhatChangesSomething_NeedsMoreThanView) {
    for (const auto& row : manager_interface().methods) {
        const std::string_view name = row.name;
        const bool looks =
            name.starts_with("List") || name.starts_with("Get") || name.starts_with("Why");
        EXPECT_EQ(row.action == Action::View, looks) << name;
    }
}

}  // namespace svd::dbus
