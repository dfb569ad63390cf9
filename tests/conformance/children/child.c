/* The helper program of the conformance scenarios: one small program with many modes.
 *
 *   child exit CODE [MS]       exits with CODE after MS milliseconds
 *   child tell [PREFIX]        prints `ready`, then `got N` for every signal; never dies of one
 *   child signal N             kills itself with signal N
 *   child flood BYTES          writes BYTES bytes `x` in one go and then waits for ever
 *   child burst BYTES          writes BYTES bytes `x` and exits 0
 *   child argv FILE ARG...     writes every ARG on a line of FILE and waits for ever
 *   child env FILE             writes the environment to FILE and waits for ever
 *   child print FILE           writes what the process inherited to FILE and waits for ever
 *   child echo                 copies stdin to stdout
 *   child order FILE NAME      appends `start NAME`, and `stop NAME` when TERM comes, then exits 0
 *   child family FILE          forks a child that ignores nothing, writes both pids, both wait
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;
static const char *order_file;
static const char *order_name;

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

static void say_signal(int number)
{
    char line[32];
    int length = snprintf(line, sizeof line, "got %d\n", number);
    if (write(1, line, (size_t)length) < 0)
        _exit(99);
}

/* The file appears complete: it is written beside its name and then renamed. */
static FILE *open_beside(const char *path, char *temporary, size_t size)
{
    snprintf(temporary, size, "%s.part", path);
    FILE *file = fopen(temporary, "w");
    if (!file)
        exit(98);
    return file;
}

static void publish(FILE *file, const char *temporary, const char *path)
{
    if (fclose(file) != 0 || rename(temporary, path) != 0)
        exit(97);
}

static void append_line(const char *word)
{
    char line[256];
    int fd = open(order_file, O_WRONLY | O_APPEND | O_CREAT, 0644);
    int length = snprintf(line, sizeof line, "%s %s\n", word, order_name);
    if (fd < 0 || write(fd, line, (size_t)length) < 0)
        _exit(96);
    close(fd);
}

static void stopped(int number)
{
    (void)number;
    append_line("stop");
    _exit(0);
}

static void print_status_lines(FILE *out)
{
    char line[512];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "SigIgn", 6) || !strncmp(line, "SigBlk", 6) ||
            !strncmp(line, "Groups", 6) || !strncmp(line, "NoNewPrivs", 10))
            fputs(line, out);
    if (status)
        fclose(status);
}

static void print_descriptors(FILE *out)
{
    for (int fd = 0; fd < 1100; fd++) {
        struct stat info;
        if (fd == fileno(out) || fstat(fd, &info) != 0)
            continue;
        const char *kind = S_ISFIFO(info.st_mode) ? "pipe" : S_ISSOCK(info.st_mode) ? "socket"
                         : S_ISCHR(info.st_mode) ? "character" : "other";
        int flags = fcntl(fd, F_GETFL);
        fprintf(out, "fd %d %s %s%s\n", fd, kind,
                (flags & O_ACCMODE) == O_RDONLY ? "read" : (flags & O_ACCMODE) == O_WRONLY ? "write" : "both",
                flags & O_NONBLOCK ? " nonblocking" : "");
    }
}

static void print_inherited(const char *path)
{
    char temporary[512], cwd[512];
    FILE *out = open_beside(path, temporary, sizeof temporary);
    mode_t mask = umask(0);
    umask(mask);
    print_descriptors(out);
    print_status_lines(out);
    fprintf(out, "umask %04o\ncwd %s\n", (unsigned)mask, getcwd(cwd, sizeof cwd) ? cwd : "?");
    fprintf(out, "uid %d gid %d euid %d egid %d\n", getuid(), getgid(), geteuid(), getegid());
    fprintf(out, "leads its group %d\nsession of parent %d\n", getpgid(0) == getpid(), getsid(0) == getsid(getppid()));
    fprintf(out, "leads its session %d\nterminal %d\n", getsid(0) == getpid(), open("/dev/tty", O_RDWR) >= 0);
    publish(out, temporary, path);
}

static void print_environment(const char *path)
{
    char temporary[512];
    FILE *out = open_beside(path, temporary, sizeof temporary);
    for (char **item = environ; *item; item++)
        fprintf(out, "%s%c", *item, 0);
    publish(out, temporary, path);
}

static void print_arguments(int count, char **values, const char *path)
{
    char temporary[512];
    FILE *out = open_beside(path, temporary, sizeof temporary);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s%c", values[i], 0);
    publish(out, temporary, path);
}

static void pour(long bytes)
{
    char block[4096];
    memset(block, 'x', sizeof block);
    while (bytes > 0) {
        size_t part = bytes < (long)sizeof block ? (size_t)bytes : sizeof block;
        ssize_t done = write(1, block, part);
        if (done < 0)
            exit(95);
        bytes -= done;
    }
}

static void copy_input(void)
{
    char block[4096];
    ssize_t count;
    while ((count = read(0, block, sizeof block)) > 0)
        if (write(1, block, (size_t)count) < 0)
            exit(94);
}

static void make_family(const char *path)
{
    char temporary[512];
    pid_t child = fork();
    if (child == 0)
        wait_for_ever();
    FILE *out = open_beside(path, temporary, sizeof temporary);
    fprintf(out, "%d %d\n", getpid(), child);
    publish(out, temporary, path);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 93;
    const char *mode = argv[1];
    const char *first = argc > 2 ? argv[2] : "";
    if (!strcmp(mode, "exit")) {
        usleep(argc > 3 ? (useconds_t)atoi(argv[3]) * 1000 : 0);
        return atoi(first);
    } else if (!strcmp(mode, "tell")) {
        int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            signal(numbers[i], say_signal);
        if (write(1, "ready\n", 6) < 0)
            return 92;
    } else if (!strcmp(mode, "signal")) {
        kill(getpid(), atoi(first));
    } else if (!strcmp(mode, "flood")) {
        pour(atol(first));
    } else if (!strcmp(mode, "burst")) {
        pour(atol(first));
        return 0;
    } else if (!strcmp(mode, "argv")) {
        print_arguments(argc - 3, argv + 3, first);
    } else if (!strcmp(mode, "env")) {
        print_environment(first);
    } else if (!strcmp(mode, "print")) {
        print_inherited(first);
    } else if (!strcmp(mode, "echo")) {
        copy_input();
        return 0;
    } else if (!strcmp(mode, "order") && argc > 3) {
        order_file = first;
        order_name = argv[3];
        signal(SIGTERM, stopped);
        append_line("start");
    } else if (!strcmp(mode, "family")) {
        make_family(first);
    } else {
        return 91;
    }
    wait_for_ever();
}
