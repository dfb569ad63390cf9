// A Snapshot as bytes (CBOR, RFC 8949) and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "state/model.h"

namespace svd::state {

[[nodiscard]] std::string encode(const Snapshot& snapshot);

// Fails for what is no snapshot, is damaged, or has a version that this program does not read; the
// text says which.
[[nodiscard]] Result<Snapshot> decode(std::string_view bytes);

// The value of every member that is not written because it has it, as text: part of the format. A
// struct with another default needs another version, and a reader that knows both.
[[nodiscard]] std::string plain_values();

// Every descriptor that the snapshot means.
[[nodiscard]] std::vector<int> descriptors_of(const Snapshot& snapshot);

}  // namespace svd::state
