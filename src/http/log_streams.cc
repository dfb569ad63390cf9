#include "http/log_streams.h"

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "log/follow.h"

namespace svd::http {
namespace {

using Text = control::Outcome<std::string>;

constexpr std::int64_t kFirstBytes = 1024;
constexpr Duration kPollEvery = std::chrono::milliseconds(100);
constexpr std::size_t kSliceBytes = 64U << 10;  // per stream and turn
constexpr std::size_t kStreamsPerTurn = 16;     // others of the loop get their turns in between
constexpr std::string_view kTruncated = "==> File truncated <==\n";

class LogStreams {
  public:
    static Result<std::shared_ptr<LogStreams>> create(os::Loop& loop) {
        auto streams = std::make_shared<LogStreams>();
        SVD_TRY(streams->timer_,
                os::Timer::create(loop, [it = streams.get()] { it->turn(); }, os::Priority::Idle));
        return streams;
    }

    // Answers with the log's end and follows it; 404 when there is none.
    void follow(const Text& path, bool behind_proxies, Responder responder);

  private:
    struct Following {
        log::Follower file;
        Stream stream;
        bool due = true;       // to be looked at in the next turn
        bool blocked = false;  // the client has to read first
    };

    void turn();
    void serve(Following& following);
    void arm();

    // Followings are erased from the loop (on_gone), never inside a call made from here.
    std::list<Following> followings_;
    std::unique_ptr<char[]> buffer_;  // while there are followings
    MonoTime next_poll_{};
    os::Timer timer_;
};

void LogStreams::follow(const Text& path, bool behind_proxies, Responder responder) {
    if (!path) return responder.error(404);
    auto file = log::Follower::open(*path, kFirstBytes);
    if (!file) return responder.error(404);

    wire::HeaderList headers{{"Last-Modified", wire::http_date(file->modified())},
                             {"Content-Type", "text/plain;charset=utf-8"},
                             // Without it Chromium shows nothing before it has seen 1 KiB.
                             {"X-Content-Type-Options", "nosniff"}};
    // Keeps nginx from collecting the lines.
    if (behind_proxies) headers.add("X-Accel-Buffering", "no");
    Stream stream = responder.stream(200, headers);
    if (!stream.is_open()) return;

    if (followings_.empty()) {
        buffer_ = std::make_unique_for_overwrite<char[]>(kSliceBytes);
        next_poll_ = os::Loop::now().mono + kPollEvery;
    }
    const auto here =
        followings_.insert(followings_.end(), Following{*std::move(file), std::move(stream)});
    here->stream.on_room([this, here] {
        here->blocked = false;
        here->due = true;
        arm();
    });
    here->stream.on_gone([this, here] {
        followings_.erase(here);
        if (followings_.empty()) buffer_.reset();
        arm();
    });
    serve(*here);
    arm();
}

void LogStreams::turn() {
    const MonoTime now = os::Loop::now().mono;
    if (now >= next_poll_) {
        for (Following& following : followings_) following.due = !following.blocked;
        next_poll_ = now + kPollEvery;
    }
    // Whoever has been looked at goes to the end, so that all get their share.
    std::size_t served = 0;
    for (std::size_t left = followings_.size(); left > 0 && served < kStreamsPerTurn; --left) {
        Following& first = followings_.front();
        if (first.due) {
            serve(first);
            ++served;
        }
        followings_.splice(followings_.end(), followings_, followings_.begin());
    }
    arm();
}

void LogStreams::serve(Following& following) {
    following.due = false;
    const std::size_t room = following.stream.room();
    following.blocked = room < kTruncated.size();
    if (following.blocked) return;
    const std::span<char> slice(buffer_.get(), std::min(room, kSliceBytes));
    const auto step = following.file.read(slice);
    switch (step.kind) {
        case log::Follower::Step::Kind::Nothing:
            return;
        case log::Follower::Step::Kind::Truncated:
            following.stream.write(kTruncated);
            break;
        case log::Follower::Step::Kind::Bytes:
            following.stream.write(std::string_view(slice.data(), step.count));
            break;
    }
    following.due = step.more;
}

void LogStreams::arm() {
    std::optional<MonoTime> next;
    for (const Following& following : followings_) {
        if (following.due) return timer_.set(os::Loop::now().mono);
        if (!following.blocked) next = next_poll_;
    }
    timer_.set(next);
}

struct LogName {
    std::string_view process;
    std::optional<control::Channel> channel;  // empty: there is no such channel
};

// "/logtail/NAME" or "/logtail/NAME/CHANNEL". Supervisor ignores how its first part goes on.
LogName split_path(std::string_view path) {
    path.remove_prefix(std::min(path.find('/', 1), path.size()));
    if (path.empty()) return {};
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (slash == std::string_view::npos) return {name, control::Channel::Stdout};
    const std::string_view channel = path.substr(slash + 1);
    if (channel == "stdout") return {name, control::Channel::Stdout};
    if (channel == "stderr") return {name, control::Channel::Stderr};
    return {name, std::nullopt};
}

}  // namespace

Result<std::vector<Route>> make_log_routes(os::Loop& loop, control::Supervisor& supervisor) {
    SVD_TRY(const auto streams, LogStreams::create(loop));
    std::vector<Route> routes;
    routes.push_back({PathMatch::Prefix,
                      "/logtail",
                      {"GET"},
                      [streams, &supervisor](Request& request, Responder responder) {
                          const LogName log = split_path(request.path);
                          if (!log.channel) return responder.error(404);
                          streams->follow(supervisor.log_path_of(log.process, *log.channel), true,
                                          std::move(responder));
                      }});
    routes.push_back({PathMatch::Prefix,
                      "/mainlogtail",
                      {"GET"},
                      [streams, &supervisor](Request&, Responder responder) {
                          streams->follow(supervisor.main_log_path(), false, std::move(responder));
                      }});
    return routes;
}

Route ok_route() {
    return {
        PathMatch::Exact, "/ok.html", {"GET", "HEAD", "POST"}, [](Request&, Responder responder) {
            responder.send({200, {{"Content-Type", "text/plain"}}, "OK"});
        }};
}

}  // namespace svd::http
