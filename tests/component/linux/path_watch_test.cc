#include "linux/path_watch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svd::os {

using namespace std::chrono_literals;

namespace {

class PathWatchTest : public testing::Test {
  protected:
    PathWatchTest() {
        char name[] = "/tmp/svd-watch-XXXXXX";
        folder = ::mkdtemp(name);
    }
    ~PathWatchTest() override { std::filesystem::remove_all(folder); }

    void watch(const std::vector<std::string>& paths) {
        auto made = PathWatch::create(loop, paths, [this] { ++came; });
        ASSERT_TRUE(made) << made.error().text;
        watching = *std::move(made);
    }
    // Everything that has happened is seen.
    void settle() {
        while (true) {
            const auto ran = loop.turn(Duration{});
            ASSERT_TRUE(ran);
            if (!*ran) return;
        }
    }
    static void make_file(const std::string& path) { std::ofstream(path) << "x"; }

    Loop loop = *Loop::create();
    std::string folder;
    PathWatch watching;
    int came = 0;
};

}  // namespace

TEST_F(PathWatchTest, AFileThatIsMade_IsToldOf) {
    watch({folder + "/a"});
    settle();
    EXPECT_EQ(came, 0);
    make_file(folder + "/a");
    settle();
    EXPECT_GT(came, 0);
}

TEST_F(PathWatchTest, OtherNames_AreNobodysBusiness) {
    watch({folder + "/a"});
    make_file(folder + "/b");
    settle();
    EXPECT_EQ(came, 0);
}

TEST_F(PathWatchTest, DirectoriesThatAreMadeFirst_LeadThere) {
    watch({folder + "/x/y/z/a"});
    std::filesystem::create_directory(folder + "/x");
    settle();
    std::filesystem::create_directories(folder + "/x/y/z");
    settle();
    EXPECT_EQ(came, 0);
    make_file(folder + "/x/y/z/a");
    settle();
    EXPECT_GT(came, 0);
}

TEST_F(PathWatchTest, ADirectoryThatGoesAndComesBack_IsFollowed) {
    std::filesystem::create_directory(folder + "/x");
    watch({folder + "/x/a"});
    std::filesystem::remove(folder + "/x");
    settle();
    std::filesystem::create_directory(folder + "/x");
    settle();
    make_file(folder + "/x/a");
    settle();
    EXPECT_GT(came, 0);
}

TEST_F(PathWatchTest, AFileThatIsMovedThere_IsToldOf_AsAnyOfSeveral) {
    watch({folder + "/a", folder + "/sub/b"});
    make_file(folder + "/other");
    std::filesystem::rename(folder + "/other", folder + "/a");
    settle();
    EXPECT_GT(came, 0);
}

TEST_F(PathWatchTest, TheWatchMayBeDestroyedWhenItIsToldOf) {
    auto made = PathWatch::create(loop, {folder + "/a"}, [this] {
        ++came;
        watching = {};
    });
    ASSERT_TRUE(made);
    watching = *std::move(made);
    make_file(folder + "/a");
    settle();
    EXPECT_EQ(came, 1);
}

}  // namespace svd::os
