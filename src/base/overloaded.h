// One callable out of several, for std::visit.
#pragma once

namespace svd {

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

}  // namespace svd
