#include "linux/sockets.h"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "support.h"

namespace svd::os::test {
namespace {

constexpr const char* kInUse =
    "Another program is already listening on a port that one of our HTTP servers is configured to "
    "use.  Shut this program down first before starting supervisord.";

UnixSocketSpec at(const std::string& path) {
    UnixSocketSpec spec;
    spec.path = path;
    return spec;
}

UniqueFd connect_unix(const std::string& path) {
    auto fd = UniqueFd::adopt(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        return {};
    return fd;
}

struct stat stat_of(const std::string& path) {
    struct stat result{};
    lstat(path.c_str(), &result);
    return result;
}

std::size_t entries(const ScratchDirectory& scratch) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(scratch.path()), {}));
}

TEST(UnixListener, Socket_HasTheModeAndGoesAwayWithTheListener) {
    const ScratchDirectory scratch;
    const std::string path = scratch / "s";
    auto spec = at(path);
    spec.mode = 0740;
    {
        const Listener listener = listen_unix(spec).value();
        EXPECT_EQ(stat_of(path).st_mode & 07777, 0740U);
        EXPECT_EQ(fcntl(listener.fd(), F_GETFD), FD_CLOEXEC);
        EXPECT_NE(fcntl(listener.fd(), F_GETFL) & O_NONBLOCK, 0);
        EXPECT_TRUE(static_cast<bool>(connect_unix(path)));
        EXPECT_EQ(entries(scratch), 1U);
    }
    EXPECT_EQ(entries(scratch), 0U);
}

TEST(UnixListener, LiveServer_IsRefusedInSupervisorsWords) {
    const ScratchDirectory scratch;
    const Listener first = listen_unix(at(scratch / "s")).value();
    const auto second = listen_unix(at(scratch / "s"));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(http_server_failure(second.error()), kInUse);
    EXPECT_TRUE(static_cast<bool>(connect_unix(scratch / "s")));
    EXPECT_EQ(entries(scratch), 1U);
}

TEST(UnixListener, BusyServerWithAFullQueue_IsLiveToo) {
    const ScratchDirectory scratch;
    auto spec = at(scratch / "s");
    spec.backlog = 0;
    const Listener first = listen_unix(spec).value();
    const UniqueFd waiting = connect_unix(scratch / "s");
    EXPECT_EQ(listen_unix(at(scratch / "s")).error().code, EADDRINUSE);
}

TEST(UnixListener, StaleSocket_IsReplacedAndTold) {
    const ScratchDirectory scratch;
    {
        Listener dead = listen_unix(at(scratch / "s")).value();
        const UniqueFd taken = dead.release();  // the file stays, as after a crash
    }
    ASSERT_EQ(entries(scratch), 1U);
    auto spec = at(scratch / "s");
    std::string told;
    spec.on_stale = [&](std::string_view line) { told = line; };
    const auto listener = listen_unix(spec);
    ASSERT_TRUE(listener.has_value());
    EXPECT_EQ(told, "Unlinking stale socket " + (scratch / "s"));
    EXPECT_TRUE(static_cast<bool>(connect_unix(scratch / "s")));
}

TEST(UnixListener, OrdinaryFile_IsNeverRemoved) {
    const ScratchDirectory scratch;
    const std::string path = scratch / "precious";
    UniqueFd::adopt(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)).reset();
    for (const auto existing :
         {UnixSocketSpec::Existing::Probe, UnixSocketSpec::Existing::Replace}) {
        auto spec = at(path);
        spec.existing = existing;
        EXPECT_EQ(listen_unix(spec).error().code, EEXIST);
    }
    EXPECT_TRUE(S_ISREG(stat_of(path).st_mode));
}

TEST(UnixListener, Replace_TakesALiveServersPlaceAndMayLeaveTheFile) {
    const ScratchDirectory scratch;
    Listener first = listen_unix(at(scratch / "s")).value();
    auto spec = at(scratch / "s");
    spec.existing = UnixSocketSpec::Existing::Replace;
    spec.unlink_at_close = false;
    {
        const Listener second = listen_unix(spec).value();
        first.close();  // must not remove what is the second one's
        EXPECT_TRUE(static_cast<bool>(connect_unix(scratch / "s")));
    }
    EXPECT_TRUE(S_ISSOCK(stat_of(scratch / "s").st_mode));
}

