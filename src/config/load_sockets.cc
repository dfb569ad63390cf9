#include "config/load_sockets.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/python_text.h"
#include "base/strings.h"
#include "config/load_program.h"
#include "config/values.h"

namespace svd::config {

namespace {

constexpr std::size_t kLongestPath = 107;  // of sockaddr_un, with the end of the string
constexpr std::size_t kLongestFdName = 255;
constexpr std::size_t kMostAddresses = 64;  // of one section

Result<SocketType> parse_socket_type(std::string_view text) {
    const std::string word = to_lower(text);
    if (word == "stream") return SocketType::Stream;
    if (word == "datagram") return SocketType::Datagram;
    if (word == "seqpacket") return SocketType::SeqPacket;
    return fail("invalid 'type' value {}", py_repr(text));
}

Result<int> parse_backlog(std::string_view text) {
    SVD_TRY(const int backlog, parse_integer(text));
    if (backlog < 1 || backlog > 65535) return fail("Invalid backlog value {}", backlog);
    return backlog;
}

Result<mode_t> parse_mode(std::string_view text) {
    SVD_TRY(const mode_t mode, parse_octal(text));
    if (mode > 0777) return fail("Invalid mode value {}", text);
    return mode;
}

// LISTEN_FDNAMES joins them with colons.
Result<std::string> parse_fd_name(std::string_view text) {
    const bool good =
        !text.empty() && text.size() <= kLongestFdName &&
        std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != ':'; });
    if (!good) return fail("invalid 'fd_name' value {}", py_repr(text));
    return std::string(text);
}

class SocketLoader {
  public:
    SocketLoader(LoadContext& context, const Section& section)
        : context_(context), reader_(context, SectionKind::Socket, section) {}

    SocketConfig run() {
        const Names& names = context_.environment;
        const std::string_view name = section_suffix(reader_.section().name);
        socket_.name = name;
        if (!parse_fd_name(name))
            reader_.error({}, fmt::format("a socket cannot be named {}", py_repr(name)));
        socket_.fd_name =
            reader_.optional_value("fd_name", names, parse_fd_name).value_or(socket_.name);
        socket_.type = reader_.value("type", names, parse_socket_type);
        socket_.mode = reader_.value("mode", names, parse_mode);
        socket_.owner = reader_.optional_value(
            "owner", names, [&](std::string_view text) { return context_.lookups.owner(text); });
        socket_.backlog = reader_.optional_value("backlog", names, parse_backlog);
        socket_.reuse_port = reader_.value("reuse_port", names, parse_boolean);
        socket_.free_bind = reader_.value("free_bind", names, parse_boolean);
        socket_.keep_alive = reader_.value("keep_alive", names, parse_boolean);
        socket_.no_delay = reader_.value("no_delay", names, parse_boolean);
        read_addresses(reader_.text("listen", names).value_or(""));
        check_files();
        return std::move(socket_);
    }

  private:
    void read_addresses(const std::string& text) {
        for (const std::string& part : parse_string_list(text)) {
            auto address = parse_socket_address(part);
            if (!address) return reader_.error("listen", address.error().text);
            if (socket_.type == SocketType::SeqPacket && address->path.empty())
                return reader_.error("listen",
                                     fmt::format("a seqpacket socket cannot listen on {}", part));
            warn_about_directory(*address);
            socket_.listen.push_back(*std::move(address));
        }
        if (socket_.listen.empty())
            reader_.error("listen", fmt::format("[{}] section requires a \"listen\" line",
                                                reader_.section().name));
        if (socket_.listen.size() > kMostAddresses)
            reader_.error("listen", fmt::format("more than {} addresses", kMostAddresses));
    }

    // It may be there by the time of the start.
    void warn_about_directory(const SocketAddress& address) {
        if (!address.path.starts_with('/')) return;
        if (const auto there = context_.lookups.path_in_directory(address.path); !there)
            reader_.warn("listen", there.error().text);
    }

    void check_files() {
        const bool any_file = std::ranges::any_of(
            socket_.listen, [](const auto& one) { return one.path.starts_with('/'); });
        for (const std::string_view option : {"mode", "owner"})
            if (!any_file && !socket_.listen.empty() && reader_.entry(option) != nullptr)
                reader_.warn(option, fmt::format("[{}] {} is only for sockets with a path",
                                                 reader_.section().name, option));
    }

    LoadContext& context_;
    SectionReader reader_;
    SocketConfig socket_;
};

}  // namespace

Result<SocketAddress> parse_socket_address(std::string_view text) {
    SocketAddress address;
    if (text.starts_with('/') || text.starts_with('@')) {
        if (text.size() == 1 || text.size() > kLongestPath)
            return fail("{} is no path of a socket: 2 to {} bytes", py_repr(text), kLongestPath);
        address.path = text;
        return address;
    }
    SVD_TRY(auto inet, parse_inet_address(text));
    if (inet.port == 0) return fail("not a valid port number: {}", py_repr(text));
    address.host = std::move(inet.host);
    address.port = inet.port;
    return address;
}

std::map<std::string, SocketConfig, std::less<>> load_sockets(LoadContext& context) {
    std::map<std::string, SocketConfig, std::less<>> sockets;
    for (const Section& section : context.document.sections()) {
        const SectionKindRow* row = find_section_kind(section.name);
        if (row == nullptr || row->kind != SectionKind::Socket) continue;
        auto socket = SocketLoader(context, section).run();
        std::string name = socket.name;
        sockets.insert_or_assign(std::move(name), std::move(socket));
    }
    return sockets;
}

std::vector<SocketConfig> load_socket_use(LoadContext& context, SectionReader& reader,
                                          const Names& names) {
    std::vector<SocketConfig> used;
    std::set<std::string> seen;
    for (const std::string& name : parse_string_list(reader.text("sockets", names).value_or(""))) {
        const auto found = context.sockets.find(name);
        if (found == context.sockets.end()) {
            std::vector<std::string_view> known;
            known.reserve(context.sockets.size());
            for (const auto& [one, socket] : context.sockets) known.push_back(one);
            const auto nearest = nearest_name(name, known);
            reader.error("sockets", fmt::format("there is no [socket:{}]", name),
                         nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
        } else if (!seen.insert(name).second) {
            reader.error("sockets", fmt::format("socket {} is named twice", name));
        } else {
            used.push_back(found->second);
        }
    }
    return used;
}

int descriptor_count(const std::vector<SocketConfig>& sockets) {
    std::size_t count = 0;
    for (const auto& socket : sockets) count += socket.listen.size();
    return static_cast<int>(count);
}

}  // namespace svd::config
