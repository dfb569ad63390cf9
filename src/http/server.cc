#include "http/server.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <unordered_map>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "linux/sockets.h"
#include "wire/http_message.h"

namespace svd::http {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr std::size_t kReadBytes = 64U << 10;
constexpr Duration kAcceptRetry = std::chrono::seconds(1);
constexpr Duration kComplaintInterval = std::chrono::minutes(1);

Result<wire::PasswordVerifier::Key> random_key() {
    wire::PasswordVerifier::Key key{};
    // Up to 256 bytes are never cut short once the kernel's pool is ready, which it is after boot.
    if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
        return fail_errno(errno, "getrandom");
    }
    return key;
}

void tune_tcp(int fd) {
    const int on = 1;
    // Failing would cost some speed or leave a dead peer for longer, nothing else.
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

Peer make_peer(const os::Peer& who, const std::string& listener) {
    Peer peer;
    peer.listener = listener;
    if (who.kind == os::Peer::Kind::Unix) {
        peer.address = "localhost";
        peer.credentials = PeerCredentials{who.pid, who.uid, who.gid};
    } else {
        peer.address = who.host;
        peer.port = who.port;
    }
    return peer;
}

}  // namespace

class Server::Impl final : public ConnectionHost {
  public:
    Impl(os::Loop& loop, std::vector<Route> routes, Limits limits, Hooks hooks)
        : loop_(loop), routes_(std::move(routes)), limits_(limits), hooks_(std::move(hooks)) {}

    ~Impl() {
        for (const auto& [key, connection] : connections_) connection->abandon();
    }

    Status listen(Listener spec);
    void stop_listening() { listeners_.clear(); }
    void say_goodbye();
    [[nodiscard]] std::size_t connection_count() const { return connections_.size(); }
    [[nodiscard]] std::size_t unsent_count() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            connections_, [](const auto& entry) { return entry.second->has_unsent(); }));
    }

    [[nodiscard]] const Limits& limits() const override { return limits_; }
    [[nodiscard]] const Hooks& hooks() const override { return hooks_; }
    [[nodiscard]] const std::vector<Route>& routes() const override { return routes_; }
    [[nodiscard]] Now now() const override { return hooks_.now ? hooks_.now() : read_clocks(); }
    [[nodiscard]] std::string_view date() override;
    [[nodiscard]] std::span<char> read_buffer() override {
        if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kReadBytes);
        return {buffer_.get(), kReadBytes};
    }
    void deadline_changed(std::optional<MonoTime> before, std::optional<MonoTime> after) override;
    void closed(Connection& connection) override;

  private:
    struct OpenListener {
        UniqueFd fd;
        std::shared_ptr<ListenerState> state;
        os::Watch watch;
    };

    void accept_some(OpenListener& listener);
    void admit(const OpenListener& listener, UniqueFd fd);
    [[nodiscard]] bool is_full() const { return connections_.size() >= limits_.max_connections; }
    // The connection that may go first when there are too many; null when all are busy.
    [[nodiscard]] Connection* longest_idle() const;
    void drop(Connection& connection);
    void pause_accepting(std::string_view why);
    void resume_accepting();
    void on_time();
    void arm(MonoTime deadline);
    void log(Severity severity, std::string_view text) const {
        if (hooks_.log) hooks_.log(severity, text);
    }

    os::Loop& loop_;
    std::vector<Route> routes_;
    Limits limits_;
    Hooks hooks_;
    std::unique_ptr<char[]> buffer_;  // while somebody is connected
    std::vector<std::unique_ptr<OpenListener>> listeners_;
    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
    std::size_t deadlines_ = 0;  // connections that have one
    bool paused_ = false;
    std::optional<MonoTime> accept_retry_;
    std::optional<MonoTime> last_complaint_;
    std::int64_t date_second_ = -1;
    std::string date_;
    os::Timer timer_;
};

Status Server::Impl::listen(Listener spec) {
    if (!timer_) {
        SVD_TRY(timer_, os::Timer::create(loop_, [this] { on_time(); }));
    }
    auto listener = std::make_unique<OpenListener>();
    listener->fd = std::move(spec.fd);
    listener->state = std::make_shared<ListenerState>();
    listener->state->name = std::move(spec.name);
    if (spec.auth) {
        SVD_TRY(const auto key, random_key());
        listener->state->verifier.emplace(std::move(spec.auth->username),
                                          std::move(spec.auth->password), key);
    }
    OpenListener* raw = listener.get();
    SVD_TRY(listener->watch,
            os::Watch::add(loop_, raw->fd.get(), paused_ ? 0U : EPOLLIN, os::Priority::Control,
                           [this, raw](std::uint32_t) { accept_some(*raw); }));
    listeners_.push_back(std::move(listener));
    return {};
}

