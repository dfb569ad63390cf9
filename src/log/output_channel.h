// OutputChannel: what happens to the bytes of one channel (stdout or stderr) of one process.
//
//   bytes -> strip_ansi -> capture tokens -> files, syslog, line hook, PROCESS_LOG hook, debug hook
//                                  \-> captured-message hook
//
// Captured bytes reach the captured hook only. Everything is bounded: a chunk is passed on at once
// or dropped by the sink, and what has to wait (an unfinished line, a captured message,
// the beginning of a token) has a limit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "log/ansi_filter.h"
#include "log/capture_scanner.h"
#include "log/channel_state.h"
#include "log/journal_socket.h"
#include "log/line_splitter.h"
#include "log/rotating_file.h"
#include "log/syslog_socket.h"

namespace svd::log {

inline constexpr std::size_t kTailBytes = 2048;  // of last_output()

enum class Channel { Stdout, Stderr };
[[nodiscard]] std::string_view channel_name(Channel channel);  // "stdout", "stderr"

struct ChannelOptions {
    std::string process{};  // as shown before each syslog line
    Channel channel = Channel::Stdout;
    bool strip_ansi = false;
    std::int64_t capture_maxbytes = 0;                        // 0: no capture mode
    std::shared_ptr<RotatingFile> file{};                     // null: no file
    std::vector<std::shared_ptr<RotatingFile>> more_files{};  // get the same; none is null
    // Null: no syslog. Lines of stdout go as info, lines of stderr as warning.
    std::shared_ptr<SyslogSocket> syslog{};
    // For the journal, or empty: called with each line; one above kMaxLine comes in parts.
    std::function<void(std::string_view, Now)> on_line{};
    std::shared_ptr<JournalSocket> journal{};  // that on_line sends to
    // Hooks may be empty. The views hold during the call. They must not throw.
    std::function<void(std::string_view)> on_data{};      // one call per piece: PROCESS_LOG events
    std::function<void(std::string_view)> on_captured{};  // one call per message between tokens
    std::function<void(std::string_view)> on_debug{};     // for the main log: debug_copy_text
};

class OutputChannel {
  public:
    static constexpr std::size_t kMaxSyslogLine = 8UL * 1024;
    static constexpr std::size_t kMaxLine = 1024UL * 1024;

    explicit OutputChannel(ChannelOptions options);
    OutputChannel(const OutputChannel&) = delete;
    OutputChannel& operator=(const OutputChannel&) = delete;

    // One read from the pipe. Without strip_ansi and capture this is one write(2) and no copy.
    void feed(std::string_view chunk, Now now);
    // End of the stream, or of the run when the pipe is kept: sends what is still held (a beginning
    // of a token, an unfinished syslog line). The channel can be fed again afterwards.
    void finish(Now now);

    // What is held in the middle of the stream, and going on with it: nothing is passed on twice.
    [[nodiscard]] ChannelState save() const;
    // Whether it may hold something.
    [[nodiscard]] bool holds_back() const { return options_.strip_ansi || capture_ || lines_; }
    void restore(ChannelState saved);

    // SIGUSR2 and clearProcessLogs; successes when there is no file.
    Status reopen(MonoTime now);
    Status clear(MonoTime now);
    void set_file(std::shared_ptr<RotatingFile> file) { options_.file = std::move(file); }
    // The debug level may change while the process runs.
    void set_debug_hook(std::function<void(std::string_view)> hook);

    [[nodiscard]] const std::shared_ptr<RotatingFile>& file() const { return options_.file; }
    // Whoever feeds it had better wait a little.
    [[nodiscard]] bool is_congested() const {
        return options_.journal && options_.journal->is_congested();
    }
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    // The end of what this channel has passed on, at most kTailBytes, in raw bytes. From its log
    // when that is a regular file of its own (with what was rotated away after `since`), else from
    // memory, of which only channels without such a file take any.
    [[nodiscard]] std::string last_output(WallTime since) const;

  private:
    void pass(std::string_view bytes);
    void pass_line(std::string_view line);
    [[nodiscard]] bool has_own_file() const;
    void remember(std::string_view bytes);

    ChannelOptions options_;
    AnsiFilter ansi_;
    std::unique_ptr<CaptureScanner> capture_;
    std::unique_ptr<LineSplitter> lines_;
    std::string syslog_text_;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_passed_ = 0;
    std::unique_ptr<std::string> tail_;  // while there is no file to read it from
    Now now_{};                          // of the call in progress
};

// "'cat' stdout output:\n..." as the main log shows a chunk at level debug; bytes that are not
// UTF-8 are shown as "Undecodable: b'...'".
[[nodiscard]] std::string debug_copy_text(std::string_view process, Channel channel,
                                          std::string_view data);
// The same of an event listener's standard output, which is protocol: always as "b'...'".
[[nodiscard]] std::string debug_copy_of_protocol(std::string_view process, std::string_view data);

}  // namespace svd::log