std::string name_of(int fd) {
    sockaddr_un name{};
    socklen_t size = sizeof(name);
    getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
    return {name.sun_path, size - offsetof(sockaddr_un, sun_path)};
}

TEST(UnixListener, InPlace_IsCalledByItsPath) {
    const ScratchDirectory scratch;
    auto spec = at(scratch / "s");
    spec.in_place = true;
    const auto listener = listen_unix(spec).value();
    EXPECT_EQ(name_of(listener.fd()).c_str(), scratch / "s");
    EXPECT_EQ(listen_unix(spec).error().code, EADDRINUSE) << "a live server keeps its place";
}

TEST(UnixListener, AbstractName_LeavesNoFile) {
    const ScratchDirectory scratch;
    const std::string name = "@" + (scratch / "s");
    auto spec = at(name);
    auto listener = listen_unix(spec).value();
    EXPECT_EQ(name_of(listener.fd()), std::string(1, '\0') + name.substr(1));
    EXPECT_EQ(entries(scratch), 0U);
    EXPECT_EQ(listen_unix(spec).error().code, EADDRINUSE);
    listener.close();
    EXPECT_TRUE(listen_unix(spec));
}

TEST(UnixListener, OtherKinds_AreMade) {
    const ScratchDirectory scratch;
    for (const auto& [kind, type] : {std::pair{SocketKind::Datagram, SOCK_DGRAM},
                                     std::pair{SocketKind::SeqPacket, SOCK_SEQPACKET}}) {
        auto spec = at(scratch / std::to_string(type));
        spec.kind = kind;
        auto listener = listen_unix(spec).value();
        const auto client = UniqueFd::adopt(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::strncpy(name.sun_path, spec.path.c_str(), sizeof(name.sun_path) - 1);
        EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
        EXPECT_EQ(listen_unix(spec).error().code, EADDRINUSE);
        listener.close();
        EXPECT_FALSE(std::filesystem::exists(spec.path));
    }
}

TEST(Listener, TakenUp_BlocksAsBefore) {
    const ScratchDirectory scratch;
    auto spec = at(scratch / "s");
    spec.blocking = true;
    auto listener = listen_unix(spec).value();
    auto taken = Listener::take_up(listener.release(), spec.path).value();
    EXPECT_EQ(fcntl(taken.fd(), F_GETFL) & O_NONBLOCK, 0);
    taken.close();
    EXPECT_FALSE(std::filesystem::exists(spec.path));
    EXPECT_FALSE(Listener::take_up(make_pipe().value().read));
}

TEST(TcpListener, Datagrams_AreBoundAndShareTheirPortOnRequestAlone) {
    TcpSocketSpec spec;
    spec.host = "127.0.0.1";
    spec.kind = SocketKind::Datagram;
    const auto first = listen_tcp(spec).value();
    ASSERT_NE(first.port(), 0);
    spec.port = first.port();
    EXPECT_EQ(listen_tcp(spec).error().code, EADDRINUSE);
    spec.port = 0;
    spec.reuse_port = true;
    const auto shared = listen_tcp(spec).value();
    spec.port = shared.port();
    EXPECT_TRUE(listen_tcp(spec));
}

TEST(TcpListener, FreeBind_NeedsNoAddressYet) {
    TcpSocketSpec spec;
    spec.host = "192.0.2.1";  // for documentation: nobody's
    EXPECT_FALSE(listen_tcp(spec));
    spec.free_bind = true;
    EXPECT_TRUE(listen_tcp(spec));
}

// Two servers at once on one stale socket, many times: exactly one wins, and it can be reached.
TEST(UnixListener, TwoServersThatRace_GiveOneWinner) {
    for (int round = 0; round < 30; ++round) {
        const ScratchDirectory scratch;
        const std::string path = scratch / "s";
        {
            const UniqueFd dead = listen_unix(at(path)).value().release();
        }
        auto start_gate = make_pipe().value();
        auto results = make_pipe().value();
        auto end_gate = make_pipe().value();
        pid_t pids[2];
        for (pid_t& pid : pids) {
            pid = fork();
            if (pid != 0) continue;
            start_gate.write.reset();
            end_gate.write.reset();
            char byte = 0;
            if (read(start_gate.read.get(), &byte, 1) < 0) _exit(9);
            const auto listener = listen_unix(at(path));
            const char verdict = listener ? 'w' : listener.error().code == EADDRINUSE ? 'l' : '?';
            if (write(results.write.get(), &verdict, 1) != 1) _exit(8);
            if (read(end_gate.read.get(), &byte, 1) < 0) _exit(7);  // stays alive until told
            _exit(0);
        }
        start_gate.write.reset();
        std::string verdicts(2, ' ');
        ASSERT_EQ(read(results.read.get(), verdicts.data(), 1), 1);
        ASSERT_EQ(read(results.read.get(), verdicts.data() + 1, 1), 1);
        EXPECT_TRUE(verdicts == "wl" || verdicts == "lw") << verdicts;
        EXPECT_TRUE(static_cast<bool>(connect_unix(path)));
        end_gate.write.reset();
        for (const pid_t pid : pids) waitpid(pid, nullptr, 0);
    }
}

TEST(UnixListener, Errors_AreWordedLikeSupervisors) {
    const ScratchDirectory scratch;
    EXPECT_EQ(http_server_failure(listen_unix(at(scratch / "no/s")).error()),
              "Cannot open an HTTP server: socket.error reported errno.ENOENT (2)");
    EXPECT_EQ(http_server_failure(listen_unix(at(scratch / std::string(200, 'x'))).error()),
              "Cannot open an HTTP server: socket.error reported AF_UNIX path too long");
}

TEST(UnixListener, OwnerThatMayNotBeGiven_IsToldAndNothingIsLeft) {
    if (getuid() != 0) GTEST_SKIP() << "needs root to stop being root";
    const ScratchDirectory scratch;
    ASSERT_EQ(chmod(scratch.path().c_str(), 0777), 0);
    const int code = in_own_process([&] {
        if (!become_nobody()) return 1;
        auto spec = at(scratch / "s");
        spec.uid = 1;
        const auto listener = listen_unix(spec);
        return !listener && http_server_failure(listener.error())
                                .starts_with("Not permitted to chown " + spec.path +
                                             " to uid/gid (1, -1); adjust \"sockchown\"")
                   ? 0
                   : 2;
    });
    EXPECT_EQ(code, 0);
    EXPECT_EQ(entries(scratch), 0U);
}

TEST(UnixListener, Owner_IsGiven) {
    if (getuid() != 0) GTEST_SKIP() << "needs root";
    const ScratchDirectory scratch;
    auto spec = at(scratch / "s");
    spec.uid = 1;
    spec.gid = 2;
    const Listener listener = listen_unix(spec).value();
    EXPECT_EQ(stat_of(scratch / "s").st_uid, 1U);
    EXPECT_EQ(stat_of(scratch / "s").st_gid, 2U);
}

TEST(UnixListener, AdoptedSocket_IsCheckedAndRemovedOnlyOnWish) {
    const ScratchDirectory scratch;
    UniqueFd fd = listen_unix(at(scratch / "s")).value().release();
    {
        Listener again = Listener::adopt(std::move(fd), scratch / "s").value();
    }
    EXPECT_EQ(entries(scratch), 0U);
    auto pipe = make_pipe().value();
    EXPECT_FALSE(Listener::adopt(std::move(pipe.read)).has_value());
}

TEST(Connections, UnixPeer_IsNamedByTheKernel) {
    const ScratchDirectory scratch;
    const Listener listener = listen_unix(at(scratch / "s")).value();
    EXPECT_EQ(accept_connection(listener.fd()).outcome, Accepted::Outcome::Nothing);
    const UniqueFd client = connect_unix(scratch / "s");
    const Accepted accepted = accept_connection(listener.fd());
    ASSERT_EQ(accepted.outcome, Accepted::Outcome::Connection);
    EXPECT_EQ(fcntl(accepted.fd.get(), F_GETFD), FD_CLOEXEC);
    const Peer peer = peer_of(accepted.fd.get()).value();
    EXPECT_EQ(peer.kind, Peer::Kind::Unix);
    EXPECT_EQ(peer.pid, getpid());
    EXPECT_EQ(peer.uid, getuid());
    EXPECT_TRUE(peer_groups(accepted.fd.get()).has_value());
}

TEST(Connections, NoDescriptorLeft_IsToldApartFromNobodyThere) {
    const ScratchDirectory scratch;
    const int code = in_own_process([&] {
        const Listener listener = listen_unix(at(scratch / "s")).value();
        const UniqueFd client = connect_unix(scratch / "s");
        const rlimit few{static_cast<rlim_t>(client.get()) + 1, 4096};
        if (setrlimit(RLIMIT_NOFILE, &few) != 0) return 1;
        return accept_connection(listener.fd()).outcome == Accepted::Outcome::Exhausted ? 0 : 2;
    });
    EXPECT_EQ(code, 0);
    const Pipe no_socket = make_pipe().value();
    EXPECT_EQ(accept_connection(no_socket.read.get()).outcome, Accepted::Outcome::Broken);
}

std::optional<Peer> peer_over_tcp(const Listener& listener, int family) {
    auto client = UniqueFd::adopt(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(listener.port());
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(listener.port());
    v6.sin6_addr = in6addr_loopback;
    const int r = family == AF_INET
                      ? connect(client.get(), reinterpret_cast<sockaddr*>(&v4), sizeof(v4))
                      : connect(client.get(), reinterpret_cast<sockaddr*>(&v6), sizeof(v6));
    if (r != 0) return std::nullopt;
    const Accepted accepted = accept_connection(listener.fd());
    if (accepted.outcome != Accepted::Outcome::Connection) return std::nullopt;
    return peer_of(accepted.fd.get()).value();
}

TEST(TcpListener, Ipv4Ipv6AndNames_AreServed) {
    for (const std::string host : {"127.0.0.1", "localhost", ""}) {
        TcpSocketSpec spec;
        spec.host = host;
        const auto listener = listen_tcp(spec);
        ASSERT_TRUE(listener.has_value()) << host << ": " << listener.error().text;
        EXPECT_GT(listener->port(), 0);
        auto peer = peer_over_tcp(*listener, AF_INET);
        if (!peer && host == "localhost") peer = peer_over_tcp(*listener, AF_INET6);
        ASSERT_TRUE(peer.has_value()) << host;
        EXPECT_TRUE(peer->loopback);
        EXPECT_EQ(peer->kind, Peer::Kind::Inet);
    }
    TcpSocketSpec spec;
    spec.host = "::1";
    const auto listener = listen_tcp(spec);
    if (!listener) GTEST_SKIP() << "no IPv6 here: " << listener.error().text;
    const auto peer = peer_over_tcp(*listener, AF_INET6);
    ASSERT_TRUE(peer.has_value());
    EXPECT_EQ(peer->host, "::1");
    EXPECT_TRUE(peer->loopback);
}

TEST(TcpListener, PortInUseAndUnknownHost_AreWordedLikeSupervisors) {
    TcpSocketSpec spec;
    spec.host = "127.0.0.1";
    const Listener first = listen_tcp(spec).value();
    spec.port = first.port();
    EXPECT_EQ(http_server_failure(listen_tcp(spec).error()), kInUse);
    spec.host = "no.such.host.invalid";
    const std::string text = http_server_failure(listen_tcp(spec).error());
    EXPECT_TRUE(text.starts_with("Cannot open an HTTP server: socket.error reported -")) << text;
    spec.host = "192.0.2.1";  // nobody's address
    EXPECT_EQ(http_server_failure(listen_tcp(spec).error()),
              "Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)");
}

}  // namespace
}  // namespace svd::os::test
