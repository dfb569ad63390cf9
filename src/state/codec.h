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

// Every descriptor that the snapshot means.
[[nodiscard]] std::vector<int> descriptors_of(const Snapshot& snapshot);

}  // namespace svd::state
