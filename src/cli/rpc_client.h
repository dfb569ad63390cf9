// Calls XML-RPC methods of the server over one connection that is kept alive between calls.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "cli/connection.h"
#include "cli/http_reply.h"
#include "wire/xmlrpc.h"

namespace svd::cli {

struct Credentials {
    std::optional<std::string> username;
    std::optional<std::string> password;
};

// Why a call has no value.
struct CallError {
    enum class Kind {
        Fault,    // code: fault code, text: fault string
        Http,     // code: HTTP status, text: reason
        Connect,  // code: errno or 0; nothing was sent
        Broken,   // connection lost or answer unreadable; the server may have acted
        BadUrl,
    };
    Kind kind = Kind::Broken;
    int code = 0;
    std::string text;

    [[nodiscard]] bool is_fault(int fault) const { return kind == Kind::Fault && code == fault; }
    [[nodiscard]] bool is_connect(int number) const {
        return kind == Kind::Connect && code == number;
    }
};

using CallResult = std::expected<wire::Value, CallError>;

class RpcClient {
  public:
    // `method` with its namespace: "supervisor.getState". Waits as long as the server takes.
    [[nodiscard]] CallResult call(std::string_view url, const Credentials& credentials,
                                  std::string_view method, const wire::Array& params);
    // Drops the connection, for a new URL or new credentials.
    void disconnect() { connection_.reset(); }

  private:
    [[nodiscard]] Result<std::string> exchange(std::string_view request, HttpReply& reply);
    std::optional<Connection> connection_;
};

// "Basic ..." for the Authorization header.
[[nodiscard]] std::string basic_authorization(std::string_view username, std::string_view password);

}  // namespace svd::cli
