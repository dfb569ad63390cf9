#include "daemon/fcgi_sockets.h"

#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>

#include "config/values.h"
#include "linux/sockets.h"

namespace svd::daemon {

namespace {
constexpr std::string_view kUnixScheme = "unix://";
constexpr std::string_view kTcpScheme = "tcp://";

Result<os::Listener> listen_on(const config::FcgiSocket& config) {
    const std::string_view url = config.url;
    const int backlog = config.backlog.value_or(SOMAXCONN);
    if (url.starts_with(kUnixScheme)) {
        os::UnixSocketSpec spec;
        spec.path = url.substr(kUnixScheme.size());
        spec.mode = config.mode;
        if (config.owner) {
            spec.uid = config.owner->uid;
            spec.gid = config.owner->gid;
        }
        spec.backlog = backlog;
        spec.existing = os::UnixSocketSpec::Existing::Replace;
        spec.in_place = true;
        spec.blocking = true;
        return os::listen_unix(spec);
    }
    SVD_TRY(auto address, config::parse_inet_address(url.substr(kTcpScheme.size())));
    os::TcpSocketSpec spec;
    spec.host = std::move(address.host);
    spec.port = static_cast<std::uint16_t>(address.port);
    spec.backlog = backlog;
    spec.blocking = true;
    return os::listen_tcp(spec);
}

}  // namespace

class FcgiSocket {
  public:
    FcgiSocket(os::Listener listener, std::string program, config::FcgiSocket config,
               bool left_to_descendants, log::DaemonLog& log)
        : listener_(std::move(listener)),
          program_(std::move(program)),
          config_(std::move(config)),
          left_to_descendants_(left_to_descendants),
          log_(log) {}
    ~FcgiSocket() {
        log_.info("Closing socket {}", config_.url);
        // What was left alive on purpose may go on accepting.
        if (!left_to_descendants_) listener_.stop_listening();
    }
    FcgiSocket(const FcgiSocket&) = delete;
    FcgiSocket& operator=(const FcgiSocket&) = delete;

    [[nodiscard]] int fd() const { return listener_.fd(); }
    [[nodiscard]] state::FcgiSocket save() const {
        return {config_, program_, left_to_descendants_, listener_.fd(), listener_.path()};
    }
    // Why a process with this configuration cannot have it; empty when it can.
    [[nodiscard]] std::string refusal(const config::ProcessConfig& config) const {
        if (config.program != program_) return fmt::format("program {} has it open", program_);
        return config.fcgi_socket == config_ ? "" : "it is still open with other settings";
    }

  private:
    os::Listener listener_;
    std::string program_;
    config::FcgiSocket config_;
    bool left_to_descendants_;
    log::DaemonLog& log_;
};

int descriptor_of(const FcgiSocket& socket) {
    return socket.fd();
}

std::expected<FcgiHandle, std::string> FcgiSockets::get(const config::ProcessConfig& config) {
    const std::string& url = config.fcgi_socket->url;
    const auto failed = [&](const std::string& why) {
        return std::unexpected(fmt::format("Could not create FastCGI socket {}: {}", url, why));
    };
    std::erase_if(by_url_, [](const auto& entry) { return entry.second.expired(); });
    if (const auto found = by_url_.find(url); found != by_url_.end()) {
        FcgiHandle open = found->second.lock();
        if (auto why = open->refusal(config); !why.empty()) return failed(why);
        return open;
    }
    log_.info("Creating socket {}", url);
    auto listener = listen_on(*config.fcgi_socket);
    if (!listener) return failed(listener.error().text);
    FcgiHandle made = std::make_shared<const FcgiSocket>(
        *std::move(listener), config.program, *config.fcgi_socket, config.keep_descendants, log_);
    by_url_.emplace(url, made);
    return made;
}

std::vector<state::FcgiSocket> FcgiSockets::save() const {
    std::vector<state::FcgiSocket> saved;
    for (const auto& [url, socket] : by_url_)
        if (const auto open = socket.lock()) saved.push_back(open->save());
    return saved;
}

std::vector<FcgiHandle> FcgiSockets::restore(std::vector<state::FcgiSocket> saved) {
    std::vector<FcgiHandle> handles;
    for (auto& one : saved) {
        auto listener = os::Listener::take_up(UniqueFd::adopt(one.fd), std::move(one.path));
        if (!listener) {
            log_.error("cannot take up socket {}: {}", one.config.url, listener.error().text);
            continue;
        }
        const std::string url = one.config.url;
        handles.push_back(std::make_shared<const FcgiSocket>(
            *std::move(listener), std::move(one.program), std::move(one.config),
            one.left_to_descendants, log_));
        by_url_.emplace(url, handles.back());
    }
    return handles;
}

}  // namespace svd::daemon
