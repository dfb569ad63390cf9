// Handing a process over to another program by exec: same pid, same children, chosen descriptors.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"

namespace svd::os {

// An anonymous file in memory with these bytes, to be read from its beginning; sealed, so that
// nobody can change it any more.
[[nodiscard]] Result<UniqueFd> make_sealed_file(std::string_view bytes);
// From the beginning, wherever the descriptor stands.
[[nodiscard]] Result<std::string> read_whole_file(int fd);

// The file that this process was started from, also when it has been replaced by a newer one since.
[[nodiscard]] Result<std::string> own_program();

// Whether the descriptors outlive an exec. Fails for one that is not open.
enum class AtExec { Close, Keep };
[[nodiscard]] Status set_at_exec(std::span<const int> descriptors, AtExec what);

// Becomes `program` with these arguments and this environment plus `assignment`. Returns only when
// that failed, and nothing has changed then.
[[nodiscard]] Error become_program(const std::string& program, std::span<const std::string> argv,
                                   const std::string& assignment);

}  // namespace svd::os
