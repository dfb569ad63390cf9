#include "base/error.h"

#include <cstring>

namespace svd {

std::string errno_text(int code) {
    const char* text = strerrordesc_np(code);
    return text ? text : fmt::format("Unknown error {}", code);
}

std::string errno_name(int code) {
    const char* name = strerrorname_np(code);
    return name ? name : fmt::format("errno {}", code);
}

}  // namespace svd
