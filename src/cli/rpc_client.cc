#include "cli/rpc_client.h"

#include <array>

#include "wire/base64.h"

namespace svd::cli {
namespace {

constexpr std::size_t kMaxAnswer = 64U << 20;

using Kind = CallError::Kind;

std::unexpected<CallError> error(Kind kind, const Error& cause) {
    return std::unexpected(CallError{kind, cause.code, cause.text});
}

std::string make_request(const Endpoint& endpoint, const Credentials& credentials,
                         std::string_view body) {
    std::string request = fmt::format(
        "POST /RPC2 HTTP/1.1\r\nHost: {}\r\nUser-Agent: svctl\r\nContent-Type: text/xml\r\n"
        "Accept: text/xml\r\n",
        endpoint.host_header());
    if (credentials.username && credentials.password)
        request += fmt::format("Authorization: {}\r\n",
                               basic_authorization(*credentials.username, *credentials.password));
    request += fmt::format("Content-Length: {}\r\n\r\n", body.size());
    request += body;
    return request;
}

CallResult read_answer(std::string body) {
    auto answer = wire::parse_response(std::move(body));
    if (!answer) return error(Kind::Broken, answer.error());
    if (const auto* fault = std::get_if<wire::Fault>(&*answer))
        return std::unexpected(CallError{Kind::Fault, fault->code, fault->text});
    return std::get<wire::Value>(std::move(*answer));
}

}  // namespace

std::string basic_authorization(std::string_view username, std::string_view password) {
    return "Basic " + wire::base64_encode(fmt::format("{}:{}", username, password));
}

Result<std::string> RpcClient::exchange(std::string_view request, HttpReply& reply) {
    SVD_CHECK(connection_->send_all(request));
    std::string body;
    std::array<char, 64U << 10> buffer;
    while (!reply.is_complete()) {
        SVD_TRY(const auto got, connection_->receive(buffer));
        if (got == 0) {
            SVD_CHECK(reply.finish());
            break;
        }
        SVD_CHECK(reply.feed({buffer.data(), got}, body));
        if (body.size() > kMaxAnswer) return fail("the answer is too large");
    }
    return body;
}

CallResult RpcClient::call(std::string_view url, const Credentials& credentials,
                           std::string_view method, const wire::Array& params) {
    const auto endpoint = parse_endpoint(url);
    if (!endpoint) return error(Kind::BadUrl, endpoint.error());
    if (connection_ && !connection_->is_idle()) connection_.reset();
    if (!connection_) {
        auto opened = Connection::open(*endpoint);
        if (!opened) return error(Kind::Connect, opened.error());
        connection_.emplace(*std::move(opened));
    }
    HttpReply reply;
    const auto request = make_request(*endpoint, credentials, wire::write_call(method, params));
    auto body = exchange(request, reply);
    // Medusa leaves a connection open after 401 and never reads from it again.
    if (!body || !reply.keeps_alive() || reply.status() != 200) connection_.reset();
    if (!body) return error(Kind::Broken, body.error());
    if (reply.status() != 200)
        return std::unexpected(CallError{Kind::Http, reply.status(), reply.reason()});
    return read_answer(*std::move(body));
}

}  // namespace svd::cli
