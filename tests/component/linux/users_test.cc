#include "linux/users.h"

#include <algorithm>

#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "linux/proc_info.h"
#include "linux/signals.h"
#include "support.h"

namespace svd::os::test {
namespace {

TEST(Users, KnownUser_IsFoundByNameAndNumber) {
    const Credentials by_name = credentials_of("root").value();
    const Credentials by_number = credentials_of("0").value();
    EXPECT_EQ(by_name.uid, 0U);
    EXPECT_EQ(by_name.groups, by_number.groups);
    EXPECT_NE(std::find(by_name.groups.begin(), by_name.groups.end(), by_name.gid),
              by_name.groups.end());
}

TEST(Users, UnknownUser_IsToldInSupervisorsWords) {
    EXPECT_EQ(credentials_of("nosuchuser").error().text, "Can't find username 'nosuchuser'");
    EXPECT_EQ(credentials_of(uid_t{4'000'111}).error().text, "Can't find uid 4000111");
    EXPECT_EQ(credentials_of("4000111").error().text, "Can't find uid 4000111");
}

TEST(Users, DroppedPrivileges_AreGoneForGood) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    const int code = in_own_process([] {
        const Credentials nobody{kNobody, kNobody, {kNobody, 7}};
        if (!drop_privileges(nobody)) return 1;
        if (getuid() != kNobody || geteuid() != kNobody || getegid() != kNobody) return 2;
        gid_t groups[8];
        if (getgroups(8, groups) != 2) return 3;
        if (setuid(0) == 0) return 4;
        if (!drop_privileges(nobody)) return 5;  // already that user
        const auto again = drop_privileges({1, 1, {}});
        return !again && again.error().text == "Can't drop privilege as nonroot user" ? 0 : 6;
    });
    EXPECT_EQ(code, 0);
}

TEST(Limits, TooSmallLimit_IsRaisedAndChildrenGetTheWantedOne) {
    const int code = in_own_process([] {
        const rlimit small{64, 2048};
        if (setrlimit(RLIMIT_NOFILE, &small) != 0) return 1;
        const auto outcome = raise_limits(1024, 1);
        if (!outcome) return 2;
        if (outcome->notes != std::vector<std::string>{"Increased RLIMIT_NOFILE limit to 1024"})
            return 3;
        rlimit own{};
        getrlimit(RLIMIT_NOFILE, &own);
        if (own.rlim_cur != 2048) return 4;
        if (outcome->for_children.size() != 1) return 5;
        const ResourceLimit& child = outcome->for_children.front();
        return child.value.rlim_cur == 1024 && child.value.rlim_max == 2048 ? 0 : 6;
    });
    EXPECT_EQ(code, 0);
}

// Slots in the descriptor table, a multiple of 64.
int table_size() {
    const auto status = read_small_file("/proc/self/status").value();
    return std::stoi(status.substr(status.find("FDSize:") + sizeof("FDSize:")));
}

TEST(Limits, ReservedDescriptors_AreInTheTableAtOnce) {
    const int code = in_own_process([] {
        const rlimit limit{1000, 1000};
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
        if (table_size() > 512) return 2;
        reserve_descriptors(800);
        if (table_size() < 800) return 3;
        if (fcntl(799, F_GETFD) >= 0) return 4;
        reserve_descriptors(5000);  // as far as the limit goes
        reserve_descriptors(0);
        return table_size() >= 1000 ? 0 : 5;
    });
    EXPECT_EQ(code, 0);
}

TEST(Limits, BeyondTheHardLimit_NamesTheRealOne) {
    const int code = in_own_process([] {
        const rlimit small{64, 512};
        if (setrlimit(RLIMIT_NOFILE, &small) != 0) return 1;
        if (getuid() == 0 && !become_nobody()) return 2;
        const auto outcome = raise_limits(1024, 1);
        if (outcome) return 3;
        const std::string& text = outcome.error().text;
        if (!text.starts_with("The minimum number of file descriptors required to run this process "
                              "is 1024 as per the \"minfds\" command-line argument or config file "
                              "setting."))
            return 4;
        return text.find("512") != std::string::npos ? 0 : 5;
    });
    EXPECT_EQ(code, 0);
}

TEST(Setup, ClosedStandardDescriptors_AreFilled) {
    const int code = in_own_process([] {
        close(0);
        close(2);
        if (!sanitize_standard_fds()) return 1;
        for (int fd = 0; fd < 3; ++fd)
            if (fcntl(fd, F_GETFD) != 0) return 2;
        char target[64] = "";
        if (readlink("/proc/self/fd/2", target, sizeof(target) - 1) < 0) return 3;
        return std::string(target) == "/dev/null" ? 0 : 4;
    });
    EXPECT_EQ(code, 0);
}

TEST(Setup, Daemonize_LeavesASessionLeaderWithoutTerminalOrOutput) {
    auto report = make_pipe().value();
    const int parent_code = in_own_process([&] {
        const pid_t before = getpid();
        if (!daemonize()) return 1;
        char target[64] = "";
        bool good = getpid() != before && getsid(0) == getpid();
        for (const char* link : {"/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"})
            good = good && readlink(link, target, sizeof(target) - 1) > 0 &&
                   std::string(target) == "/dev/null";
        const char verdict = good ? 'y' : 'n';
        return write(report.write.get(), &verdict, 1) == 1 ? 0 : 2;
    });
    EXPECT_EQ(parent_code, 0);
    char verdict = '?';
    ASSERT_EQ(read(report.read.get(), &verdict, 1), 1);
    EXPECT_EQ(verdict, 'y');
}

TEST(Setup, PrepareSignals_UndoesAnInheritedIgnoreOfChildExits) {
    const int code = in_own_process([] {
        signal(SIGCHLD, SIG_IGN);
        if (!prepare_signals()) return 1;
        const pid_t pid = fork();
        if (pid == 0) _exit(6);
        int status = 0;
        if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 6) return 2;
        kill(getpid(), SIGTERM);  // blocked: must not end us
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGPIPE);
        return 0;
    });
    EXPECT_EQ(code, 0);
}

