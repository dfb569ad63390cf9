// The program that the component tests start. First argument: what to do.
#include <string>
#include <vector>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace {

[[noreturn]] void wait_for_the_end() {
    for (;;) pause();
}

// Lines "key value..." about this process, on descriptor 1.
void fingerprint() {
    std::vector<int> fds;
    for (int fd = 0; fd < 4096; ++fd)
        if (fcntl(fd, F_GETFD) >= 0) fds.push_back(fd);
    std::string out = "fds";
    for (const int fd : fds) out += " " + std::to_string(fd);
    out += "\nnonblocking";
    for (const int fd : fds)
        if ((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) out += " " + std::to_string(fd);
    out += "\nown_group " + std::to_string(getpgrp() == getpid());
    out += "\nsession " + std::to_string(getsid(0));
    out += "\nuid " + std::to_string(getuid()) + " " + std::to_string(geteuid());
    out += "\ngid " + std::to_string(getgid()) + " " + std::to_string(getegid());
    gid_t groups[64];
    const int count = getgroups(64, groups);
    out += "\ngroups";
    for (int i = 0; i < count; ++i) out += " " + std::to_string(groups[i]);
    const mode_t mask = umask(0);
    char text[4096];
    snprintf(text, sizeof(text), "\numask %03o", mask);
    out += text;
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    out += "\nnofile " + std::to_string(files.rlim_cur) + " " + std::to_string(files.rlim_max);
    if (getcwd(text, sizeof(text)) != nullptr) out += std::string("\ncwd ") + text;
    for (char** variable = environ; *variable != nullptr; ++variable)
        out += std::string("\nenv ") + *variable;
    out += "\n";
    FILE* status = fopen("/proc/self/status", "re");
    while (status != nullptr && fgets(text, sizeof(text), status) != nullptr)
        if (strncmp(text, "Sig", 3) == 0) out += text;
    if (status != nullptr) fclose(status);
    FILE* cgroup = fopen("/proc/self/cgroup", "re");
    while (cgroup != nullptr && fgets(text, sizeof(text), cgroup) != nullptr)
        if (strncmp(text, "0::", 3) == 0) out += std::string("cgroup ") + (text + 3);
    if (cgroup != nullptr) fclose(cgroup);
    if (write(1, out.data(), out.size()) < 0) _exit(9);
}

void close_everything() {
    for (int fd = 0; fd < 64; ++fd) close(fd);
}

// Says "ready" once `count` daemons live: double fork, own session, no descriptors.
void tree(int count) {
    int alive[2];
    if (pipe2(alive, O_CLOEXEC) != 0) _exit(8);
    for (int i = 0; i < count; ++i) {
        const pid_t middle = fork();
        if (middle < 0) _exit(7);
        if (middle > 0) continue;
        setsid();
        const pid_t daemon = fork();
        if (daemon != 0) _exit(0);
        setsid();
        if (write(alive[1], "x", 1) != 1) _exit(6);
        close_everything();
        wait_for_the_end();
    }
    char byte = 0;
    for (int i = 0; i < count; ++i)
        if (read(alive[0], &byte, 1) != 1) _exit(5);
    if (write(1, "ready\n", 6) != 6) _exit(4);
}

// Twenty daemons that fork further daemons all the time, 100 each at most.
void storm() {
    for (int i = 0; i < 20; ++i) {
        if (fork() != 0) continue;
        setsid();
        if (fork() != 0) _exit(0);
        for (int k = 0; k < 100; ++k) {
            if (fork() == 0) {
                setsid();
                close_everything();
                wait_for_the_end();
            }
            const timespec pause_between{0, 2'000'000};
            nanosleep(&pause_between, nullptr);
        }
        wait_for_the_end();
    }
    if (write(1, "ready\n", 6) != 6) _exit(4);
}

// A process that is never there when one looks: each link forks the next one and leaves.
void hop() {
    if (write(1, "ready\n", 6) != 6) _exit(4);
    close_everything();
    if (fork() != 0) return;
    for (int i = 0; i < 1'000'000; ++i) {
        setsid();
        if (fork() != 0) _exit(0);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const int number = argc > 2 ? atoi(argv[2]) : 0;
    if (what == "fingerprint") fingerprint();
    if (what == "exit") return number;
    if (what == "kill-self") kill(getpid(), number);
    if (what == "wait") wait_for_the_end();
    if (what == "ready-wait") {
        if (write(1, "ready\n", 6) != 6) return 4;
        wait_for_the_end();
    }
    if (what == "tree" || what == "tree-exit") tree(number);
    if (what == "tree") wait_for_the_end();
    if (what == "storm") {
        storm();
        wait_for_the_end();
    }
    if (what == "hop") hop();
    if (what == "no-environment-tree") {
        if (fork() != 0) wait_for_the_end();
        if (fork() != 0) wait_for_the_end();
        setsid();
        char* const arguments[] = {argv[0], const_cast<char*>("ready-wait"), nullptr};
        char* const nothing[] = {nullptr};
        execve(argv[0], arguments, nothing);
        return 3;
    }
    return 0;
}
