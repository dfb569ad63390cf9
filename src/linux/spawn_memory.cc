#include "linux/spawn_memory.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/strings.h"
#include "linux/proc_info.h"
#include "linux/raw_syscall.h"

namespace svd::os {
namespace {

// Where the heap of brk() begins, or 0.
std::uintptr_t heap_start() {
    constexpr std::size_t kStartBrk = 47;
    const std::uintptr_t start = own_stat_field(kStartBrk);
    if (start == 0) return 0;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    return (start + page - 1) / page * page;
}

// Of those that svd is linked with, the ones that linux/spawn_child.cc never enters.
constexpr std::string_view kUnneeded[] = {
    "libcap.so.",       "libcrypt.so.",     "libfmt.so.",    "libgcc_s.so.",   "libgcrypt.so.",
    "libgpg-error.so.", "libinih.so.",      "liblz4.so.",    "liblzma.so.",    "libm.so.",
    "libpugixml.so.",   "libsdbus-c++.so.", "libstdc++.so.", "libsystemd.so.", "libzstd.so.",
};

struct Mapping {
    void* start = nullptr;
    std::size_t size = 0;
};

// A line of /proc/self/maps: start-end modes offset device inode path.
std::optional<Mapping> unneeded_mapping(std::string_view line) {
    const auto slash = line.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto name = line.substr(slash + 1);
    if (std::ranges::none_of(kUnneeded, [&](auto prefix) { return name.starts_with(prefix); }))
        return std::nullopt;
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    constexpr int kHex = 16;
    const auto first = std::from_chars(line.data(), line.data() + line.size(), start, kHex);
    const char* rest = first.ptr + 1;  // behind the hyphen
    if (first.ec != std::errc{} || rest >= line.data() + line.size()) return std::nullopt;
    if (std::from_chars(rest, line.data() + line.size(), end, kHex).ec != std::errc{})
        return std::nullopt;
    return Mapping{reinterpret_cast<void*>(start), end - start};
}

constexpr std::size_t kPidRoom = 21;  // of any unsigned long

// Hands out pieces of one block, in order.
class Cutter {
  public:
    explicit Cutter(void* memory) : next_(static_cast<std::byte*>(memory)) {}
    template <class T>
    T* array(const T* from, std::size_t count) {
        auto* piece = reinterpret_cast<T*>(next_);
        if (count > 0) std::memcpy(piece, from, count * sizeof(T));
        next_ += count * sizeof(T);
        return piece;
    }
    char* text(const std::string& from) { return array(from.c_str(), from.size() + 1); }
    // "NAME=", and room for a pid and its end.
    char* pid_variable(const std::string& name) {
        char* piece = array(name.data(), name.size());
        *next_++ = std::byte{'='};
        next_ += kPidRoom;
        return piece;
    }
    char** pointers(std::size_t count) {
        auto* piece = reinterpret_cast<char**>(next_);
        next_ += count * sizeof(char*);
        return piece;
    }

