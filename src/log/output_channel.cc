#include "log/output_channel.h"

#include <algorithm>
#include <utility>

#include <syslog.h>

#include "base/python_text.h"
#include "base/strings.h"

namespace svd::log {

std::string_view channel_name(Channel channel) {
    return channel == Channel::Stdout ? "stdout" : "stderr";
}

OutputChannel::OutputChannel(ChannelOptions options) : options_(std::move(options)) {
    if (options_.capture_maxbytes > 0) {
        capture_ = std::make_unique<CaptureScanner>(
            static_cast<std::size_t>(options_.capture_maxbytes),
            [this](std::string_view bytes) { pass(bytes); },
            [this](std::string_view message) {
                if (options_.on_captured) options_.on_captured(message);
            });
    }
    if (options_.syslog || options_.on_line)
        lines_ = std::make_unique<LineSplitter>(options_.on_line ? kMaxLine : kMaxSyslogLine,
                                                [this](std::string_view line) { pass_line(line); });
}

void OutputChannel::pass_line(std::string_view line) {
    if (options_.on_line) options_.on_line(line, now_);
    if (!options_.syslog) return;
    const int priority = options_.channel == Channel::Stdout ? LOG_INFO : LOG_WARNING;
    do {  // an empty line is one too
        syslog_text_.assign(options_.process).append(" ").append(line.substr(0, kMaxSyslogLine));
        options_.syslog->send(priority, syslog_text_, now_);
        line.remove_prefix(std::min(line.size(), kMaxSyslogLine));
    } while (!line.empty());
}

void OutputChannel::feed(std::string_view chunk, Now now) {
    now_ = now;
    bytes_read_ += chunk.size();
    const std::string_view text = options_.strip_ansi ? ansi_.strip(chunk) : chunk;
    if (text.empty()) return;
    if (capture_)
        capture_->feed(text);
    else
        pass(text);
}

void OutputChannel::finish(Now now) {
    now_ = now;
    ansi_.reset();
    if (capture_) capture_->finish();
    if (lines_) lines_->finish();
}

ChannelState OutputChannel::save() const {
    ChannelState saved;
    saved.ansi = ansi_.save();
    if (capture_) saved.capture = capture_->save();
    if (lines_) saved.line = lines_->unfinished();
    saved.bytes_read = bytes_read_;
    saved.bytes_passed = bytes_passed_;
    if (tail_) saved.tail = *tail_;
    return saved;
}

void OutputChannel::restore(ChannelState saved) {
    ansi_.restore(saved.ansi);
    if (capture_) capture_->restore(std::move(saved.capture));
    if (lines_ && !saved.line.empty()) lines_->feed(saved.line);
    bytes_read_ = saved.bytes_read;
    bytes_passed_ = saved.bytes_passed;
    if (!saved.tail.empty()) tail_ = std::make_unique<std::string>(std::move(saved.tail));
}

void OutputChannel::pass(std::string_view bytes) {
    if (options_.file) options_.file->write(bytes, now_.mono);
    for (const auto& file : options_.more_files) file->write(bytes, now_.mono);
    if (lines_) lines_->feed(bytes);
    if (options_.on_debug) options_.on_debug(bytes);
    if (options_.on_data) options_.on_data(bytes);
    bytes_passed_ += bytes.size();
    if (!has_own_file()) remember(bytes);
}

Status OutputChannel::reopen(MonoTime now) {
    Status status = options_.file ? options_.file->reopen(now) : Status{};
    for (const auto& file : options_.more_files)
        if (auto reopened = file->reopen(now); !reopened) status = std::move(reopened);
    return status;
}

Status OutputChannel::clear(MonoTime now) {
    Status status = options_.file ? options_.file->clear(now) : Status{};
    for (const auto& file : options_.more_files)
        if (auto cleared = file->clear(now); !cleared) status = std::move(cleared);
    return status;
}

void OutputChannel::set_debug_hook(std::function<void(std::string_view)> hook) {
    options_.on_debug = std::move(hook);
}

std::string debug_copy_text(std::string_view process, Channel channel, std::string_view data) {
    const std::string head =
        fmt::format("{} {} output:\n", py_repr(process), channel_name(channel));
    if (is_utf8(data)) return head + std::string(data);
    return head + "Undecodable: " + py_bytes_repr(data);
}

std::string debug_copy_of_protocol(std::string_view process, std::string_view data) {
    return fmt::format("{} stdout output:\n{}", py_repr(process), py_bytes_repr(data));
}

}  // namespace svd::log
