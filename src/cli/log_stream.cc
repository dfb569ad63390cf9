#include "cli/log_stream.h"

#include <array>

namespace svd::cli {
namespace {

std::string make_request(Session& session, const Endpoint& endpoint, const std::string& path) {
    auto request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: chunked\r\nAccept: */*\r\n"
        "User-agent: Supervisor HTTP Client\r\n",
        path, endpoint.host_header());
    const auto& [username, password] = session.settings().credentials;
    if (password && !password->empty())
        request += fmt::format("Authorization: {}\r\n",
                               basic_authorization(username.value_or(""), *password));
    return request + "\r\n";
}

void say(Session& session, std::string_view line) {
    session.out().flush();
    write_stderr(fmt::format("{}\n", line));
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:*@!$'(),+=").find(c) != std::string_view::npos;
}

}  // namespace

std::string logtail_path(std::string_view name, std::string_view channel) {
    std::string escaped;
    for (const char c : name)
        escaped +=
            is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return fmt::format("/logtail/{}/{}", escaped, channel);
}

std::optional<LogStream> LogStream::open(Session& session, const std::string& path) {
    const auto shown = session.url() + path;
    const auto connect = [&]() -> Result<Connection> {
        SVD_TRY(const auto endpoint, parse_endpoint(session.url()));
        SVD_TRY(auto connection, Connection::open(endpoint));
        SVD_CHECK(connection.send_all(make_request(session, endpoint, path)));
        return connection;
    };
    auto connection = connect();
    if (!connection) {
        const auto& [code, text] = connection.error();
        say(session, fmt::format("{} Cannot connect, error: {}", shown,
                                 code == 0 ? text : errno_text(code)));
        return std::nullopt;
    }
    return LogStream(*std::move(connection), shown);
}

bool LogStream::take(Session& session, std::string_view bytes) {
    std::string body;
    const auto fed = reply_.feed(bytes, body);
    if (reply_.has_head() && reply_.status() != 200) {
        say(session, fmt::format("{} Cannot read, status code {}", shown_, reply_.status()));
        return false;
    }
    session.out().raw(body);
    session.out().flush();
    if (!fed) say(session, fmt::format("{} {}", shown_, fed.error().text));
    return fed && !reply_.is_complete() && !session.out().is_broken();
}

bool LogStream::pump(Session& session) {
    std::array<char, 64U << 10> buffer;
    const auto got = connection_.receive(buffer);
    return got && *got > 0 && take(session, {buffer.data(), *got});
}

}  // namespace svd::cli