void Server::Impl::accept_some(OpenListener& listener) {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        Connection* const spare = is_full() ? longest_idle() : nullptr;
        if (is_full() && spare == nullptr) return pause_accepting("too many open connections");
        os::Accepted accepted = os::accept_connection(listener.fd.get());
        switch (accepted.outcome) {
            case os::Accepted::Outcome::Connection:
                if (spare != nullptr) drop(*spare);
                admit(listener, std::move(accepted.fd));
                break;
            case os::Accepted::Outcome::Nothing:
                return;
            case os::Accepted::Outcome::Exhausted:
                return pause_accepting(errno_text(accepted.code));
            case os::Accepted::Outcome::Broken:
                log(Severity::Critical,
                    fmt::format("{}: cannot accept connections any more: {}", listener.state->name,
                                errno_text(accepted.code)));
                listener.watch.reset();
                return;
        }
    }
}

void Server::Impl::admit(const OpenListener& listener, UniqueFd fd) {
    const auto who = os::peer_of(fd.get());
    if (!who) return;  // it has gone already
    const bool is_unix = who->kind == os::Peer::Kind::Unix;
    if (!is_unix) tune_tcp(fd.get());
    auto connection = std::make_shared<Connection>(*this, listener.state, std::move(fd),
                                                   make_peer(*who, listener.state->name), is_unix);
    if (const auto started = connection->start(loop_); !started) {
        log(Severity::Error, started.error().text);
        return;
    }
    connections_.emplace(connection.get(), std::move(connection));
}

void Server::Impl::drop(Connection& connection) {
    const auto doomed = connections_.extract(&connection);
    connection.abandon();
}

Connection* Server::Impl::longest_idle() const {
    Connection* oldest = nullptr;
    for (const auto& [key, connection] : connections_) {
        if (oldest != nullptr && connection->idle_since() >= oldest->idle_since()) continue;
        if (connection->is_idle()) oldest = key;
    }
    return oldest;
}

// A listener that cannot accept stays readable and would spin.
void Server::Impl::pause_accepting(std::string_view why) {
    const MonoTime time = now().mono;
    if (!last_complaint_ || time - *last_complaint_ >= kComplaintInterval) {
        last_complaint_ = time;
        log(Severity::Error, fmt::format("not accepting HTTP connections: {}", why));
    }
    paused_ = true;
    for (const auto& listener : listeners_) {
        if (listener->watch) listener->watch.set_mask(0);
    }
    accept_retry_ = time + kAcceptRetry;
    arm(*accept_retry_);
}

void Server::Impl::resume_accepting() {
    paused_ = false;
    accept_retry_.reset();
    for (const auto& listener : listeners_) {
        if (listener->watch) listener->watch.set_mask(EPOLLIN);
    }
}

void Server::Impl::say_goodbye() {
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections_.size());
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const auto& connection : all) connection->say_goodbye();
}

void Server::Impl::closed(Connection& connection) {
    connections_.erase(&connection);
    if (connections_.empty()) buffer_.reset();
    if (paused_) resume_accepting();
}

std::string_view Server::Impl::date() {
    const WallTime wall = now().wall;
    if (const std::int64_t second = epoch_seconds(wall); second != date_second_) {
        date_second_ = second;
        date_ = wire::http_date(wall);
    }
    return date_;
}

void Server::Impl::deadline_changed(std::optional<MonoTime> before, std::optional<MonoTime> after) {
    if (before && !after) --deadlines_;
    if (!before && after) ++deadlines_;
    if (after) return arm(*after);
    if (deadlines_ == 0 && !accept_retry_) timer_.clear();
}

// Deadlines mostly move away; the timer then fires too early once and finds the real next one.
void Server::Impl::arm(MonoTime deadline) {
    const auto armed = timer_.deadline();
    if (!armed || deadline < *armed) timer_.set(deadline);
}

void Server::Impl::on_time() {
    const MonoTime time = now().mono;
    if (accept_retry_ && *accept_retry_ <= time) resume_accepting();
    std::vector<std::shared_ptr<Connection>> due;
    for (const auto& [key, connection] : connections_) {
        if (connection->deadline() && *connection->deadline() <= time) due.push_back(connection);
    }
    for (const auto& connection : due) {
        // An earlier one's callbacks may have changed a later one.
        if (connection->deadline() && *connection->deadline() <= time) connection->on_deadline();
    }
    std::optional<MonoTime> next = accept_retry_;
    for (const auto& [key, connection] : connections_) {
        const auto deadline = connection->deadline();
        if (deadline && (!next || *deadline < *next)) next = deadline;
    }
    timer_.set(next);
}

Server::Server(os::Loop& loop, std::vector<Route> routes, Limits limits, Hooks hooks)
    : impl_(std::make_unique<Impl>(loop, std::move(routes), limits, std::move(hooks))) {}
Server::~Server() = default;

Status Server::listen(Listener spec) {
    return impl_->listen(std::move(spec));
}
void Server::stop_listening() {
    impl_->stop_listening();
}
void Server::say_goodbye() {
    impl_->say_goodbye();
}
std::size_t Server::connection_count() const {
    return impl_->connection_count();
}
std::size_t Server::unsent_count() const {
    return impl_->unsent_count();
}

}  // namespace svd::http