  private:
    std::byte* next_;
};

std::size_t bytes_of(const std::vector<std::string>& texts) {
    std::size_t sum = (texts.size() + 1) * sizeof(char*);
    for (const std::string& text : texts) sum += text.size() + 1;
    return sum;
}

}  // namespace

HeapStaysHome::HeapStaysHome() {
    static const std::uintptr_t start = heap_start();  // fixed for the life of the process
    const auto end = reinterpret_cast<std::uintptr_t>(sbrk(0));
    if (start == 0 || end <= start) return;
    // A static program keeps its thread-local data there, and errno is such.
    const auto thread_data = reinterpret_cast<std::uintptr_t>(&errno);
    if (thread_data >= start && thread_data < end) return;
    void* heap = reinterpret_cast<void*>(start);
    if (madvise(heap, end - start, MADV_DONTFORK) != 0) return;
    start_ = heap;
    size_ = end - start;
}

HeapStaysHome::~HeapStaysHome() {
    if (start_ != nullptr) madvise(start_, size_, MADV_DOFORK);
}

void keep_libraries_out_of_children() {
    if (kSanitized) return;  // the wrappers of the C library's calls live in such libraries
    const auto maps = read_small_file("/proc/self/maps");
    if (!maps) return;  // forks are slower, that is all
    for (const auto line : std::views::split(*maps, '\n'))
        if (const auto found = unneeded_mapping(std::string_view(line.begin(), line.end())))
            madvise(found->start, found->size, MADV_DONTFORK);
}

bool may_borrow_memory(const SpawnSpec& spec) {
    if (!kCanBorrowMemory || (spec.ids && spec.ids->uid != getuid())) return false;
    if (spec.limits.oom_score_adj) return false;
    return spec.cgroup_fd < 0 || spec.no_memory_accounting ||
           (faccessat(spec.cgroup_fd, "memory.max", F_OK, 0) != 0 &&
            faccessat(spec.cgroup_fd, "../memory.max", F_OK, 0) != 0);
}

std::size_t SpawnArena::bytes_needed(const SpawnSpec& spec) {
    const std::size_t group_count = spec.ids ? spec.ids->groups.size() : 0;
    std::size_t pid_bytes = 0;
    for (const std::string& name : spec.pid_variables)
        pid_bytes += sizeof(char*) + name.size() + 1 + kPidRoom;
    return bytes_of(spec.argv) + bytes_of(spec.env) + pid_bytes +
           spec.passed.size() * sizeof(PassedFd) +
           spec.limits.resources.size() * sizeof(ResourceLimit) + group_count * sizeof(gid_t) +
           spec.path.size() + 1 + spec.directory.value_or("").size() + 1;
}

SpawnArena SpawnArena::copy_into(std::span<std::byte> memory, const SpawnSpec& spec) {
    // Most demanding alignment first: pointers, limits, groups, texts.
    static_assert(alignof(ResourceLimit) <= alignof(char*) && alignof(gid_t) <= alignof(char*));
    static_assert(alignof(PassedFd) <= alignof(gid_t));
    SpawnArena arena;
    Cutter cut(memory.data());
    char** argv = cut.pointers(spec.argv.size() + 1);
    char** envp = cut.pointers(spec.env.size() + spec.pid_variables.size() + 1);
    arena.limits = cut.array(spec.limits.resources.data(), spec.limits.resources.size());
    arena.passed = cut.array(spec.passed.data(), spec.passed.size());
    if (spec.ids) arena.groups = cut.array(spec.ids->groups.data(), spec.ids->groups.size());
    for (std::size_t i = 0; i < spec.argv.size(); ++i) argv[i] = cut.text(spec.argv[i]);
    for (std::size_t i = 0; i < spec.env.size(); ++i) envp[i] = cut.text(spec.env[i]);
    char** pid_variables = envp + spec.env.size();
    for (std::size_t i = 0; i < spec.pid_variables.size(); ++i)
        pid_variables[i] = cut.pid_variable(spec.pid_variables[i]);
    argv[spec.argv.size()] = nullptr;
    pid_variables[spec.pid_variables.size()] = nullptr;
    if (!spec.pid_variables.empty()) arena.pid_variables = pid_variables;
    arena.argv = argv;
    arena.envp = envp;
    arena.path = cut.text(spec.path);
    if (spec.directory) arena.directory = cut.text(*spec.directory);
    return arena;
}

Result<SpawnArena> SpawnArena::copy(const SpawnSpec& spec) {
    const std::size_t size = bytes_needed(spec);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return fail_errno(errno, "make room for the arguments of {}", spec.path);
    SpawnArena arena = copy_into({static_cast<std::byte*>(memory), size}, spec);
    arena.memory_ = memory;
    arena.size_ = size;
    return arena;
}

SpawnArena::SpawnArena(SpawnArena&& other) noexcept
    : path(other.path),
      directory(other.directory),
      argv(other.argv),
      envp(other.envp),
      pid_variables(other.pid_variables),
      groups(other.groups),
      limits(other.limits),
      passed(other.passed),
      memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_) {}

SpawnArena::~SpawnArena() {
    if (memory_ != nullptr) munmap(memory_, size_);
}

}  // namespace svd::os
