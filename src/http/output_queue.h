// Bytes on their way to a socket. Large pieces are taken over, never copied.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace svd::http {

class OutputQueue {
  public:
    void append(std::string piece);
    void append(std::string_view bytes);

    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    void clear();

    // Writes as much as the socket takes now; how many bytes that were. 0 when it takes nothing,
    // an Error when the connection is broken.
    [[nodiscard]] Result<std::size_t> write_to(int socket);

  private:
    void drop_written(std::size_t bytes);

    std::vector<std::string> pieces_;
    std::size_t first_ = 0;   // index of the first piece that is not completely written
    std::size_t offset_ = 0;  // bytes of it that are
    std::size_t size_ = 0;
};

}  // namespace svd::http
