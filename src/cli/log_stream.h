// A log of the server that is followed over HTTP: /logtail/... and /mainlogtail.
#pragma once

#include <optional>
#include <string>

#include "cli/connection.h"
#include "cli/http_reply.h"
#include "cli/session.h"

namespace svd::cli {

class LogStream {
  public:
    // Connects and asks. Failures are said on standard error, by URL; empty then.
    [[nodiscard]] static std::optional<LogStream> open(Session& session, const std::string& path);

    [[nodiscard]] int fd() const { return connection_.fd(); }
    // Reads what has arrived and copies it to the session's output, byte for byte. False at the
    // end of the stream.
    [[nodiscard]] bool pump(Session& session);

  private:
    LogStream(Connection connection, std::string shown)
        : connection_(std::move(connection)), shown_(std::move(shown)) {}
    [[nodiscard]] bool take(Session& session, std::string_view bytes);

    Connection connection_;
    std::string shown_;  // URL and path, for messages
    HttpReply reply_;
};

// "/logtail/name/channel" with everything escaped that a URL cannot hold.
[[nodiscard]] std::string logtail_path(std::string_view name, std::string_view channel);

inline constexpr std::string_view kStreamBanner = "==> Press Ctrl-C to exit <==";

}  // namespace svd::cli
