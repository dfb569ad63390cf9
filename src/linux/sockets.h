// Listening sockets for servers, and who is on the other side.
//
// All descriptors are close-on-exec and, unless asked for otherwise, non-blocking. Name look-ups
// happen here and may block, so listeners are opened at start-up and at reload only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/fd.h"
#include "linux/kept_sockets.h"

namespace svd::os {

enum class SocketKind { Stream, Datagram, SeqPacket };  // of the last one only unix sockets

struct UnixSocketSpec {
    std::string path;  // "@name": in the abstract namespace, without file, mode, owner and probing
    SocketKind kind = SocketKind::Stream;
    std::optional<mode_t> mode;  // empty: what the umask gives
    std::optional<uid_t> uid;    // empty: left alone
    std::optional<gid_t> gid;
    int backlog = 1024;
    // Probe: a live server is an error (EADDRINUSE), a dead one's socket is replaced.
    // Replace: whatever socket is there is replaced.
    enum class Existing { Probe, Replace } existing = Existing::Probe;
    // Bound at the path itself, so that whoever inherits it is told this path by getsockname.
    bool in_place = false;
    bool unlink_at_close = true;
    bool blocking = false;  // for children that inherit the socket and wait in accept
    // Told the line "Unlinking stale socket {path}" when that happens; may be empty.
    std::function<void(std::string_view)> on_stale;
};

struct TcpSocketSpec {
    std::string host;  // "", name, IPv4 or IPv6 address without brackets; "" is every IPv4 address
    std::uint16_t port = 0;
    SocketKind kind = SocketKind::Stream;  // Datagram: UDP
    int backlog = 1024;
    bool blocking = false;  // for children that inherit the socket and wait in accept
    bool reuse_port = false;
    bool free_bind = false;  // the address need not be there yet
    bool keep_alive = false;
    bool no_delay = false;
};

// Owns the socket; one for datagrams, which does not listen, as well. Closing a unix listener
// removes the file it created, if it is still that file.
class Listener {
  public:
    Listener() = default;
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&& other) noexcept;
    ~Listener() { close(); }

    // Takes up a socket that came from elsewhere (socket activation, an upgrade); no file is
    // removed unless unlink_path names it. As it is: it blocks or not, and may be for datagrams.
    [[nodiscard]] static Result<Listener> take_up(UniqueFd fd, std::string unlink_path = {});
    // The same for one that we are to accept from: it must listen, and does not block from now on.
    [[nodiscard]] static Result<Listener> adopt(UniqueFd fd, std::string unlink_path = {});
    void close() noexcept;
    // Nobody listens any more, in any process that holds the socket too: a child that has not come
    // to its exec yet would keep the port busy. Then closes.
    void stop_listening() noexcept;
    // Gives the socket away and leaves the file alone.
    [[nodiscard]] UniqueFd release();
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const std::string& path() const { return path_; }  // empty for TCP
    [[nodiscard]] std::uint16_t port() const;                        // bound port; 0 for unix
    explicit operator bool() const { return static_cast<bool>(fd_); }

  private:
    friend Result<Listener> listen_unix(const UnixSocketSpec&);
    friend Result<Listener> listen_tcp(const TcpSocketSpec&);
    UniqueFd fd_;
    KeptMark mark_;  // for datagrams: nobody listens, and it outlives a crash
    std::string path_;
    bool unlink_ = false;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

// Unless it is bound in place there is never a moment without a working socket at the path:
// bound under "{path}.{pid}", prepared, then renamed. Two servers that start at once are serialised
// by a lock on the directory. Something that is not a socket is never removed (EEXIST).
[[nodiscard]] Result<Listener> listen_unix(const UnixSocketSpec& spec);
// A name that has IPv4 and IPv6 addresses means an IPv4 one, as it does for Supervisor.
[[nodiscard]] Result<Listener> listen_tcp(const TcpSocketSpec& spec);

// The text with which Supervisor refuses to start: "Another program is already listening on ...",
// "Cannot open an HTTP server: socket.error reported errno.EACCES (13)", or the chown text, which
// is the error's own.
[[nodiscard]] std::string http_server_failure(const Error& error);

struct Peer {
    enum class Kind { Unix, Inet } kind = Kind::Unix;
    pid_t pid = 0;     // unix; 0 when out of this pid namespace
    uid_t uid = 0;     // unix
    gid_t gid = 0;     // unix
    std::string host;  // numeric address for Inet, empty for unix
    std::uint16_t port = 0;
    bool loopback = false;  // Inet
};
// By SO_PEERCRED (who called connect) or getpeername.
[[nodiscard]] Result<Peer> peer_of(int connection);
// Supplementary groups of a unix peer (SO_PEERGROUPS).
[[nodiscard]] Result<std::vector<gid_t>> peer_groups(int connection);

struct Accepted {
    enum class Outcome {
        Connection,  // fd is set
        Nothing,     // nobody is waiting (any more)
        Exhausted,   // no descriptors or memory: pause the watch for a moment
        Broken,      // the listener itself is unusable
    } outcome = Outcome::Nothing;
    UniqueFd fd;   // non-blocking, close-on-exec
    int code = 0;  // errno of Exhausted and Broken
};
[[nodiscard]] Accepted accept_connection(int listener);

}  // namespace svd::os
