// Accounting files of cgroups and of /proc, as kernels write them.
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "linux/cgroup_files.h"
#include "linux/memory_use.h"
#include "linux/proc_usage.h"

namespace svd::os {
namespace {

std::string recorded(const std::string& name) {
    const std::ifstream file(SVD_SOURCE_DIR "/tests/data/cgroup/" + name);
    EXPECT_TRUE(file.is_open()) << name;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(CpuStat, UsageUserAndSystem_AreReadAmongOtherLines) {
    EXPECT_EQ(parse_cpu_stat(recorded("cpu.stat")), (CpuStat{8123456, 6001234, 2122222}));
    EXPECT_EQ(parse_cpu_stat("usage_usec 7"), (CpuStat{7, 0, 0}));
    EXPECT_EQ(parse_cpu_stat(""), std::nullopt);
    EXPECT_EQ(parse_cpu_stat("usage_usecs 7\n"), std::nullopt);
    EXPECT_EQ(parse_cpu_stat("usage_usec -7\n"), std::nullopt);
}

TEST(IoStat, Devices_AreSummed) {
    EXPECT_EQ(parse_io_stat(recorded("io.stat")), (IoStat{90434560, 299008000}));
    EXPECT_EQ(parse_io_stat(""), IoStat{});
    EXPECT_EQ(parse_io_stat("8:0 rbytes= wbytes=x\n8:1 rbytes=5"), (IoStat{5, 0}));
}

TEST(IoStat, SumThatWouldOverflow_StaysAtTheMost) {
    EXPECT_EQ(parse_io_stat("8:0 rbytes=18446744073709551615\n8:1 rbytes=2\n").read_bytes,
              UINT64_MAX);
}

TEST(Numbers, OneNumber_IsReadAndAnythingElseIsNone) {
    EXPECT_EQ(parse_number(recorded("memory.current")), 629141504U);
    EXPECT_EQ(parse_number(recorded("pids.current")), 42U);
    EXPECT_EQ(parse_number("1 2"), std::nullopt);
    EXPECT_EQ(parse_number(""), std::nullopt);
    EXPECT_EQ(parse_number("18446744073709551616"), std::nullopt);
}

TEST(Numbers, LimitOfMax_IsNone) {
    EXPECT_EQ(parse_limit(recorded("memory.max")), 629145600U);
    EXPECT_EQ(parse_limit(recorded("memory.high")), std::nullopt);
}

TEST(CpuMax, QuotaAndPeriod_BecomeThousandthsOfACpu) {
    EXPECT_EQ(parse_cpu_max(recorded("cpu.max")), 1500U);
    EXPECT_EQ(parse_cpu_max("max 100000\n"), std::nullopt);
    EXPECT_EQ(parse_cpu_max("100 0\n"), std::nullopt);
    EXPECT_EQ(parse_cpu_max("18446744073709551615 1\n"), std::nullopt);
    EXPECT_EQ(parse_cpu_max("100\n"), std::nullopt);
}

TEST(MemoryEvents, OomKill_IsToldFromNamesThatBeginLikeIt) {
    const auto text = recorded("memory.events");
    EXPECT_EQ(parse_keyed(text, "oom_kill"), 2U);
    EXPECT_EQ(parse_keyed(text, "oom"), 3U);
    EXPECT_EQ(parse_keyed(text, "oom_"), std::nullopt);
}

TEST(Lines, EveryThread_IsALine) {
    EXPECT_EQ(count_lines("12\n13\n14\n"), 3U);
    EXPECT_EQ(count_lines(""), 0U);
}

TEST(Memory, CacheAndSlabs_CanBeTakenBackAndSwapCounts) {
    const auto reading = parse_memory(recorded("memory.current"), recorded("memory.stat"),
                                      recorded("memory.swap.current"));
    ASSERT_TRUE(reading);
    EXPECT_EQ(*reading, (MemoryReading{629141504, 41943040 + 62914560 + 1048576, 4194304}));
    EXPECT_EQ(reading->used(), 629141504U - 105906176U + 4194304U);
}

TEST(Memory, FilesThatAreMissing_AreNoFigures) {
    EXPECT_EQ(parse_memory("", "anon 5\n", ""), std::nullopt);
    EXPECT_EQ(parse_memory("4096\n", "", ""), (MemoryReading{4096, 0, 0}));
}

TEST(ProcStatus, MemoryAndThreads_AreReadInBytes) {
    EXPECT_EQ(parse_proc_status(recorded("proc_status")),
              (ProcMemory{20480 * 1024, 21780 * 1024, 512 * 1024, 4, 112 * 1024, 0}));
}

TEST(ProcStatus, KernelThreadWithoutMemory_HasThreadsOnly) {
    EXPECT_EQ(parse_proc_status("Name:\tkthreadd\nThreads:\t1\n"), (ProcMemory{0, 0, 0, 1, 0, 0}));
    EXPECT_EQ(parse_proc_status("VmRSS:\t8 kB\nThreads:\t1\n"),
              (ProcMemory{8192, 0, 0, 1, 8192, 0}))
        << "without its parts";
    EXPECT_EQ(parse_proc_status("Name:\tx\n"), std::nullopt);
    EXPECT_EQ(parse_proc_status("Threads:\n"), std::nullopt);
}

TEST(ProcIo, BytesOfTheBlockLayer_AreToldFromThoseOfTheCalls) {
    EXPECT_EQ(parse_proc_io(recorded("proc_io")), (ProcIo{409600, 73728}));
    EXPECT_EQ(parse_proc_io("rchar: 1\n"), std::nullopt);
}

TEST(ProcStat, Times_AreFoundBehindAnyName) {
    EXPECT_EQ(parse_proc_times(recorded("proc_stat")), (ProcTimes{151, 49}));
    EXPECT_EQ(parse_proc_times("1 (x S 2"), std::nullopt);
    EXPECT_EQ(parse_proc_times("1 (x) S 2 3"), std::nullopt);
}

}  // namespace
}  // namespace svd::os