TEST(Setup, PrepareSignals_LeavesNothingThatAStarterOrTheDaemonIgnoresToChildren) {
    const int code = in_own_process([] {
        for (const int number : {SIGWINCH, SIGTTOU, SIGRTMIN + 3}) signal(number, SIG_IGN);
        if (signals_ignored() != kAllSignals || !prepare_signals()) return 1;
        if (std::popcount(signals_ignored()) != 2) return 2;
        const std::string output = run_child(child_spec({"fingerprint"})).output;
        return output.find("SigIgn:\t0000000000000000") != std::string::npos ? 0 : 3;
    });
    EXPECT_EQ(code, 0);
}

TEST(PidFileTest, File_HoldsThePidAndGoesAway) {
    const ScratchDirectory scratch;
    {
        const PidFile file = PidFile::write(scratch / "pid").value();
        EXPECT_EQ(read_small_file(scratch / "pid").value(), std::to_string(getpid()) + "\n");
    }
    EXPECT_FALSE(std::filesystem::exists(scratch / "pid"));
}

TEST(PidFileTest, FileOfAnotherDaemon_IsLeftAlone) {
    const ScratchDirectory scratch;
    PidFile file = PidFile::write(scratch / "pid").value();
    {
        const auto other =
            UniqueFd::adopt(open((scratch / "pid").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
        ASSERT_EQ(write(other.get(), "1\n", 2), 2);
    }
    file.remove();
    EXPECT_TRUE(std::filesystem::exists(scratch / "pid"));
}

TEST(PidFileTest, UnwritablePlace_IsToldInSupervisorsWords) {
    EXPECT_EQ(PidFile::write("/nonexistent/pid").error().text,
              "could not write pidfile /nonexistent/pid");
}

}  // namespace
}  // namespace svd::os::test
