#include "dbus/paths.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemd/sd-bus.h>

namespace svd::dbus {

namespace {
// What sd-bus makes of it.
std::string encoded(const std::string& text) {
    char* path = nullptr;
    EXPECT_GE(sd_bus_path_encode("/p", text.c_str(), &path), 0);
    std::string label = std::string(path).substr(3);
    std::free(path);
    return label;
}
}  // namespace

TEST(Paths, Escaping_IsSdBuss) {
    for (const char* text :
         {"web", "web-1", "1st", "a1", "", "_", "a.b_c", "\xc3\xa4", "x y:z/", "9"})
        EXPECT_EQ(escape_label(text), encoded(text)) << text;
}

TEST(Paths, EveryByte_ComesBack) {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(unescape_label(escape_label(all)), all);
    EXPECT_EQ(unescape_label("_"), "");
}

TEST(Paths, WhatEscapingNeverWrites_IsNoLabel) {
    for (const char* label : {"", "a-b", "_6", "a_", "_6g", "_61", "_2D", "1a", "a/b", "a\n", "__"})
        EXPECT_EQ(unescape_label(label), std::nullopt) << label;
}

TEST(Paths, ProcessPath_GivesItsNamesBack) {
    EXPECT_EQ(process_path("cat", "cat-1"), "/org/svd1/process/cat/cat_2d1");
    EXPECT_EQ(read_process_path("/org/svd1/process/cat/cat_2d1"), (ProcessName{"cat", "cat-1"}));
    EXPECT_EQ(read_group_path(group_path("a.b")), "a.b");
    EXPECT_EQ(read_process_folder("/org/svd1/process/cat"), "cat");
}

TEST(Paths, OtherPaths_AreNoObjects) {
    for (const char* path :
         {"", "/", "/org/svd1/process", "/org/svd1/process/", "/org/svd1/process/a",
          "/org/svd1/process/a/", "/org/svd1/process//a", "/org/svd1/process/a/b/c",
          "/org/svd1/processes/a/b", "/org/svd1/group/a/b"})
        EXPECT_EQ(read_process_path(path), std::nullopt) << path;
    EXPECT_EQ(read_group_path("/org/svd1/group"), std::nullopt);
    EXPECT_EQ(read_group_path("/org/svd1/group/a/b"), std::nullopt);
}

}  // namespace svd::dbus
